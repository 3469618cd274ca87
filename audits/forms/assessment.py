"""The forms of an auditor's own assessment, built from the framework's tool."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.forms.boundfield import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString

from audits.enums import NOT_APPLICABLE, CriterionMark
from audits.frameworks.schema import Framework, GradeSet, Tool
from audits.frameworks.schema.tools import ChecklistItem, Criterion, ExtraField
from audits.selectors.asked import (
    ANSWER,
    COMPLIANCE_ACTION,
    EXTRA,
    FURTHER,
    LOOK_BACK_REASON,
    LOOKED_BACK,
    MARK,
    MARKS_REASON,
    NOTE,
    REASON,
    WARNING_REASON,
    WITHIN,
    extra_fields,
    label_of,
    looks_further_back,
    source_fields,
    words_asked,
)
from audits.selectors.sections import Section
from qaf.ui import forms
from qaf.ui.words import plural

ROWS = 5
TITLES = {"strengths": "Strengths", "development": "Areas to develop", "evidence": "Evidence"}
HINTS = {
    "strengths": "What helped the child, and how you know.",
    "development": "What would make it better for the child.",
    "evidence": "Where in the record you saw it, with the date.",
}
KEYS = {"development": "development_areas"}


def _words(label: str, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=False, widget=forms.Textarea, help_text=hint, max_length=20_000
    )


def _timescale(one: ChecklistItem) -> str:
    return f"Timescale: {one.timescale}" if one.timescale else ""


def _beside(label: str, one: ChecklistItem) -> SafeString:
    """Return a label that names its question to those who do not see what it stands beside."""
    return format_html('{}<span class="govuk-visually-hidden"> ({})</span>', label, one.question)


def _ticks(label: str, choices: list[tuple[str, str]], hint: str = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple, help_text=hint
    )


def _hint(tool: Tool, key: str, otherwise: str) -> str:
    hints = {one.key: one.hint for one in tool.fields}
    return hints.get(key) or otherwise


def grade_choices(grades: GradeSet, *, not_applicable: bool) -> list[tuple[str, str]]:
    """Return the grades' keys and words, best first, with "Not applicable" where it is allowed."""
    choices = [(one.key, one.label) for one in grades.best_first]
    if not_applicable and grades.not_applicable.allowed:
        choices.append((NOT_APPLICABLE, "Not applicable"))
    return choices


class SectionForm(forms.Form):
    """One section: words, codes, marks and grade. Nothing is required: what is missing is said before locking."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        section: Section,
        tool: Tool,
        grades: GradeSet,
        framework: Framework,
        warned: bool = False,
    ) -> None:
        self.govuk: dict[str, dict[str, Any]] = {}  # type: ignore[misc]
        self.section, self.tool = section, tool
        super().__init__(data, initial={**section.fields, "version": section.version})
        if section.items:
            self._add_questions()
            return
        if section.is_overall:
            self._add_overall(framework, warned)
        else:
            self._add_domain(framework)
        for one in extra_fields(tool, "audit" if section.is_overall else "domain"):
            self._add_extra(one, framework)
        if tool.tags and not section.is_overall:
            choices = [(one.key, one.label) for one in tool.tags]
            self.fields["tags"] = _ticks(
                "Issues this is about", choices, "So that they can be counted across cases."
            )
            self.govuk["tags"] = {"small": True, "classes": "qaf-columns"}
        self._add_marks([one for one in section.criteria if one.compliance], inline=True)
        if not section.ungraded and (section.is_overall or (section.domain and section.domain.graded)):
            self._add_grade(grades)
        self._add_marks([one for one in section.criteria if not one.compliance], inline=False)

    def keep_words(self, *, grades: bool) -> None:
        """Ask only for words, and where it may be given for a grade: the part counts for nothing (WSX-46)."""
        if self.section.items:
            return
        kept = {"version", "strengths", "development", "evidence"}
        kept |= {"grade", "not_applicable_reason"} if grades else set()
        for name in [name for name in self.fields if name not in kept]:
            del self.fields[name]

    def _add_questions(self) -> None:
        """Ask every question of a checklist, as its framework lets it be answered."""
        for one in self.section.items:
            answer, note, reason = ANSWER + one.key, NOTE + one.key, REASON + one.key
            if one.in_words:
                self.fields[answer] = _words(one.question, _timescale(one))
                self.govuk[answer] = {"rows": 3, "spellcheck": True, "label_size": "s"}
                continue
            choices = [(choice.key, choice.label) for choice in one.choices]
            options: dict[str, Any] = {"label_size": "s", "small": True}
            if one.not_applicable:
                choices.append((NOT_APPLICABLE, "Not applicable"))
                options |= {"conditional": {NOT_APPLICABLE: reason}, "divider": {NOT_APPLICABLE: "or"}}
            self.fields[answer] = forms.ChoiceField(
                label=one.question,
                choices=choices,
                required=False,
                widget=forms.RadioSelect,
                help_text=_timescale(one),
            )
            self.govuk[answer] = options
            if one.not_applicable:
                self.fields[reason] = forms.CharField(
                    label=_beside("Why does it not apply?", one), required=False, max_length=500
                )
            if one.notes:
                self.fields[note] = _words(_beside("Note", one))
                self.govuk[note] = {"rows": 2, "spellcheck": True}

    # What a section asks ----------------------------------------------------------------------------------------------

    def _add_domain(self, framework: Framework) -> None:
        tool = self.tool
        asked = words_asked(tool, overall=False)
        for name in asked:
            key = KEYS.get(name, name)
            self.fields[name] = _words(label_of(tool, name, TITLES[name]), _hint(tool, key, HINTS[name]))
            self.govuk[name] = {"rows": ROWS, "spellcheck": True}
            if name == "development" and tool.development_codes:
                choices = [(one.key, one.label) for one in tool.development_codes]
                self.fields["development_codes"] = _ticks("What the areas to develop feed into", choices)
                self.govuk["development_codes"] = {"small": True}

    def _add_overall(self, framework: Framework, warned: bool) -> None:
        tool = self.tool
        self._add_look_back()
        if self.section.ungraded:
            self._add_words_of_the_whole()
            return
        for name, label in source_fields(framework).items():
            self.fields[name] = _words(label, "What you learnt from it, or why it could not be considered.")
            self.govuk[name] = {"rows": 3, "spellcheck": True}
        self.fields["evidence"] = _words(
            "What the overall grade rests on",
            "The difference the work made to this child, taking the domains together.",
        )
        for name, otherwise in (("strengths", "Main strengths"), ("development", "Main areas to develop")):
            one = tool.further(KEYS.get(name, name))
            label = one.label if one and one.scope == "audit" else otherwise
            self.fields[name] = _words(label, (one.hint or "") if one and one.scope == "audit" else "")
        for name in ("evidence", "strengths", "development"):
            self.govuk[name] = {"rows": ROWS, "spellcheck": True}
        if warned or self.section.fields.get(EXTRA + WARNING_REASON):
            self.fields[EXTRA + WARNING_REASON] = _words("Why the overall grade is right beside the domains")
            self.govuk[EXTRA + WARNING_REASON] = {"rows": 3}

    def _add_words_of_the_whole(self) -> None:
        """Ask for the words that a checklist's tool names; there is no grade for them to rest on."""
        for name in words_asked(self.tool, overall=True):
            one = self.tool.further(KEYS.get(name, name))
            self.fields[name] = _words(
                label_of(self.tool, name, TITLES[name]), (one.hint or "") if one else ""
            )
            self.govuk[name] = {"rows": ROWS, "spellcheck": True}

    def _add_look_back(self) -> None:
        rule = self.tool.look_back
        if rule is None or not looks_further_back(self.tool):
            return
        name, reason = EXTRA + LOOKED_BACK, EXTRA + LOOK_BACK_REASON
        choices = [(WITHIN, f"The last {plural(rule.months, 'month')}"), (FURTHER, "Further back")]
        self.fields[name] = forms.ChoiceField(
            label="How far back did you look?", choices=choices, required=False, widget=forms.RadioSelect
        )
        self.fields[reason] = _words("Why did you look further back?")
        self.govuk[name] = {"conditional": {FURTHER: reason}}
        self.govuk[reason] = {"rows": 3}

    def _add_extra(self, one: ExtraField, framework: Framework) -> None:
        name, choices = EXTRA + one.key, [(choice.key, choice.label) for choice in one.choices]
        if one.type == "documents":
            choices = self._documents(framework)
            if not choices:
                return
        if one.type in ("choices", "documents"):
            self.fields[name] = _ticks(one.label, choices, one.hint or "")
            self.govuk[name] = {"small": True}
        elif one.type in ("choice", "flag"):
            self.fields[name] = forms.ChoiceField(
                label=one.label,
                choices=choices or [("yes", "Yes"), ("no", "No")],
                required=False,
                widget=forms.RadioSelect,
                help_text=one.hint or "",
            )
        elif one.type == "date":
            self.fields[name] = forms.DateField(
                label=one.label, required=False, help_text=one.hint or "", past=True
            )
            if kept := self.initial.get(name):
                self.initial[name] = date.fromisoformat(kept)
        else:
            self.fields[name] = _words(one.label, one.hint or "")
            self.govuk[name] = {"rows": 3, "spellcheck": True}

    def _documents(self, framework: Framework) -> list[tuple[str, str]]:
        behind = self.section.domain.documents if self.section.domain else ()
        return [(one.key, one.title) for one in framework.documents if one.key in behind]

    def _add_marks(self, criteria: list[Criterion], *, inline: bool) -> None:
        """Offer a mark beside each criterion; those of compliance stand open, the others are folded away."""
        for one in criteria:
            self.fields[MARK + one.key] = forms.ChoiceField(
                label=statement(one),
                choices=[("", "No mark"), *CriterionMark.choices],
                required=False,
            )
            self.govuk[MARK + one.key] = {"width": 10}
        if inline and criteria:
            self.fields[EXTRA + COMPLIANCE_ACTION] = _words(
                "What is done about what does not comply", "Needed where a check is not met, or only partly."
            )
            self.govuk[EXTRA + COMPLIANCE_ACTION] = {"rows": 3}
        if criteria and EXTRA + MARKS_REASON not in self.fields:
            self.fields[EXTRA + MARKS_REASON] = forms.CharField(
                label="Why do some statements not apply?",
                required=False,
                max_length=1000,
                help_text="Needed where you marked one “Does not apply”.",
            )

    def _add_grade(self, grades: GradeSet) -> None:
        overall = self.section.is_overall
        self.fields["grade"] = forms.ChoiceField(
            label="Overall grade" if overall else f"Grade for {self.section.title}",
            choices=grade_choices(grades, not_applicable=not overall),
            required=False,
            widget=forms.RadioSelect,
        )
        self.govuk["grade"] = {"label_size": "m"}
        if not overall and grades.not_applicable.allowed:
            self.fields["not_applicable_reason"] = forms.CharField(
                label="Why does this domain not apply?", required=False, max_length=500
            )
            self.govuk["grade"] |= {
                "conditional": {NOT_APPLICABLE: "not_applicable_reason"},
                "divider": {NOT_APPLICABLE: "or"},
            }

    # How it is laid out -----------------------------------------------------------------------------------------------

    def answers(self) -> Iterator[BoundField]:
        """Yield what is answered in words, codes and grade, in order; what a choice reveals comes with its choice."""
        revealed = {
            name
            for options in self.govuk.values()
            for names in options.get("conditional", {}).values()
            for name in ([names] if isinstance(names, str) else names)
        }
        aside = {one.name for one in (*self.compliance(), *self.marks())}
        yield from (one for one in self if one.name not in revealed | aside)

    def compliance(self) -> list[BoundField]:
        """Return the checks of compliance, then what is done about them."""
        checks = [MARK + one.key for one in self.section.criteria if one.compliance]
        alone = [] if self._others() else [EXTRA + MARKS_REASON]
        return [self[name] for name in (*checks, EXTRA + COMPLIANCE_ACTION, *alone) if name in self.fields]

    def marks(self) -> list[BoundField]:
        """Return the marks beside the other criteria, then why some do not apply."""
        others = self._others()
        return [self[name] for name in (*others, EXTRA + MARKS_REASON)] if others else []

    def _others(self) -> list[str]:
        return [MARK + one.key for one in self.section.criteria if not one.compliance]

    @property
    def marked(self) -> bool:
        """Whether any of the other criteria is marked, so that they are shown unfolded."""
        return any(one.value() for one in self.marks()) or any(one.errors for one in self.marks())

    def words(self) -> dict[str, Any]:
        """Return what was entered, without the version; a reason only beside "not applicable"."""
        found = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        if found.get("grade") != NOT_APPLICABLE:
            found.pop("not_applicable_reason", None)
        for one in self.section.items:
            if found.get(ANSWER + one.key) != NOT_APPLICABLE:
                found.pop(REASON + one.key, None)
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in found.items()
            if value
        }

    def as_typed(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Return a draft's fields by the names of this form's boxes, empty where nothing was answered."""
        found: dict[str, Any] = {}
        for name, field in self.fields.items():
            value = fields.get(name)
            if isinstance(field, forms.DateField):
                parts = forms.GovukDateInput().decompress(date.fromisoformat(value) if value else None)
                found |= {f"{name}_{index}": part for index, part in enumerate(parts)}
            elif name != "version":
                found[name] = value or ([] if isinstance(field, forms.MultipleChoiceField) else "")
        return found


def statement(one: Criterion) -> str:
    """Return a criterion as it is read, with the circumstances it depends on and the time it measures."""
    text = one.text.rstrip(".")
    limit = (
        f"at most {plural(one.measure.limit, one.measure.unit.replace('_', ' '))}"
        if (one.measure and one.measure.limit)
        else ""
    )
    aside = ", ".join(part for part in (one.only_when or "", limit) if part)
    return f"{text} ({aside})" if aside else text


class ChangeGradeForm(forms.Form):
    """Another grade after the reveal, and why."""

    grade = forms.ChoiceField(label="Your grade now", widget=forms.RadioSelect)
    reason = forms.CharField(
        label="Why do you change it?",
        widget=forms.Textarea,
        max_length=4000,
        help_text="What you learnt in the discussion. Your earlier grade is kept beside the new one.",
    )
    not_applicable_reason = forms.CharField(
        label="Why does this domain not apply?", required=False, max_length=500
    )
    govuk = {
        "grade": {
            "conditional": {NOT_APPLICABLE: "not_applicable_reason"},
            "divider": {NOT_APPLICABLE: "or"},
        },
        "reason": {"rows": 4},
    }

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, choices: list[tuple[str, str]], current: str
    ) -> None:
        super().__init__(data, initial={"grade": current})
        self.current = current
        self.fields["grade"].choices = choices  # type: ignore[attr-defined]
        if NOT_APPLICABLE not in dict(choices):
            del self.fields["not_applicable_reason"]
            self.govuk = {"reason": {"rows": 4}}  # type: ignore[misc]

    def clean_grade(self) -> str:
        """Refuse the grade that stands already."""
        if self.cleaned_data["grade"] == self.current:
            raise forms.ValidationError("Select another grade, or go back and keep the one you gave")
        return str(self.cleaned_data["grade"])

    def clean(self) -> dict[str, Any]:
        """Ask for the reason that "not applicable" needs."""
        data = super().clean() or {}
        if data.get("grade") == NOT_APPLICABLE and not data.get("not_applicable_reason"):
            self.add_error("not_applicable_reason", "Enter why this domain does not apply")
        return data
