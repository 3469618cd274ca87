from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "qaf.notices"
    label = "notices"

    def ready(self) -> None:
        from qaf.notices import receivers  # noqa: F401 — hears how work ended
        from qaf.notices.selectors import unread_count
        from qaf.tenants.context import set_unread_counter

        set_unread_counter(unread_count)
