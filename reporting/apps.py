from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"
    label = "reporting"
    verbose_name = "Reports"

    def ready(self) -> None:
        from audits.frameworks.capabilities import give
        from audits.frameworks.enums import Capability
        from qaf.tenants.permissions import Permission, declare
        from qaf.tenants.registry import MenuEntry, add_menu
        from reporting import tasks  # noqa: F401

        declare(
            Permission("reporting.see_council", "see the figures of the part of the council they answer for"),
            Permission("reporting.see_practitioners", "see practitioners’ audits by name"),
            Permission("reporting.read_reports", "read the council’s reports"),
            Permission("reporting.make_reports", "make reports and write their commentary"),
        )
        give(Capability.SEE_DASHBOARD, "reporting.see_council")
        # The framework's tracking narrows this to a practitioner's own line and quality assurance.
        give(Capability.SUPERVISE, "reporting.see_practitioners")
        give(Capability.TRACK_ACTIONS, "reporting.see_practitioners")
        give(Capability.READ_REPORTS, "reporting.read_reports")
        give(Capability.WRITE_REPORTS, "reporting.make_reports", "reporting.read_reports")
        add_menu(
            MenuEntry("Dashboard", "reporting:dashboard", 10, ("reporting.see_council",)),
            MenuEntry(
                "Reports", "reporting:reports", 60, ("reporting.read_reports", "reporting.make_reports")
            ),
        )
