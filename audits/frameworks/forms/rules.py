"""The form of one rule, made from its questions."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.validators import BaseValidator

from audits.frameworks.answers import MORE, NOT_GIVEN, OUT, SEP, answer_of, given, kind_word
from audits.frameworks.forms.drafts import RevisionForm
from audits.frameworks.problems import Problem
from audits.frameworks.questions import Question, Variant
from audits.frameworks.services.drafts import confirmation
from qaf.tenants.models import Person
from qaf.ui import forms
from qaf.ui.fields import DateField, YesNoField
from qaf.ui.forms import required_message

LONG = 60
MOST_RADIOS = 5
DOCUMENT, DECISION = "document", "decision"


class RuleForm(RevisionForm):
    """The questions of a rule, and where the answers come from."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    source_kind = forms.ChoiceField(
        label="Where does this come from?",
        widget=forms.RadioSelect,
        choices=[
            (DECISION, "The council decided it"),
            (DOCUMENT, "The council's own document says it"),
        ],
    )
    source_note = forms.CharField(
        label="Who decided it, or why?",
        required=False,
        max_length=300,
        help_text="Optional. Your name and today’s date are added.",
    )
    source_place = forms.CharField(label="Where in the document?", required=False, max_length=200)

    def __init__(self, *args: Any, questions: Sequence[Question], **kwargs: Any) -> None:
        self.questions = questions
        self.govuk = {  # type: ignore[misc]  # each form looks like its own questions
            "source_kind": {"conditional": {DECISION: "source_note", DOCUMENT: "source_place"}},
            "source_place": {"hint": "Such as “page 12, section 4.2”."},
        }
        super().__init__(*args, **kwargs)
        own: dict[str, forms.Field] = {}
        for question in questions:
            self._draw(question, question.name, own, ())
        for field in own.values():
            field.error_messages["required"] = required_message(field, str(field.label))
            _say_limits(field)
        ending = {name: self.fields[name] for name in ("source_kind", "source_note", "source_place")}
        first = {name: self.fields[name] for name in ("revision", "seen")}
        self.fields = first | own | ending

    # Drawing ---------------------------------------------------------------------------------------------------------

    def _draw(
        self, question: Question, name: str, own: dict[str, forms.Field], above: tuple[str, ...]
    ) -> list[str]:
        """Add the fields of a question; return their names."""
        label = question.label if not above else f"{' – '.join(above)} – {question.label}"
        if question.shape == "block":
            return self._draw_block(question, name, own, above)
        if question.shape == "items":
            return self._draw_items(question, name, own, above)
        if question.shape == "table":
            return self._draw_table(question, name, own, label)
        if question.shape == "labels":
            return self._draw_labels(question, name, own, label)
        own[name] = _field(question, label, required=question.required and SEP not in name)
        self.initial.setdefault(name, _shown(question))
        self.govuk[name] = _look(question)
        return [name]

    def _draw_block(
        self, question: Question, name: str, own: dict[str, forms.Field], above: tuple[str, ...]
    ) -> list[str]:
        if len(question.variants) > 1:
            choices = [(variant.kind, variant.label) for variant in question.variants]
            label = question.label if not above else f"{' – '.join(above)} – {question.label}"
            if not question.required:
                choices.append((NOT_GIVEN, "Not given"))
            needed = question.required and SEP not in name
            own[name] = forms.ChoiceField(
                label=label, choices=choices, widget=forms.RadioSelect, required=needed
            )
            absent = None if question.required else NOT_GIVEN
            self.initial.setdefault(name, question.value.get("kind") if question.value else absent)
            conditional = {}
            for variant in question.variants:
                if drawn := self._draw_parts(variant, f"{name}{SEP}{variant.kind}", own, ()):
                    conditional[variant.kind] = drawn
            self.govuk[name] = {"conditional": conditional}
            return [name]
        drawn = []
        for variant in question.variants:
            # The rule's own name stands in the page's heading already.
            titles = (*above, question.label) if SEP in name else above
            drawn += self._draw_parts(variant, name, own, titles)
        return drawn

    def _draw_parts(
        self, variant: Variant, name: str, own: dict[str, forms.Field], above: tuple[str, ...]
    ) -> list[str]:
        return [
            drawn
            for part in variant.parts
            for drawn in self._draw(part, f"{name}{SEP}{part.name}", own, above)
        ]

    def _draw_items(
        self, question: Question, name: str, own: dict[str, forms.Field], above: tuple[str, ...]
    ) -> list[str]:
        """Each block of a list with a box that takes it out, and the choice of a further one."""
        drawn = []
        titles = (*above, question.label)
        for item in question.items:
            drawn += self._draw(item, f"{name}{SEP}{item.name}", own, titles)
            out = SEP.join((name, item.name, OUT))
            own[out] = forms.BooleanField(
                label=f"{' – '.join(titles)} – {item.label}: take this one out", required=False
            )
            drawn.append(out)
        more = f"{name}{SEP}{MORE}"
        kinds = [(kind_word(variant), variant.label or "Yes") for variant in question.variants]
        what = "Add another?" if question.items else "Add one?"
        own[more] = forms.ChoiceField(
            label=f"{' – '.join(titles)}: {what}",
            choices=[*kinds, (NOT_GIVEN, "No")],
            widget=forms.RadioSelect,
            required=False,
            initial=NOT_GIVEN,
        )
        self.initial.setdefault(more, NOT_GIVEN)
        conditional = {}
        for variant in question.variants:
            kind = kind_word(variant)
            if parts := self._draw_parts(variant, f"{more}{SEP}{kind}", own, ()):
                conditional[kind] = parts
        self.govuk[more] = {"conditional": conditional}
        return [*drawn, more]

    def _draw_table(
        self, question: Question, name: str, own: dict[str, forms.Field], label: str
    ) -> list[str]:
        given = question.value or {}
        drawn = []
        for key, word in question.rows:
            own_name = f"{name}{SEP}{key}"
            if question.cell == "number":
                own[own_name] = forms.IntegerField(
                    label=f"{label}: {word}",
                    required=False,
                    min_value=_whole(question.low),
                    max_value=_whole(question.high),
                )
                self.initial.setdefault(own_name, given.get(key))
                self.govuk[own_name] = {"width": 4, "hint": "Leave empty for the number above."}
            else:
                own[own_name] = forms.CharField(
                    label=f"{label}: {word}",
                    required=False,
                    widget=forms.Textarea,
                    help_text="One on each line.",
                )
                self.initial.setdefault(own_name, "\n".join(given.get(key, [])))
                self.govuk[own_name] = {"rows": max(4, 2 * len(given.get(key, [])))}
            drawn.append(own_name)
        return drawn

    def _draw_labels(
        self, question: Question, name: str, own: dict[str, forms.Field], label: str
    ) -> list[str]:
        drawn = []
        for number, item in enumerate(question.value or [], start=1):
            own_name = f"{name}{SEP}{item['key']}"
            own[own_name] = forms.CharField(label=f"{label}: {number}", required=False, max_length=200)
            self.initial.setdefault(own_name, item["label"])
            drawn.append(own_name)
        more = f"{name}{SEP}more"
        own[more] = forms.CharField(
            label=f"{label}: more",
            required=False,
            widget=forms.Textarea,
            help_text="One on each line. To take one out, empty its box.",
        )
        self.govuk[more] = {"rows": 3}
        return [*drawn, more]

    # Reading ---------------------------------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        """Ask for the place in the document where the rule is said to come from it."""
        data = super().clean() or self.cleaned_data
        if data.get("source_kind") == DOCUMENT and not data.get("source_place"):
            self.add_error("source_place", "Enter the place in the council's document")
        return data

    def source_of(self, person: Person) -> str:
        """What is written as the source: the place in the document, or who decided it and when."""
        data = self.cleaned_data
        if data["source_kind"] == DECISION:
            return confirmation(person, data["source_note"])
        return str(data["source_place"])

    def changes(self) -> dict[str, Any]:
        """Plain values of the fields that differ from what stands in the file; None for one that is taken out."""
        found = {}
        for question in self.questions:
            value = answer_of(question, question.name, self.cleaned_data)
            if value != given(question.value):
                found[question.name] = value
        return found

    def blame(self, problems: Sequence[Problem], prefix: str) -> None:
        """Put each problem of the framework at the field it comes from, as near as can be.

        Faults elsewhere often follow from those inside the rule, so they are only said where it has none.
        """
        inside = [problem for problem in problems if problem.path.startswith(f"{prefix}.")]
        for problem in inside or problems:
            rest = problem.path.removeprefix(f"{prefix}.") if inside else ""
            words = problem.message if inside else f"{problem.path} {problem.message}"
            words += f" (is: {problem.value})" if problem.value else ""
            words += f" (allowed: {problem.allowed})" if problem.allowed else ""
            name = self._nearest(rest.split(".")) or self._first
            label = f"{self.fields[name].label}: " if inside else ""
            self.add_error(name, f"{label}{words}")

    @property
    def _first(self) -> str:
        return next(name for name in self.fields if name not in ("revision", "seen"))

    def _nearest(self, parts: Sequence[str]) -> str:
        names = [name for name in self.fields if name.split(SEP)[0] == parts[0] and self._is_asked(name)]
        wanted = [name for name in names if name.split(SEP)[-1] == parts[-1]]
        return next(iter(wanted or names), "")

    def _is_asked(self, name: str) -> bool:
        """Whether a field belongs to the kinds of rule that were chosen."""
        parts = name.split(SEP)
        above = ((SEP.join(parts[:length]), parts[length]) for length in range(1, len(parts)))
        return all(
            self.data.get(parent) == kind
            for parent, kind in above
            if parent in self.fields and self.fields[parent].widget.__class__ is forms.RadioSelect
        )


class NewRuleForm(RuleForm):
    """The questions of a rule that is not there yet, and its place among the others."""

    def __init__(self, *args: Any, others: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if others:
            choices = [("", "After the others"), *((key, f"Before: {name}") for key, name in others)]
            self.fields["before"] = forms.ChoiceField(
                label="Where does it stand?", choices=choices, required=False
            )


def _field(question: Question, label: str, *, required: bool) -> forms.Field:
    common: dict[str, Any] = {"label": label, "required": required, "help_text": question.hint}
    match question.shape:
        case "yes_no":
            return YesNoField(**common)
        case "number" if question.whole:
            return forms.IntegerField(
                min_value=_whole(question.low), max_value=_whole(question.high), **common
            )
        case "number":
            return forms.FloatField(min_value=question.low, max_value=question.high, **common)
        case "date":
            return DateField(noun="the date", **common)
        case "choice":
            absent = [] if question.required else [(NOT_GIVEN, "Not given")]
            many = len(question.options) > MOST_RADIOS
            # A list to choose from shows its first entry: one that must be answered begins with none.
            none = [("", "Select")] if many and question.value is None and question.required else []
            return forms.ChoiceField(
                choices=[*none, *absent, *question.options] if many else [*question.options, *absent],
                widget=forms.Select if many else forms.RadioSelect,
                **common,
            )
        case "choices":
            return forms.MultipleChoiceField(
                choices=question.options, widget=forms.CheckboxSelectMultiple, **common
            )
        case "numbers":
            return forms.CharField(**(common | {"help_text": "With commas between, such as 7, 2."}))
        case "lines":
            return forms.CharField(widget=forms.Textarea, **(common | {"help_text": "One on each line."}))
    widget = forms.Textarea if len(str(question.value or "")) > LONG else forms.TextInput
    return forms.CharField(widget=widget, max_length=2000, **common)


def _say_limits(field: forms.Field) -> None:
    """Say what is allowed in the words of the question."""
    if not isinstance(field, forms.IntegerField):
        return
    low, high = field.min_value, field.max_value
    limits = f"from {low} to {high}" if low is not None and high is not None else f"{low or 0} or more"
    words = f"{field.label}: give a {'number' if isinstance(field, forms.FloatField) else 'whole number'}, {limits}"
    field.error_messages["invalid"] = words
    for validator in field.validators:
        if isinstance(validator, BaseValidator):
            validator.message = words


def _look(question: Question) -> dict[str, Any]:
    if question.shape == "number":
        return {"width": 5}
    if question.shape == "lines":
        return {"rows": max(4, min(20, 2 * len(question.value or [])))}
    if question.shape == "text" and len(str(question.value or "")) > LONG:
        return {"rows": 3}
    if question.shape == "choice":
        return {"classes": "govuk-!-width-two-thirds"} if len(question.options) > MOST_RADIOS else {}
    return {"small": True} if question.shape == "choices" and len(question.options) > 8 else {}


def _whole(limit: float | None) -> int | None:
    return None if limit is None else int(limit)


def _shown(question: Question) -> Any:
    value = question.value
    if value is None:
        return NOT_GIVEN if question.shape == "choice" and not question.required else None
    match question.shape:
        case "lines":
            return "\n".join(value)
        case "numbers":
            return ", ".join(str(item) for item in value)
        case "date":
            return date.fromisoformat(str(value))
        case "yes_no":
            return bool(value)
    return value
