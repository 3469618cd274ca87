from django.apps import AppConfig


class ModerationConfig(AppConfig):
    name = "moderation"
    label = "moderation"
    verbose_name = "Moderation"

    def ready(self) -> None:
        from audits.cases import registry as cases
        from audits.followup.due import add_due
        from audits.followup.services.reminders import check_reminders
        from audits.frameworks.capabilities import give
        from audits.frameworks.enums import Capability
        from audits.registry import add_guest, add_marks, add_moderators, add_panel, add_settled
        from moderation import receivers, tasks  # noqa: F401
        from moderation.selectors.disputes import dispute_marks, dispute_todo, due_steps, settled_on_ladder
        from moderation.selectors.due import due_meetings, due_moderations, due_views
        from moderation.selectors.lists import moderates, moderators
        from moderation.selectors.panel import dispute_panel, disputes_of_case, moderation_panel
        from moderation.selectors.panels import kept_from
        from moderation.selectors.todo import meeting_todo, moderation_todo, view_todo
        from qaf.tenants.permissions import Permission, declare
        from qaf.tenants.registry import MenuEntry, add_menu, add_todo, keep_from

        declare(
            Permission("moderation.allocate", "say who moderates an audit"),
            Permission("moderation.moderate", "moderate the audits they are given"),
            Permission("moderation.challenge", "raise a challenge about practice"),
        )
        give(Capability.RUN_CYCLE, "moderation.allocate")
        give(Capability.MODERATE, "moderation.moderate")
        give(Capability.RAISE_CHALLENGE, "moderation.challenge")
        add_guest(moderates)
        add_moderators(moderators)
        add_marks(dispute_marks)
        add_settled(settled_on_ladder)
        add_panel(moderation_panel)
        add_panel(dispute_panel)
        cases.add_panel(disputes_of_case)
        for todo in (moderation_todo, view_todo, meeting_todo, dispute_todo):
            add_todo(todo)
        keep_from("moderation_panelmember", kept_from)
        add_due("moderation", due_moderations)
        add_due("panel_view", due_views)
        add_due("meeting", due_meetings)
        add_due("dispute", due_steps)
        check_reminders("moderation", "panel_view", "meeting", "dispute")
        add_menu(
            MenuEntry("Moderation", "moderation:list", 50, ("moderation.allocate", "moderation.moderate")),
            MenuEntry("Disagreement", "moderation:disputes", 51, ("moderation.challenge",)),
        )
