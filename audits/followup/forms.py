"""Forms about what follows: completing, signing off, answering, raising a concern."""

from collections.abc import Mapping
from typing import Any

from audits.followup.enums import Ending, FollowUpKind
from audits.followup.models import FollowUp
from audits.frameworks.schema.followup import Actions
from qaf.ui import forms
from qaf.ui.fields import DateField, YesNoField


class CompleteActionForm(forms.Form):
    """An action is done: what shows it, and what changed for the child."""

    evidence = forms.CharField(label="What shows that it was done?", widget=forms.Textarea, required=False)
    change_for_child = forms.CharField(
        label="What changed for the child?", widget=forms.Textarea, required=False
    )
    govuk = {
        "evidence": {"rows": 4, "hint": "Such as where it stands on the child’s record."},
        "change_for_child": {
            "rows": 4,
            "hint": "What is different for the child or family now, not what was done.",
        },
    }

    def __init__(self, *args: Any, rules: Actions, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["evidence"].required = rules.evidence_required
        self.fields["change_for_child"].required = rules.impact_required


class SignOffForm(forms.Form):
    """Somebody else confirms it, or sends it back."""

    decision = forms.ChoiceField(
        label="Is it done?",
        choices=[("sign_off", "Yes, sign it off"), ("send_back", "No, send it back")],
        widget=forms.RadioSelect,
    )
    comment = forms.CharField(label="Comment", widget=forms.Textarea, required=False)
    govuk = {"comment": {"rows": 3, "hint": "If you send it back, say what is still to be done."}}

    def clean(self) -> dict[str, Any]:
        """Ask for the comment where it is sent back."""
        data = super().clean() or {}
        if data.get("decision") == "send_back" and not data.get("comment", "").strip():
            self.add_error("comment", "Say what is still to be done")
        return data


class FollowUpForm(forms.Form):
    """The answer to a follow-up; which questions it asks depends on its kind."""

    filed_on = DateField(label="When was it placed on the child’s record?", noun="the date", past=True)
    reference = forms.CharField(label="Reference", max_length=120)
    held_on = DateField(label="When was it held?", noun="the date", past=True)
    strengths = forms.CharField(
        label="Strengths that were talked over", widget=forms.Textarea, required=False
    )
    learning_need = forms.CharField(label="Support or learning need", widget=forms.Textarea, required=False)
    actions_complete = YesNoField(label="Are the actions complete?")
    comment = forms.CharField(label="Comment", widget=forms.Textarea)
    ending = forms.ChoiceField(
        label="What became of the child?", choices=Ending.choices, widget=forms.RadioSelect
    )

    govuk = {
        "reference": {"width": 20, "hint": "Where anybody can find it again on the child’s record."},
        "strengths": {"rows": 4},
        "learning_need": {"rows": 4, "hint": "Leave empty if there is none."},
        "comment": {"rows": 5},
    }
    _asked: Mapping[str, tuple[str, ...]] = {
        FollowUpKind.FILING: ("filed_on", "reference"),
        FollowUpKind.SUPERVISION: ("held_on", "strengths", "learning_need", "actions_complete"),
        FollowUpKind.CONVERSATION: ("held_on", "comment"),
        FollowUpKind.OVERSIGHT: ("comment",),
        FollowUpKind.REVIEW: ("held_on", "actions_complete", "comment"),
        FollowUpKind.RE_AUDIT: ("ending", "comment"),
        FollowUpKind.SCRUTINY: ("comment",),
    }
    _labels: Mapping[str, dict[str, str]] = {
        FollowUpKind.OVERSIGHT: {"comment": "Your oversight and comment"},
        FollowUpKind.REVIEW: {"held_on": "When did you review it?", "comment": "What did you find?"},
        FollowUpKind.CONVERSATION: {"comment": "What support was agreed?"},
        FollowUpKind.RE_AUDIT: {"comment": "What is known?"},
    }

    def __init__(
        self, *args: Any, follow_up: FollowUp, reference_required: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        asked = self._asked[follow_up.kind]
        self.fields = {name: self.fields[name] for name in asked}
        for name, label in self._labels.get(follow_up.kind, {}).items():
            self.fields[name].label = label
        if "reference" in self.fields:
            self.fields["reference"].required = reference_required

    def answers(self) -> dict[str, Any]:
        """Return what is kept beside the comment, dates as ISO text."""
        data = {name: value for name, value in self.cleaned_data.items() if name not in ("comment", "ending")}
        return {
            name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in data.items()
        }


class StandDownForm(forms.Form):
    """It can no longer be done, and why."""

    why = forms.CharField(label="Why can it no longer be done?", widget=forms.Textarea)
    govuk = {"why": {"rows": 3, "hint": "Such as: the worker has left."}}


class ConcernForm(forms.Form):
    """An urgent concern about a child."""

    text = forms.CharField(label="What worries you?", widget=forms.Textarea)
    safe_now = YesNoField(
        label="Is the child safe at this moment?", no="No, or I do not know", required=False
    )
    told_whom = forms.CharField(
        label="Whom have you already spoken to?", widget=forms.Textarea, required=False
    )
    about_staff = forms.BooleanField(label="It is about a member of staff or a carer", required=False)
    govuk = {
        "text": {"rows": 6, "hint": "What you saw on the record, and what should happen today."},
        "told_whom": {
            "rows": 2,
            "hint": "Such as the front door, the emergency duty team, or the worker’s manager.",
        },
        "about_staff": {"hint": "It then goes past the team’s own managers."},
    }


class AnswerConcernForm(forms.Form):
    """What was done for the child."""

    answer = forms.CharField(label="What have you done?", widget=forms.Textarea)
    govuk = {"answer": {"rows": 6, "hint": "What you found, what was done for the child, and by whom."}}
