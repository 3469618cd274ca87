from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "qaf.notices"
    label = "notices"

    def ready(self) -> None:
        from qaf.notices import receivers  # noqa: F401 — hears how work ended
        from qaf.notices.selectors import undelivered_todo, unread_count
        from qaf.tenants.context import set_unread_counter
        from qaf.tenants.permissions import Permission, declare
        from qaf.tenants.registry import add_todo

        set_unread_counter(unread_count)
        label = "see which messages were not delivered, and send them again"
        declare(Permission("notices.see_undelivered", label))
        add_todo(undelivered_todo)
