from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "qaf.jobs"
    label = "jobs"

    def ready(self) -> None:
        from qaf.jobs import tasks  # noqa: F401 — sets the bell
        from qaf.tenants.permissions import Permission, declare

        declare(Permission("jobs.see_all", "see the queue of work"))
