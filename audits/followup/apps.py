from django.apps import AppConfig


class FollowupConfig(AppConfig):
    name = "audits.followup"
    label = "followup"
    verbose_name = "What follows"

    def ready(self) -> None:
        from audits.cases.registry import add_panel, add_sampled
        from audits.followup import receivers, selectors, tasks  # noqa: F401
        from audits.followup.selectors.case_panel import case_panel
        from audits.followup.selectors.lists import cases_with_anything
        from audits.followup.selectors.todo import follow_up_todo
        from audits.followup.workflow import set_rights
        from audits.frameworks.capabilities import give
        from audits.frameworks.enums import Capability
        from qaf.tenants.permissions import Permission, declare
        from qaf.tenants.registry import MenuEntry, add_menu, add_todo

        declare(
            Permission("followup.see_all", "follow every action to completion"),
            Permission("followup.plan", "agree, change and leave out proposed actions"),
            Permission("followup.sign_off", "sign off any action but their own"),
            Permission("followup.see_concerns", "see every urgent concern"),
        )
        give(Capability.TRACK_ACTIONS, "followup.see_all")
        give(Capability.SEE_ALL, "followup.see_all", "followup.see_concerns")
        give(Capability.MODERATE, "followup.plan")
        give(
            Capability.RUN_CYCLE,
            "followup.see_all",
            "followup.plan",
            "followup.sign_off",
            "followup.see_concerns",
            "notices.see_undelivered",
        )
        set_rights(
            owns=selectors.owns,
            may_sign_off=selectors.may_sign_off,
            may_answer=selectors.may_answer,
            responds=selectors.responds,
            may_close=selectors.may_close,
        )
        self._know_what_is_due()
        add_sampled(cases_with_anything)
        add_panel(case_panel)
        add_todo(follow_up_todo)
        add_menu(MenuEntry("Actions", "followup:actions", 40))

    @staticmethod
    def _know_what_is_due() -> None:
        from audits.followup.due import add_due, dated_work
        from audits.followup.selectors.due import (
            due_actions,
            due_concerns,
            due_confirmations,
            due_follow_ups,
            due_rounds,
        )
        from audits.followup.services.reminders import check_reminders
        from audits.programme.registry import add_team_work

        add_due("action", due_actions)
        add_due("follow_up", due_follow_ups)
        add_due("concern", due_concerns)
        add_team_work(dated_work)
        add_due("confirmation", due_confirmations)
        add_due("caseload", due_rounds)
        check_reminders("action", "follow_up", "concern", "confirmation", "caseload")
