from django.apps import AppConfig


class AuditsConfig(AppConfig):
    name = "audits"
    label = "audits"
    verbose_name = "Audits"

    def ready(self) -> None:
        from audits.frameworks.capabilities import give
        from audits.frameworks.enums import Capability
        from qaf.tenants.permissions import Permission, declare

        declare(
            Permission("audits.open_cycle", "open a month and run the sample"),
            Permission("audits.decide_exclusion", "approve leaving a child out of the draw"),
            Permission("audits.ask_exclusion", "ask to leave a child out of the draw"),
            Permission("audits.see_all", "see every audit of the council"),
        )
        give(Capability.RUN_CYCLE, "audits.open_cycle", "audits.see_all", "audits.ask_exclusion")
        give(Capability.APPROVE_EXCLUSIONS, "audits.decide_exclusion", "audits.see_all")
        give(Capability.SUPERVISE, "audits.ask_exclusion")
