from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "audits.cases"
    label = "cases"
    verbose_name = "The case list"

    def ready(self) -> None:
        from audits.cases import tasks  # noqa: F401
        from audits.cases.selectors.lists import imports_todo
        from audits.cases.selectors.trail import keep_restricted
        from audits.frameworks.capabilities import give
        from audits.frameworks.enums import Capability
        from qaf.tenants.permissions import Permission, declare
        from qaf.tenants.registry import MenuEntry, add_menu, add_todo

        declare(
            Permission("cases.import", "bring in the case list"),
            Permission("cases.view", "see the whole case list"),
            Permission("cases.map", "say which team and person a name in the case list is"),
            Permission("cases.see_restricted", "see restricted records"),
        )
        give(Capability.IMPORT_CASES, "cases.import", "cases.map", "cases.view")
        give(Capability.ADMINISTER, "cases.map")
        give(Capability.RUN_CYCLE, "cases.view")
        give(Capability.SEE_ALL, "cases.view")
        give(Capability.SEE_RESTRICTED, "cases.see_restricted")
        add_todo(imports_todo)
        keep_restricted()
        add_menu(MenuEntry("Cases", "cases:list", 30, ("cases.view", "cases.import")))
