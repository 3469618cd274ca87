from django.apps import AppConfig


class ProgrammeConfig(AppConfig):
    name = "audits.programme"
    label = "programme"
    verbose_name = "Calendar"

    def ready(self) -> None:
        from audits.frameworks.capabilities import give
        from audits.frameworks.enums import Capability
        from audits.programme import tasks  # noqa: F401 — registers what the calendar does
        from qaf.tenants.permissions import Permission, declare
        from qaf.tenants.registry import MenuEntry, add_menu

        declare(Permission("programme.move", "move dates of the calendar and say how months open"))
        give(Capability.RUN_CYCLE, "programme.move", "jobs.see_all", "jobs.retry")
        give(Capability.ADMINISTER, "jobs.retry")
        add_menu(
            MenuEntry(
                "Calendar",
                "programme:year",
                65,
                hint="The council’s year: what comes when, and moving a date.",
            )
        )
