from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "qaf.jobs"
    label = "jobs"

    def ready(self) -> None:
        from qaf.jobs import tasks  # noqa: F401 — sets the bell
        from qaf.jobs.selectors import failed_todo
        from qaf.tenants.permissions import Permission, declare
        from qaf.tenants.registry import MenuEntry, add_menu, add_todo

        declare(
            Permission("jobs.see_all", "see the queue of work"),
            Permission("jobs.retry", "try work again that has failed, and cancel it"),
        )
        add_menu(
            MenuEntry(
                "Queue of work", "jobs:queue", 92, ("jobs.see_all",), hint="What waits, runs or failed."
            )
        )
        add_todo(failed_todo)
