from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "qaf.notices"
    label = "notices"

    def ready(self) -> None:
        from qaf.notices import receivers  # noqa: F401 — hears how work ended
        from qaf.notices.selectors import undelivered_todo, unread_count
        from qaf.tenants.context import set_unread_counter
        from qaf.tenants.permissions import Permission, declare
        from qaf.tenants.registry import MenuEntry, add_menu, add_todo

        set_unread_counter(unread_count)
        declare(
            Permission(
                "notices.see_undelivered", "see which messages were not delivered, and send them again"
            )
        )
        add_menu(
            MenuEntry(
                "Undelivered messages",
                "notices:undelivered",
                93,
                ("notices.see_undelivered",),
                hint="E-mails that did not arrive; send them again.",
            )
        )
        add_todo(undelivered_todo)
