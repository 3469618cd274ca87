from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "feedback"
    label = "feedback"
    verbose_name = "What families said"

    def ready(self) -> None:
        from audits.frameworks.capabilities import give
        from audits.frameworks.enums import Capability
        from audits.selectors.offered import has_families
        from qaf.tenants.permissions import Permission, declare
        from qaf.tenants.registry import MenuEntry, add_menu

        declare(Permission("feedback.code", "read and code what families said"))
        # Those who write reports read the words; collecting feedback elsewhere gives no look into audits.
        give(Capability.WRITE_REPORTS, "feedback.code")
        add_menu(
            MenuEntry(
                "Families",
                "feedback:register",
                55,
                ("feedback.code",),
                hint="What children and families said, and its themes.",
                offered=has_families,
            )
        )
