"""What must change for the child after somebody looked. Knows no audit: complaints and boards raise actions too."""

from django.db import models

from audits.followup.enums import ActionStatus, ConcernStatus, FollowUpKind, FollowUpStatus
from qaf.lib import calendar, clock
from qaf.tenants.models import TenantForeignKey, TenantModel


class Action(TenantModel):
    """One thing that somebody does by a day, and what it changed for the child. Follows the child.

    Sensitivity: special-category data of a child. Kept with the case, and deleted with it.
    """

    case = TenantForeignKey("cases.Case", null=True, blank=True, related_name="actions")
    text = models.TextField(help_text="What will be done.")
    intended_change = models.TextField(blank=True, help_text="What should be different for the child.")
    owner = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="actions")
    owner_role = models.CharField(
        max_length=10,
        blank=True,
        help_text="worker or manager: the action then follows the child to the next one.",
    )
    joint_owner = TenantForeignKey(
        "tenants.Person",
        null=True,
        blank=True,
        related_name="joint_actions",
        help_text="Who answers for it together with the owner.",
    )
    joint_owner_role = models.CharField(max_length=10, blank=True, help_text="As the owner's.")
    category = models.CharField(max_length=60, blank=True, help_text="Key of the framework's category.")
    due_on = models.DateField()
    latest_on = models.DateField(null=True, blank=True, help_text="The framework's maximum.")
    status = models.CharField(max_length=12, choices=ActionStatus.choices, default=ActionStatus.PROPOSED)
    proposed_by = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    proposed_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    evidence = models.TextField(blank=True)
    change_for_child = models.TextField(blank=True)
    done_by = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    signed_off_by = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    signed_off_at = models.DateTimeField(null=True, blank=True)
    sign_off_comment = models.TextField(blank=True)
    judged = models.JSONField(
        default=dict, help_text="What the sign-off says yes or no to, each apart, by the framework's word."
    )

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [models.Index(fields=["authority", "owner", "status"], name="followup_action_owner")]

    @property
    def age_days(self) -> int:
        """Days since it was agreed, until it was done or today; 0 for a proposal."""
        if self.opened_at is None:
            return 0
        until = calendar.local_date(self.done_at) if self.done_at else clock.today()
        return (until - calendar.local_date(self.opened_at)).days


class Confirmation(TenantModel):
    """Something that one person confirms of an action soon after the audit, such as that it was raised with them.

    Sensitivity: as the action. Kept with it, and deleted with it.
    """

    action = TenantForeignKey(Action, on_delete=models.CASCADE, related_name="confirmations")
    key = models.CharField(max_length=60, help_text="Key of the framework's confirmation.")
    label = models.CharField(max_length=200)
    asked_of = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="confirmations")
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    done_by = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "action", "key"], name="followup_confirmation_once")
        ]


class FollowUp(TenantModel):
    """Something a rule asks one person to do and answer by a day: oversight, review, supervision, filing …

    Sensitivity: special-category data of a child; a supervision entry is about staff. Kept with the case,
    and deleted with it.
    """

    case = TenantForeignKey("cases.Case", null=True, blank=True, related_name="follow_ups")
    kind = models.CharField(max_length=20, choices=FollowUpKind.choices)
    title = models.CharField(max_length=200)
    guidance = models.TextField(blank=True)
    assignee = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="follow_ups")
    assignee_role = models.CharField(
        max_length=60,
        blank=True,
        help_text="Party of the framework; its holders see it while nobody is named.",
    )
    about = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    invited = models.JSONField(default=list, help_text="Ids of those who are to take part; they may read it.")
    opened_at = models.DateTimeField()
    due_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=FollowUpStatus.choices, default=FollowUpStatus.OPEN)
    answers = models.JSONField(default=dict, help_text="By key of the field.")
    comment = models.TextField(blank=True)
    outcome = models.CharField(max_length=60, blank=True)
    done_by = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [models.Index(fields=["authority", "assignee", "status"], name="followup_assignee")]


class UrgentConcern(TenantModel):
    """A worry about a child that cannot wait. Never replaces a referral to the front door or emergency duty team.

    Sensitivity: special-category data of a child, or an allegation about staff. Kept with the case, and
    deleted with it.
    """

    case = TenantForeignKey("cases.Case", related_name="urgent_concerns")
    raised_by = TenantForeignKey("tenants.Person", related_name="+")
    raised_at = models.DateTimeField()
    text = models.TextField()
    told_whom = models.TextField(blank=True, help_text="Whom the auditor has already spoken to.")
    safe_now = models.BooleanField(null=True, blank=True)
    about_staff = models.BooleanField(default=False)
    about_person = TenantForeignKey(
        "tenants.Person",
        null=True,
        blank=True,
        related_name="+",
        help_text="The member of staff whom it is about: neither they nor their line ever see it.",
    )
    barred = models.JSONField(
        default=list, help_text="Ids of those from whom a concern about staff was kept as it was raised."
    )
    trigger = models.CharField(max_length=60, blank=True, help_text="Key of the framework's trigger.")
    spoken_with = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    spoken_at = models.DateTimeField(null=True, blank=True)
    conversation = models.TextField(blank=True, help_text="What was said before it was sent.")
    not_spoken_reason = models.TextField(blank=True, help_text="Why it could not wait for a conversation.")
    responder = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="concerns")
    due_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=ConcernStatus.choices, default=ConcernStatus.RAISED)
    answer = models.TextField(blank=True)
    wider_view = models.JSONField(default=dict, help_text="What the answer says by key of the wider view.")
    answered_by = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-raised_at"]


class CaseloadCheck(TenantModel):
    """A manager's round over every open child of a team: the same few questions about each.

    Sensitivity: says which children's records have gaps. Kept as the history of the rounds.
    """

    team = TenantForeignKey("tenants.Unit", related_name="caseload_checks")
    period = models.DateField(help_text="First day of the period that it is the round of.")
    asked_of = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="caseload_checks")
    opened_at = models.DateTimeField()
    due_on = models.DateField()
    items = models.JSONField(default=list, help_text="Key and words of each question, as the round began.")
    version = models.PositiveIntegerField(default=1, help_text="Decides between two who write at once.")
    saved_at = models.DateTimeField(null=True, blank=True)
    done_by = TenantForeignKey("tenants.Person", null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-period", "id"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "team", "period"], name="followup_caseload_once")
        ]


class CaseloadAnswer(TenantModel):
    """What one round says of one child and one question.

    Sensitivity: the state of a child's record. Kept with the round, and deleted with the case.
    """

    check_round = TenantForeignKey(CaseloadCheck, on_delete=models.CASCADE, related_name="answers")
    case = TenantForeignKey("cases.Case", on_delete=models.CASCADE, related_name="caseload_answers")
    item = models.CharField(max_length=60, help_text="Key of the question.")
    in_place = models.BooleanField(help_text="Whether the record has it, suited to the child's needs.")
    action = TenantForeignKey(
        Action, null=True, blank=True, related_name="+", help_text="What closes the gap."
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "check_round", "case", "item"], name="followup_caseload_answer_once"
            )
        ]
