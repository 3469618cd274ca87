"""Forms of panels, meetings, sessions and disagreement."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from audits.frameworks.schema.moderation import Dispute as Rule
from moderation.enums import Attendance, Polarity
from moderation.models import Meeting, PanelMember
from moderation.selectors.meetings import Choice
from qaf.tenants.models import Person
from qaf.ui import forms
from qaf.ui.fields import DateField, YesNoField

Data = Mapping[str, Any] | None


class ViewForm(forms.Form):
    """One member's view."""

    grade = forms.ChoiceField(label="The overall grade in your view", widget=forms.RadioSelect)
    view = forms.CharField(label="Why?", widget=forms.Textarea)
    standards_met = forms.ChoiceField(
        label="Does the audit meet quality standards?", widget=forms.RadioSelect
    )

    def __init__(
        self,
        data: Data = None,
        *,
        grades: Sequence[tuple[str, str]],
        standards: Sequence[tuple[str, str]],
        member: PanelMember,
    ) -> None:
        initial = {"grade": member.grade, "view": member.view, "standards_met": member.standards_met}
        super().__init__(data, initial=initial)
        self.fields["grade"].choices = grades  # type: ignore[attr-defined]
        if standards:
            self.fields["standards_met"].choices = standards  # type: ignore[attr-defined]
        else:
            del self.fields["standards_met"]
        self.govuk = {"grade": {"inline": True}, "standards_met": {"inline": True}}  # type: ignore[misc]


class JoinForm(forms.Form):
    """Somebody who joins a panel."""

    member = forms.ChoiceField(label="Who should join?", widget=forms.RadioSelect)
    reason = forms.CharField(label="What do they know that helps?", widget=forms.Textarea)

    def __init__(self, data: Data = None, *, people: Iterable[tuple[Person, str, str]]) -> None:
        super().__init__(data)
        found = list(people)
        self.people = {str(one.pk): one for one, _, _ in found}
        self.fields["member"].choices = [(str(one.pk), one.name) for one, _, _ in found]  # type: ignore[attr-defined]
        hints = {str(one.pk): words for one, _, words in found}
        self.govuk = {"member": {"item_hints": hints}, "reason": {"rows": 3}}  # type: ignore[misc]


class InviteForm(forms.Form):
    """Whom the chair invites."""

    people = forms.MultipleChoiceField(label="Whom do you invite?", widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: Data = None, *, people: Iterable[tuple[Person, str, str]]) -> None:
        super().__init__(data)
        found = list(people)
        self.by_key = {str(one.pk): one for one, _, _ in found}
        self.fields["people"].choices = [(str(one.pk), one.name) for one, _, _ in found]  # type: ignore[attr-defined]
        hints = {str(one.pk): words for one, _, words in found}
        self.govuk = {"people": {"item_hints": hints}}  # type: ignore[misc]

    @property
    def chosen(self) -> list[Person]:
        """The people selected."""
        return [self.by_key[key] for key in self.cleaned_data["people"]]


class ThemeForm(forms.Form):
    """Audits for a meeting, chosen by theme."""

    theme = forms.CharField(
        label="What is the theme?", max_length=200, error_messages={"required": "Enter the theme"}
    )
    audits = forms.MultipleChoiceField(
        label="Which audits?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Select the audits that show the theme"},
    )

    def __init__(self, data: Data = None, *, choices: Iterable[Choice], theme: str = "") -> None:
        super().__init__(data, initial={"theme": theme})
        found = list(choices)
        self.by_key = {str(one.audit.pk): one.audit for one in found}
        self.fields["audits"].choices = [(str(one.audit.pk), one.audit.reference) for one in found]  # type: ignore[attr-defined]
        hints = {
            str(one.audit.pk): f"{one.audit.service.name if one.audit.service else ''}, {one.grade}"
            for one in found
        }
        self.govuk = {"audits": {"item_hints": hints}}  # type: ignore[misc]


class RecordForm(forms.Form):
    """A meeting as it was held: who came, what each said, what it found."""

    held_on = DateField(label="When was it held?", noun="the date of the meeting", past=True)
    notes = forms.CharField(
        label="What did the meeting find across its audits?", widget=forms.Textarea, required=False
    )

    def __init__(
        self, data: Data = None, *, meeting: Meeting, roles: Mapping[int, str], asks_views: bool = True
    ) -> None:
        """``asks_views`` is for a meeting that concludes on the standards met."""
        super().__init__(data)
        self.govuk: dict[str, dict[str, Any]] = {}  # type: ignore[misc]
        self.people = list(meeting.people.all())
        for one in self.people:
            come, view = f"attendance_{one.person_id}", f"view_{one.person_id}"
            label = f"{one.person.name}, {roles[one.pk]}"
            self.fields[come] = forms.ChoiceField(
                label=label, choices=Attendance.choices, widget=forms.RadioSelect
            )
            self.govuk[come] = {"inline": True}
            if not asks_views:
                continue
            self.fields[view] = forms.CharField(
                label=f"What {one.person.name} said about the standards met",
                required=False,
                widget=forms.Textarea,
                initial=one.view,
            )
            self.govuk[come] = {"inline": True, "conditional": {Attendance.ATTENDED.value: [view]}}
            self.govuk[view] = {"rows": 2}
        self.order_fields(
            ["held_on", *(name for name in self.fields if name not in ("held_on", "notes")), "notes"]
        )

    def words(self) -> dict[str, Any]:
        """Return what was entered, as the service takes it."""
        data = self.cleaned_data
        return {
            "held_on": data["held_on"],
            "notes": data["notes"],
            "attendance": {one.person_id: data[f"attendance_{one.person_id}"] for one in self.people},
            "views": {one.person_id: data.get(f"view_{one.person_id}", "") for one in self.people},
        }


class FeedbackForm(forms.Form):
    """What a session tells those who audit, and the board."""

    text = forms.CharField(label="What did the session find?", widget=forms.Textarea)
    govuk = {
        "text": {
            "rows": 10,
            "hint": "About practice and grading as a whole: no child and no auditor is named.",
        }
    }


class DisagreeForm(forms.Form):
    """Why somebody does not agree with the overall grade."""

    reason = forms.CharField(label="Why do you not agree with the overall grade?", widget=forms.Textarea)


class RaiseForm(forms.Form):
    """Beginning a ladder."""

    key = forms.ChoiceField(label="What is it about?", widget=forms.RadioSelect)
    polarity = forms.ChoiceField(label="What do you bring?", widget=forms.RadioSelect, required=False)
    ground = forms.ChoiceField(label="On which ground?", widget=forms.RadioSelect, required=False)
    ask = forms.ChoiceField(label="Whom do you ask?", widget=forms.RadioSelect, required=False)
    text = forms.CharField(label="Say what happened and what you ask for", widget=forms.Textarea)

    def __init__(self, data: Data = None, *, rules: Sequence[Rule], parties: Mapping[str, str]) -> None:
        super().__init__(data, initial={"key": rules[0].key if len(rules) == 1 else None})
        self.fields["key"].choices = [(rule.key, rule.label) for rule in rules]  # type: ignore[attr-defined]
        polarities = list(dict.fromkeys(value for rule in rules for value in rule.polarity))
        grounds = list(dict.fromkeys(value for rule in rules for value in rule.grounds))
        asked = [
            party
            for rule in rules
            if rule.steps and rule.steps[0].chosen_by_raiser
            for party in rule.steps[0].decided_by
        ]
        self._offer("polarity", [(one, Polarity(one).label) for one in polarities], len(polarities) > 1)
        self._offer("ground", [(one, one) for one in grounds], bool(grounds))
        self._offer("ask", [(one, parties[one]) for one in dict.fromkeys(asked)], bool(asked))

    def _offer(self, name: str, choices: list[tuple[str, str]], wanted: bool) -> None:
        if wanted:
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields[name]

    def words(self) -> dict[str, str]:
        """Return what was entered, without what was not asked."""
        found = {name: value for name, value in self.cleaned_data.items() if value}
        return {"polarity": Polarity.CHALLENGE.value, **found}


class SettleForm(forms.Form):
    """One step of a ladder: settled, or taken on."""

    settled = YesNoField(label="Is it settled?")
    met_on = DateField(label="When did you meet?", noun="the date you met", past=True, required=False)
    grade = forms.ChoiceField(label="The overall grade that stands", widget=forms.RadioSelect, required=False)
    words = forms.CharField(label="How was it settled, or why not?", widget=forms.Textarea)
    govuk = {"settled": {"inline": True, "conditional": {"yes": ["grade"]}}, "grade": {"inline": True}}

    def __init__(self, data: Data = None, *, grades: Sequence[tuple[str, str]], final: bool) -> None:
        super().__init__(data)
        if grades:
            self.fields["grade"].choices = grades  # type: ignore[attr-defined]
        else:
            del self.fields["grade"]
            self.govuk = {"settled": {"inline": True}}  # type: ignore[misc]
        if final:
            del self.fields["settled"]
            self.govuk = {"grade": {"inline": True}}  # type: ignore[misc]

    def entered(self) -> dict[str, Any]:
        """Return what was entered, as the service takes it; the last step always settles."""
        data = dict(self.cleaned_data)
        data.setdefault("settled", True)
        if not data["settled"]:
            data["grade"] = ""
        return {name: value for name, value in data.items() if value is not None}


class TakeBackForm(forms.Form):
    """Why somebody takes back what they raised."""

    why = forms.CharField(label="Why do you take it back?", max_length=1000)
