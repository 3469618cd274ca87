from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"
    label = "reporting"
    verbose_name = "Reports"

    def ready(self) -> None:
        from audits.followup.due import add_due
        from audits.followup.registry import add_origins
        from audits.followup.services.reminders import check_reminders
        from qaf.tenants.registry import add_todo
        from reporting import tasks  # noqa: F401
        from reporting.selectors.due import due_comments
        from reporting.selectors.origins import plan_origins
        from reporting.selectors.todo import learning_todo

        self._give_permissions()
        self._offer_pages()
        add_todo(learning_todo)
        add_origins(plan_origins)
        add_due("leader_comment", due_comments)
        check_reminders("leader_comment")

    @staticmethod
    def _give_permissions() -> None:
        from audits.frameworks.capabilities import give
        from audits.frameworks.enums import Capability
        from qaf.tenants.permissions import Permission, declare

        declare(
            Permission("reporting.see_council", "see the figures of the part of the council they answer for"),
            Permission("reporting.see_practitioners", "see practitioners’ audits by name"),
            Permission("reporting.read_reports", "read the council’s reports"),
            Permission("reporting.make_reports", "make reports and write their commentary"),
            Permission(
                "reporting.learn", "code findings, choose cases for senior leaders and plan learning sessions"
            ),
            Permission("reporting.plan", "add actions to the improvement plan"),
        )
        give(Capability.SEE_DASHBOARD, "reporting.see_council")
        # The framework's tracking narrows this to a practitioner's own line and quality assurance.
        give(Capability.SUPERVISE, "reporting.see_practitioners")
        give(Capability.TRACK_ACTIONS, "reporting.see_practitioners")
        give(
            Capability.SEE_ALL,
            "reporting.see_council",
            "reporting.see_practitioners",
            "reporting.read_reports",
        )
        give(Capability.READ_REPORTS, "reporting.read_reports")
        give(
            Capability.WRITE_REPORTS,
            "reporting.make_reports",
            "reporting.read_reports",
            "reporting.learn",
            "reporting.plan",
        )
        give(Capability.RUN_CYCLE, "reporting.learn", "reporting.plan")
        give(Capability.OVERSEE, "reporting.plan")

    @staticmethod
    def _offer_pages() -> None:
        from qaf.tenants.registry import MenuEntry, add_menu

        add_menu(
            MenuEntry("Dashboard", "reporting:dashboard", 10, ("reporting.see_council",)),
            MenuEntry(
                "Reports", "reporting:reports", 60, ("reporting.read_reports", "reporting.make_reports")
            ),
            MenuEntry(
                "My work",
                "reporting:mine",
                20,
                hint="Audits of your own work, your views of it, your actions and what you learned.",
            ),
            MenuEntry(
                "Findings",
                "reporting:findings",
                61,
                ("reporting.learn",),
                hint="Code strengths of practice and barriers in the audits of a month.",
            ),
            MenuEntry(
                "Learning sessions",
                "reporting:sessions",
                62,
                hint="Sessions about the month’s audits: invitations, ideas and feedback, what was agreed.",
            ),
            MenuEntry(
                "Improvement plan",
                "reporting:plan",
                63,
                ("reporting.plan", "reporting.read_reports"),
                hint="Actions of the organisation that follow from audits, sessions and reports.",
            ),
        )
