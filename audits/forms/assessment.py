"""The forms of an auditor's own assessment, built from the framework's tool."""

from collections.abc import Mapping
from typing import Any

from audits.enums import NOT_APPLICABLE
from audits.frameworks.schema import Framework, GradeSet, Tool
from audits.frameworks.schema.tools import ExtraField
from audits.selectors.sections import EXTRA, SOURCES, WARNING_REASON, Section, extra_fields
from qaf.ui import forms

LISTS = ("development_codes", "tags")
ROWS = 5


def _words(label: str, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=False, widget=forms.Textarea, help_text=hint, max_length=20_000
    )


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
    """One section: words, codes and grade. Nothing is required: what is missing is said before locking."""

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
        self.section = section
        super().__init__(data, initial={**section.fields, "version": section.version})
        if section.is_overall:
            self._add_overall(tool, framework, warned)
        else:
            self._add_domain(tool)
        for one in extra_fields(tool, "audit" if section.is_overall else "domain"):
            self._add_extra(one)
        if section.is_overall or (section.domain and section.domain.graded):
            self._add_grade(grades)
        if tool.tags and not section.is_overall:
            choices = [(one.key, one.label) for one in tool.tags]
            self.fields["tags"] = _ticks(
                "Issues this is about", choices, "So that they can be counted across cases."
            )
            self.govuk["tags"] = {"small": True, "classes": "qaf-columns"}

    def _add_domain(self, tool: Tool) -> None:
        self.fields["strengths"] = _words(
            "Strengths", _hint(tool, "strengths", "What helped the child, and how you know.")
        )
        self.fields["development"] = _words(
            "Areas to develop", _hint(tool, "development_areas", "What would make it better for the child.")
        )
        if tool.development_codes:
            choices = [(one.key, one.label) for one in tool.development_codes]
            self.fields["development_codes"] = _ticks("What the areas to develop feed into", choices)
            self.govuk["development_codes"] = {"small": True}
        self.fields["evidence"] = _words(
            "Evidence", _hint(tool, "evidence", "Where in the record you saw it, with the date.")
        )
        for name in ("strengths", "development", "evidence"):
            self.govuk[name] = {"rows": ROWS, "spellcheck": True}

    def _add_overall(self, tool: Tool, framework: Framework, warned: bool) -> None:
        if framework.process.sources_considered_recorded:
            self.fields[EXTRA + SOURCES] = _words("Sources you looked at")
        self.fields["evidence"] = _words(
            "What the overall grade rests on",
            "The difference the work made to this child, taking the domains together.",
        )
        self.fields["strengths"] = _words("Main strengths")
        self.fields["development"] = _words("Main areas to develop")
        for name in ("evidence", "strengths", "development"):
            self.govuk[name] = {"rows": ROWS, "spellcheck": True}
        if warned or self.section.fields.get(EXTRA + WARNING_REASON):
            self.fields[EXTRA + WARNING_REASON] = _words("Why the overall grade is right beside the domains")
            self.govuk[EXTRA + WARNING_REASON] = {"rows": 3}

    def _add_extra(self, one: ExtraField) -> None:
        name, choices = EXTRA + one.key, [(choice.key, choice.label) for choice in one.choices]
        if one.type == "choices":
            self.fields[name] = _ticks(one.label, choices, one.hint or "")
        elif one.type in ("choice", "flag"):
            choices = choices or [("yes", "Yes"), ("no", "No")]
            self.fields[name] = forms.ChoiceField(
                label=one.label,
                choices=choices,
                required=False,
                widget=forms.RadioSelect,
                help_text=one.hint or "",
            )
        else:
            self.fields[name] = _words(one.label, one.hint or "")
            self.govuk[name] = {"rows": 3, "spellcheck": True}

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

    def words(self) -> dict[str, Any]:
        """Return what was entered, without the version; a reason only beside "not applicable"."""
        found = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        if found.get("grade") != NOT_APPLICABLE:
            found.pop("not_applicable_reason", None)
        return {name: value for name, value in found.items() if value}


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
