"""Forms about what follows: completing, signing off, answering, raising a concern."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.text import Truncator

from audits.followup.enums import Ending, FollowUpKind, Placement
from audits.followup.models import Action, FollowUp
from audits.followup.services.concerns import SpokenFirst
from audits.frameworks.base import Choice
from audits.frameworks.schema.followup import Actions
from qaf.tenants.models import Person
from qaf.tenants.selectors import person_by_name
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


class CompleteForOrganisationForm(CompleteActionForm):
    """An action that belongs to no single child is done: what shows it, and what changed for children."""

    change_for_child = forms.CharField(
        label="What changed for children?", widget=forms.Textarea, required=False
    )
    govuk = {
        "evidence": {"rows": 4},
        "change_for_child": {"rows": 4, "hint": "What is different now, not what was done."},
    }


JUDGED = {
    "completed": "Has it been done?",
    "quality": "Is it done well?",
    "compliance": "Does it keep to procedure?",
    "impact": "Has it made the difference that was intended for the child?",
}
"""What a sign-off may judge apart."""


class SignOffForm(forms.Form):
    """Somebody else confirms it, or sends it back; what the framework judges apart is asked apart."""

    completed = YesNoField(label=JUDGED["completed"], required=False)
    quality = YesNoField(label=JUDGED["quality"], required=False)
    compliance = YesNoField(label=JUDGED["compliance"], required=False)
    impact = YesNoField(label=JUDGED["impact"], required=False)
    decision = forms.ChoiceField(
        label="Is it done?",
        choices=[("sign_off", "Yes, sign it off"), ("send_back", "No, send it back")],
        widget=forms.RadioSelect,
    )
    comment = forms.CharField(label="Comment", widget=forms.Textarea, required=False)
    govuk = {
        "comment": {
            "rows": 3,
            "hint": "If you send it back, or it made no difference yet, say what is still to be done.",
        }
    }

    def __init__(self, *args: Any, judges: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.judges = judges
        kept = (*judges, "decision", "comment")
        self.fields = {name: field for name, field in self.fields.items() if name in kept}
        if judges:
            self.fields["decision"].label = "What do you decide?"

    def clean(self) -> dict[str, Any]:
        """Ask for the comment where it is sent back; nothing need be judged then."""
        data = super().clean() or {}
        if data.get("decision") == "send_back" and not data.get("comment", "").strip():
            self.add_error("comment", "Say what is still to be done")
        return data

    def judged(self) -> dict[str, bool | None]:
        """Return what was judged, by the framework's word."""
        return {name: self.cleaned_data.get(name) for name in self.judges}


class FollowUpForm(forms.Form):
    """The answer to a follow-up; what it asks depends on its kind, and on what the framework has recorded."""

    filed_on = DateField(label="When was it placed on the child’s record?", noun="the date", past=True)
    reference = forms.CharField(label="Reference", max_length=120)
    read = forms.BooleanField(label="I have read the audit and its actions")
    held_on = DateField(label="When was it held?", noun="the date", past=True)
    strengths = forms.CharField(
        label="Strengths that were talked over", widget=forms.Textarea, required=False
    )
    learning_need = forms.CharField(label="Support or learning need", widget=forms.Textarea, required=False)
    features = forms.CharField(label="Which features contributed?", widget=forms.Textarea)
    took_part = forms.MultipleChoiceField(
        label="Who took part?", widget=forms.CheckboxSelectMultiple, required=False
    )
    others = forms.CharField(label="Who else took part?", max_length=300, required=False)
    actions_complete = YesNoField(label="Are the actions complete?")
    comment = forms.CharField(label="Comment", widget=forms.Textarea)
    decision = forms.ChoiceField(
        label="Does the child move or stay?", choices=Placement.choices, widget=forms.RadioSelect
    )
    plan = forms.CharField(
        label="Plan of action, where the child stays", widget=forms.Textarea, required=False
    )
    plan_due_on = DateField(label="By when is the plan carried out?", noun="the date", required=False)
    ending = forms.ChoiceField(
        label="What became of the child?", choices=Ending.choices, widget=forms.RadioSelect
    )

    govuk = {
        "reference": {"width": 20, "hint": "Where anybody can find it again on the child’s record."},
        "strengths": {"rows": 4},
        "learning_need": {"rows": 4, "hint": "Leave empty if there is none."},
        "features": {"rows": 5},
        "comment": {"rows": 5},
        "plan": {"rows": 4, "hint": "What will be different for the child. It becomes an action of yours."},
    }
    _asked: Mapping[str, tuple[str, ...]] = {
        FollowUpKind.FILING: ("filed_on", "reference"),
        FollowUpKind.ACKNOWLEDGE: ("read", "comment"),
        FollowUpKind.SUPERVISION: ("held_on", "strengths", "learning_need", "actions_complete"),
        FollowUpKind.CONVERSATION: ("held_on", "comment"),
        FollowUpKind.OVERSIGHT: ("comment",),
        FollowUpKind.REVIEW: ("held_on", "actions_complete", "comment"),
        FollowUpKind.RE_AUDIT: ("ending", "comment"),
        FollowUpKind.SCRUTINY: ("held_on", "took_part", "others", "features", "comment"),
        FollowUpKind.SUMMARY: ("features", "strengths"),
        FollowUpKind.ACTION_REVIEW: ("comment",),
        FollowUpKind.OBSERVATION: ("comment",),
        FollowUpKind.PROVIDER: ("decision", "plan", "plan_due_on", "comment"),
    }
    _optional: Mapping[str, tuple[str, ...]] = {FollowUpKind.ACKNOWLEDGE: ("comment",)}
    _labels: Mapping[str, dict[str, str]] = {
        FollowUpKind.OVERSIGHT: {"comment": "Your oversight and comment"},
        FollowUpKind.REVIEW: {"held_on": "When did you review it?", "comment": "What did you find?"},
        FollowUpKind.CONVERSATION: {"comment": "What support was agreed?"},
        FollowUpKind.RE_AUDIT: {"comment": "What is known?"},
        FollowUpKind.SCRUTINY: {
            "held_on": "When was it discussed?",
            "comment": "What was agreed, and what support will help?",
        },
        FollowUpKind.SUMMARY: {
            "features": "Which features led to the grade?",
            "strengths": "Which strengths can others learn from?",
        },
        FollowUpKind.ACTION_REVIEW: {"comment": "What is to happen next, taken together?"},
        FollowUpKind.OBSERVATION: {"comment": "Who observes what, and when? Or why is none arranged?"},
        FollowUpKind.PROVIDER: {"comment": "What did you look at, and why do you decide so?"},
        FollowUpKind.ACKNOWLEDGE: {"comment": "Anything you want to say to it"},
    }

    def __init__(
        self,
        *args: Any,
        follow_up: FollowUp,
        reference_required: bool = True,
        records: Iterable[Choice] = (),
        people: Iterable[Person] = (),
        actions: Iterable[Action] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {name: self.fields[name] for name in self._asked[follow_up.kind]}
        for name, label in self._labels.get(follow_up.kind, {}).items():
            field = self.fields[name]
            field.label = label
            if not isinstance(field, DateField):  # which says what date is missing
                field.error_messages["required"] = forms.required_message(field, label)
        for name in self._optional.get(follow_up.kind, ()):
            self.fields[name].required = False
        if follow_up.kind == FollowUpKind.FILING:
            self.fields["reference"].required = reference_required
        elif follow_up.kind == FollowUpKind.SUMMARY:
            self.fields["strengths"].required = True
        elif follow_up.kind == FollowUpKind.SCRUTINY:
            self.fields["took_part"].choices = [(str(one.pk), one.name) for one in people]  # type: ignore[attr-defined]
        elif follow_up.kind == FollowUpKind.SUPERVISION:
            self._ask_for_records(records)
        elif follow_up.kind == FollowUpKind.ACTION_REVIEW:
            self._ask_about(actions)

    def _ask_for_records(self, records: Iterable[Choice]) -> None:
        """Ask for what the framework has a supervision record, beside what every one does."""
        for record in records:
            self.fields.setdefault(record.key, YesNoField(label=f"{record.label}?"))

    def _ask_about(self, actions: Iterable[Action]) -> None:
        """Ask about each action first, then about all together."""
        comment = self.fields.pop("comment")
        for action in actions:
            label = f"How far is this, and what is in the way: {Truncator(action.text).words(25)}"
            self.fields[f"action_{action.pk}"] = forms.CharField(label=label, widget=forms.Textarea)
        comment.required = False
        self.fields["comment"] = comment

    def answers(self) -> dict[str, Any]:
        """Return what is kept beside the comment, dates as ISO text, people as their ids."""
        data = {name: value for name, value in self.cleaned_data.items() if name not in ("comment", "ending")}
        if "took_part" in data:
            data["took_part"] = [int(pk) for pk in data["took_part"]]
        return {
            name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in data.items()
        }


class ProviderForm(forms.Form):
    """A provider was judged inadequate while the child is placed there."""

    provider = forms.CharField(label="Which provider?", max_length=120)
    judged_on = DateField(label="When was it judged inadequate?", noun="the date of the judgement", past=True)
    text = forms.CharField(label="What does it mean for this child?", widget=forms.Textarea)
    govuk = {
        "text": {
            "rows": 4,
            "hint": "What the judgement says of children’s safety and care, and where to read it.",
        }
    }


class StandDownForm(forms.Form):
    """It can no longer be done, and why."""

    why = forms.CharField(label="Why can it no longer be done?", widget=forms.Textarea)
    govuk = {"why": {"rows": 3, "hint": "Such as: the worker has left."}}


NOBODY = "nobody"
OTHER = "other"


class SpokenFirstFields(forms.Form):
    """The conversation before something is sent, or why it cannot wait for one."""

    spoken_with = forms.ChoiceField(
        label="Whom have you spoken with first?", widget=forms.RadioSelect, required=False
    )
    conversation = forms.CharField(label="What was said?", widget=forms.Textarea, required=False)
    not_spoken_reason = forms.CharField(
        label="Why can it not wait for that conversation?", widget=forms.Textarea, required=False
    )
    govuk = {
        "conversation": {"rows": 3},
        "not_spoken_reason": {
            "rows": 2,
            "hint": "Only where you have not spoken with them. An emergency is never held up by this.",
        },
    }

    def __init__(self, *args: Any, first_with: Iterable[Person] | None = None, **kwargs: Any) -> None:
        """``first_with``: who may be spoken with; ``None`` where the framework asks for no conversation."""
        super().__init__(*args, **kwargs)
        self.first_with = None if first_with is None else {str(one.pk): one for one in first_with}
        if self.first_with is None:
            for name in ("spoken_with", "conversation", "not_spoken_reason"):
                del self.fields[name]
        else:
            people = [(pk, one.name) for pk, one in self.first_with.items()]
            self.fields["spoken_with"].choices = [*people, (NOBODY, "I have not spoken with them")]  # type: ignore[attr-defined]

    def spoken(self) -> SpokenFirst | None:
        """Return what was said to whom, or why not; ``None`` where nothing is asked."""
        if self.first_with is None:
            return None
        data = self.cleaned_data
        return SpokenFirst(
            self.first_with.get(data["spoken_with"]), data["conversation"], data["not_spoken_reason"]
        )


class ConcernForm(SpokenFirstFields):
    """An urgent concern about a child."""

    text = forms.CharField(label="What worries you?", widget=forms.Textarea)
    safe_now = YesNoField(
        label="Is the child safe at this moment?", no="No, or I do not know", required=False
    )
    told_whom = forms.CharField(
        label="Whom have you already spoken to?", widget=forms.Textarea, required=False
    )
    about_staff = forms.BooleanField(label="It is about a member of staff or a carer", required=False)
    about_person = forms.CharField(label="Which member of staff?", max_length=200, required=False)
    trigger = forms.ChoiceField(label="What calls for it?", widget=forms.RadioSelect, required=False)
    govuk = {
        **SpokenFirstFields.govuk,
        "text": {"rows": 6, "hint": "What you saw on the record, and what should happen today."},
        "told_whom": {
            "rows": 2,
            "hint": "Such as the front door, the emergency duty team, or the worker’s manager.",
        },
        "about_staff": {
            "conditional": {"on": ["about_person"]},
            "hint": "It then goes past their own managers. Neither they nor the managers see it, and you need not "
            "speak with them first.",
        },
        "about_person": {
            "hint": "Their name as it stands in your council’s list of people. Leave empty for a carer."
        },
    }
    field_order = (
        "text",
        "trigger",
        "safe_now",
        "told_whom",
        "about_staff",
        "about_person",
        "spoken_with",
        "conversation",
        "not_spoken_reason",
    )

    def __init__(self, *args: Any, triggers: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = list(triggers)
        if known:
            self.fields["trigger"].choices = [*known, (OTHER, "Something else")]  # type: ignore[attr-defined]
        else:
            del self.fields["trigger"]

    def clean_trigger(self) -> str:
        """Return the framework's key, or nothing for another reason."""
        return "" if self.cleaned_data["trigger"] == OTHER else self.cleaned_data["trigger"]

    def clean_about_person(self) -> Person | None:
        """Return the person of that name."""
        name = self.cleaned_data["about_person"].strip()
        if not name:
            return None
        person = person_by_name(name)
        if person is None:
            raise forms.ValidationError(
                "Nobody of that name is in your council’s list: leave it empty and name them above"
            )
        return person


class AnswerConcernForm(forms.Form):
    """What was done for the child, and what was seen beyond the case."""

    answer = forms.CharField(label="What have you done?", widget=forms.Textarea)
    govuk = {"answer": {"rows": 6, "hint": "What you found, what was done for the child, and by whom."}}

    def __init__(self, *args: Any, wider_view: Iterable[Choice] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wider = {f"wider_{one.key}": one.key for one in wider_view}
        for one in wider_view:
            self.fields[f"wider_{one.key}"] = forms.CharField(
                label=one.label,
                widget=forms.Textarea,
                required=False,
                help_text="What you looked at beyond this case, and what you saw. Leave empty if you did not.",
            )

    def wider_view(self) -> dict[str, str]:
        """Return what was seen beyond the case, by the framework's key."""
        return {key: self.cleaned_data[name] for name, key in self.wider.items()}


class GiveForm(forms.Form):
    """A follow-up is given to somebody else."""

    assignee = forms.CharField(label="Who should do it?", max_length=120)
    reason = forms.CharField(label="Why?", widget=forms.Textarea, max_length=1000)
    govuk = {
        "assignee": {
            "hint": "The full name, as the council’s list has it.",
            "autocomplete": "off",
            "width": 20,
        },
        "reason": {"rows": 2},
    }

    def clean_assignee(self) -> Person:
        """Return the person of that name."""
        person = person_by_name(self.cleaned_data["assignee"].strip())
        if person is None:
            raise forms.ValidationError(
                "Nobody of that name is in your council’s list: check how it is spelled"
            )
        return person
