from django.apps import AppConfig


class AuditsConfig(AppConfig):
    name = "audits"
    label = "audits"
    verbose_name = "Audits"

    def ready(self) -> None:
        self._hear_what_follows()
        self._know_what_is_due()
        self._offer_audits()
        self._open_months()
        self._plan_themes()
        self._choose_cases()
        self._know_the_cases()
        self._hand_out_copies()
        self._look_after_the_tool()

    @staticmethod
    def _hear_what_follows() -> None:
        from audits import receivers, tasks  # noqa: F401
        from audits.followup import registry as followup
        from audits.followup.enums import FollowUpKind
        from audits.registry import add_panel
        from audits.selectors.action_position import sees_positions
        from audits.selectors.flags import marks_panel, todo_of_concerns
        from audits.selectors.origins import actions_looked_over, audit_origins, is_part_of_audit
        from audits.selectors.outcome import outcome_todo
        from audits.selectors.what_follows import follow_up_panel, outcome_panel
        from audits.services.re_audits import why_not_re_auditor
        from qaf.tenants.paths import council_path
        from qaf.tenants.registry import add_todo

        followup.add_origins(audit_origins)
        followup.add_party_to(is_part_of_audit)
        followup.add_actions_of(actions_looked_over)
        followup.add_giving_rule(why_not_re_auditor)
        followup.add_page(FollowUpKind.RE_AUDIT, lambda one: council_path("audits:re_audit", one.pk))
        followup.add_tab("positions", "Audits and their actions", "audits:positions", sees_positions)
        add_panel(marks_panel)
        add_panel(outcome_panel)
        add_panel(follow_up_panel)
        add_todo(outcome_todo)
        add_todo(todo_of_concerns)

    @staticmethod
    def _know_what_is_due() -> None:
        from audits.followup.due import add_due
        from audits.followup.services.reminders import check_reminders
        from audits.selectors.due import due_assessments, due_consents
        from audits.selectors.left_to_record import due_after_submission

        add_due("assessment", due_assessments)
        add_due("consent", due_consents)
        add_due("left_to_record", due_after_submission)
        check_reminders("assessment", "consent", "left_to_record")

    @staticmethod
    def _offer_audits() -> None:
        from audits.frameworks.capabilities import give
        from audits.frameworks.enums import Capability
        from audits.selectors.left_to_record import todo_after_submission
        from audits.selectors.todo import todo_of_auditor, todo_of_worker
        from audits.selectors.trail import keep_unseen
        from qaf.tenants.permissions import Permission, declare
        from qaf.tenants.registry import MenuEntry, add_menu, add_todo

        declare(
            Permission("audits.audit", "carry out audits"),
            Permission("audits.take_part", "take part in audits of their own work"),
        )
        give(Capability.AUDIT, "audits.audit")
        give(Capability.TAKE_PART, "audits.take_part")
        add_menu(MenuEntry("My audits", "audits:mine", 10, ("audits.audit", "audits.take_part")))
        keep_unseen()
        add_todo(todo_of_auditor)
        add_todo(todo_of_worker)
        add_todo(todo_after_submission)

    @staticmethod
    def _open_months() -> None:
        from audits.frameworks.capabilities import give
        from audits.frameworks.enums import Capability
        from audits.selectors.cycles import month_todo
        from audits.services import cycle_jobs  # noqa: F401
        from audits.services.cycles import close_finished_cycles
        from qaf.jobs.services import daily
        from qaf.tenants.permissions import Permission, declare
        from qaf.tenants.registry import MenuEntry, add_menu, add_todo

        declare(
            Permission("audits.open_cycle", "open a month and run the sample"),
            Permission("audits.decide_exclusion", "approve leaving a child out of the draw"),
            Permission("audits.ask_exclusion", "ask to leave a child out of the draw"),
            Permission("audits.see_all", "see every audit of the council"),
        )
        give(Capability.RUN_CYCLE, "audits.open_cycle", "audits.see_all", "audits.ask_exclusion")
        give(Capability.PLACE_ON_RECORD, "audits.see_all")
        give(Capability.SEE_ALL, "audits.see_all")
        give(Capability.APPROVE_EXCLUSIONS, "audits.decide_exclusion")
        give(Capability.SUPERVISE, "audits.ask_exclusion")
        add_menu(
            MenuEntry("Months", "audits:months", 20, ("audits.open_cycle", "audits.see_all")),
            MenuEntry(
                "Exclusions",
                "audits:exclusions",
                25,
                ("audits.ask_exclusion", "audits.decide_exclusion"),
                hint="Children asked to be left out of a draw, and who decided.",
            ),
        )
        add_todo(month_todo)
        daily(close_finished_cycles)

    @staticmethod
    def _plan_themes() -> None:
        from audits.frameworks.capabilities import give
        from audits.frameworks.enums import Capability
        from audits.selectors.offered import has_extras, has_themes
        from qaf.tenants.permissions import Permission, declare
        from qaf.tenants.registry import MenuEntry, add_menu

        declare(
            Permission("audits.plan_themes", "plan themes and themed programmes"),
            Permission("audits.ask_about_performance", "raise a question on performance"),
            Permission("audits.put_forward", "put a case forward for audit"),
        )
        give(Capability.RUN_CYCLE, "audits.plan_themes", "audits.ask_about_performance", "audits.put_forward")
        give(Capability.SEE_DASHBOARD, "audits.ask_about_performance", "audits.put_forward")
        add_menu(
            MenuEntry(
                "Themes and programmes",
                "audits:themes",
                22,
                ("audits.plan_themes",),
                hint="What months look at, and audits on one question beside them.",
                offered=has_themes,
            ),
            MenuEntry(
                "Questions on performance",
                "audits:performance_questions",
                23,
                ("audits.plan_themes", "audits.ask_about_performance"),
                hint="What a figure made somebody ask, and what came of it.",
            ),
            MenuEntry(
                "Cases put forward",
                "audits:extras",
                24,
                ("audits.put_forward",),
                hint="Good practice to look at, and audits at short notice.",
                offered=has_extras,
            ),
        )

    @staticmethod
    def _choose_cases() -> None:
        from audits.followup.due import add_due
        from audits.followup.services.reminders import check_reminders
        from audits.registry import add_guest, add_panel
        from audits.selectors.choosing import due_choices, due_questions
        from audits.selectors.themes import theme_panel, themes_todo
        from audits.services.choosing import draw_unchosen
        from audits.services.members import is_member
        from qaf.jobs.services import daily
        from qaf.tenants.registry import add_todo

        add_todo(themes_todo)
        add_panel(theme_panel)
        add_guest(is_member)
        add_due("choice", due_choices)
        add_due("performance_question", due_questions)
        check_reminders("choice", "performance_question")
        daily(draw_unchosen)

    @staticmethod
    def _know_the_cases() -> None:
        from audits.cases import registry as cases
        from audits.selectors.cases import audited_now, case_panels, drawn_since, ever_sampled

        cases.add_sampled(ever_sampled)
        cases.add_audited_now(audited_now)
        cases.add_drawn_since(drawn_since)
        cases.add_panel(case_panels)

    @staticmethod
    def _hand_out_copies() -> None:
        from audits.followup.enums import FollowUpKind
        from audits.followup.registry import add_help, add_links
        from audits.frameworks.capabilities import give
        from audits.frameworks.enums import Capability
        from audits.registry import add_panel
        from audits.views.file_copy import (
            PERMISSION,
            audit_to_read,
            case_note_links,
            file_copy_for,
            file_copy_panel,
        )
        from qaf.tenants.permissions import Permission, declare
        from qaf.tenants.registry import MenuEntry, add_menu

        declare(Permission(PERMISSION, "take the copy of an audit for the child’s record"))
        give(Capability.PLACE_ON_RECORD, PERMISSION)
        add_panel(file_copy_panel)
        add_help(FollowUpKind.FILING, file_copy_for)
        add_menu(
            MenuEntry(
                "The copy for the child’s record",
                "audits:copy_settings",
                91,
                ("tenants.manage_council",),
                hint="Which parts of an audit go onto the record.",
            )
        )
        add_help(FollowUpKind.ACKNOWLEDGE, audit_to_read)
        add_links(case_note_links)

    @staticmethod
    def _look_after_the_tool() -> None:
        from audits.followup.due import add_due
        from audits.followup.services.reminders import check_reminders
        from audits.selectors.checking import due_checks, todo_of_checker
        from audits.selectors.tool_reviews import due_reviews, todo_of_reviewer
        from qaf.tenants.registry import MenuEntry, add_menu, add_todo

        add_todo(todo_of_checker)
        add_todo(todo_of_reviewer)
        add_due("check", due_checks)
        add_due("tool_review", due_reviews)
        check_reminders("check", "tool_review")
        add_menu(
            MenuEntry(
                "Audits from before",
                "audits:historic",
                92,
                ("audits.see_all",),
                hint="Results of audits done before this product, apart from all others.",
            ),
            MenuEntry(
                "Reviews of the audit tools",
                "audits:tool_reviews",
                93,
                ("audits.see_all",),
                hint="When each tool is looked at again, and what was found.",
            ),
        )
