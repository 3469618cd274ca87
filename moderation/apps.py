from django.apps import AppConfig


class ModerationConfig(AppConfig):
    name = "moderation"
    label = "moderation"
    verbose_name = "Moderation"

    def ready(self) -> None:
        from audits.followup.due import add_due
        from audits.followup.services.reminders import check_reminders
        from audits.frameworks.capabilities import give
        from audits.frameworks.enums import Capability
        from audits.registry import add_guest, add_panel
        from moderation import receivers, tasks  # noqa: F401
        from moderation.selectors.due import due_moderations
        from moderation.selectors.lists import moderates
        from moderation.selectors.panel import moderation_panel
        from moderation.selectors.todo import moderation_todo
        from qaf.tenants.permissions import Permission, declare
        from qaf.tenants.registry import MenuEntry, add_menu, add_todo

        declare(
            Permission("moderation.allocate", "say who moderates an audit"),
            Permission("moderation.moderate", "moderate the audits they are given"),
        )
        give(Capability.RUN_CYCLE, "moderation.allocate")
        give(Capability.MODERATE, "moderation.moderate")
        add_guest(moderates)
        add_panel(moderation_panel)
        add_todo(moderation_todo)
        add_due("moderation", due_moderations)
        check_reminders("moderation")
        add_menu(
            MenuEntry("Moderation", "moderation:list", 50, ("moderation.allocate", "moderation.moderate"))
        )
