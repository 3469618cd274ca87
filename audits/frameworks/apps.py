from django.apps import AppConfig


class FrameworksConfig(AppConfig):
    name = "audits.frameworks"
    label = "frameworks"
    verbose_name = "Frameworks"

    def ready(self) -> None:
        from audits.frameworks import tasks  # noqa: F401
        from audits.frameworks.capabilities import give
        from audits.frameworks.enums import Capability
        from qaf.tenants.permissions import Permission, declare
        from qaf.tenants.registry import MenuEntry, add_menu

        declare(
            Permission("frameworks.edit", "write the draft of the next framework"),
            Permission("frameworks.publish", "publish the framework"),
        )
        give(Capability.EDIT_FRAMEWORK, "frameworks.edit", "frameworks.publish")
        give(
            Capability.ADMINISTER,
            "tenants.manage_people",
            "tenants.manage_council",
            "tenants.read_trail",
            "jobs.see_all",
        )
        add_menu(
            MenuEntry(
                "Framework", "frameworks:document", 80, hint="Every rule in words, with where it comes from."
            )
        )
