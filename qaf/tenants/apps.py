from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TenantsConfig(AppConfig):
    name = "qaf.tenants"
    label = "tenants"
    verbose_name = "Councils and people"

    def ready(self) -> None:
        from qaf.tenants import checks  # noqa: F401
        from qaf.tenants.grants import grant_after_migrate
        from qaf.tenants.permissions import Permission, declare
        from qaf.tenants.registry import MenuEntry, add_menu

        post_migrate.connect(grant_after_migrate, dispatch_uid="qaf.tenants.grants")
        declare(
            Permission("tenants.manage_people", "manage people, posts and absences"),
            Permission("tenants.manage_council", "change the council's settings"),
            Permission("tenants.read_trail", "read the trail of changes"),
        )
        add_menu(
            MenuEntry("To do", "home", 0),
            MenuEntry(
                "People",
                "tenants:people",
                80,
                ("tenants.manage_people",),
                hint="Who works here, in which post; teams; absences.",
            ),
            MenuEntry(
                "Trail", "tenants:trail", 95, ("tenants.read_trail",), hint="Who changed what, when and why."
            ),
            MenuEntry(
                "Settings",
                "tenants:settings",
                90,
                ("tenants.manage_council",),
                hint="Name, colour, signing in, how long records are kept.",
            ),
        )
