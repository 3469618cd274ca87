"""Fill one section of any framework's form as an auditor with an opinion would."""

import random
from datetime import timedelta
from typing import Any

from audits.enums import NOT_APPLICABLE, CriterionMark
from audits.frameworks.schema import Framework
from audits.frameworks.schema.tools import ExtraField, Tool
from audits.models import Assessment
from audits.selectors.asked import COMPLIANCE_ACTION, EXTRA, MARK, extra_fields, source_fields
from audits.selectors.sections import Section, grades_of, tool_of
from qaf.demo.world.grades import KEYS, Opinion
from qaf.demo.world.words import Writer, topic_of
from qaf.lib import clock

MIDDLE = 3  # From this rank on a domain is good enough.
MARKED = 0.8
# How often a statement is met, partly met and not met, by rank.
MARKS = {4: (95, 5, 0), 3: (80, 18, 2), 2: (50, 35, 15), 1: (25, 35, 40)}


class Form:
    """One auditor's hand in one assessment."""

    def __init__(
        self,
        assessment: Assessment,
        framework: Framework,
        opinion: Opinion,
        writer: Writer,
        rng: random.Random,
    ) -> None:
        """Take up the form."""
        self.framework = framework
        self.tool: Tool = tool_of(framework, assessment)
        self.supervised_on = assessment.audit.case.last_supervision_on
        self.opinion = opinion
        self.writer = writer
        self.rng = rng
        ranks = {grade.rank: grade.key for grade in grades_of(framework, self.tool).grades}
        self.keys = {rank: ranks.get(rank, key) for rank, key in KEYS.items()}

    def fields(self, section: Section) -> dict[str, Any]:
        """Return everything written in a section."""
        found = self._overall() if section.is_overall else self._domain(section)
        return {key: value for key, value in found.items() if value}

    def _domain(self, section: Section) -> dict[str, Any]:
        domain = section.domain
        if domain is None:
            return {}
        rank = self.opinion.domains.get(section.key)
        if rank is None and not any(one.compliance for one in section.criteria):
            reason = self.writer.say("overall", "not_applicable")
            return {"grade": NOT_APPLICABLE, "not_applicable_reason": reason}
        rank = rank or self.opinion.overall
        note = self.writer.note(topic_of(section.title), KEYS[rank])
        found: dict[str, Any] = {
            "strengths": note.strengths,
            "development": note.development,
            "evidence": note.evidence,
            **self._marks(section, rank),
        }
        if domain.graded:
            found["grade"] = self.keys[rank]
        for one in extra_fields(self.tool, "domain"):
            found[EXTRA + one.key] = self._answer(one, rank, documents=domain.documents)
        return found

    def _overall(self) -> dict[str, Any]:
        rank = self.opinion.overall
        found: dict[str, Any] = {
            "grade": self.keys[rank],
            "strengths": self.writer.say("overall", KEYS[rank]),
            "development": self.writer.say("quality_of_plans", "minor"),
            "evidence": self.writer.evidence(),
        }
        found |= {name: self.writer.say("loop", "further") for name in source_fields(self.framework)}
        for one in extra_fields(self.tool, "audit"):
            found[EXTRA + one.key] = self._answer(one, rank)
        return found

    def _marks(self, section: Section, rank: int) -> dict[str, Any]:
        marks: dict[str, Any] = {}
        seen = (CriterionMark.MET, CriterionMark.PARTLY, CriterionMark.NOT_MET)
        for criterion in section.criteria:
            if criterion.compliance or self.rng.random() < MARKED:
                marks[MARK + criterion.key] = self.rng.choices(seen, MARKS[rank])[0]
        short = {MARK + one.key for one in section.criteria if one.compliance}
        if any(marks.get(key) in CriterionMark.short_of() for key in short):
            marks[EXTRA + COMPLIANCE_ACTION] = self.writer.action("management_oversight")
        return marks

    def _answer(self, one: ExtraField, rank: int, documents: tuple[str, ...] = ()) -> Any:
        if one.type == "documents":
            return list(documents[:2])
        if one.type == "date":
            day = clock.today() - timedelta(days=self.rng.randrange(4, 30))
            if one.meaning == "last_supervision" and self.supervised_on:
                day = self.supervised_on
            return day.isoformat()
        if one.type == "flag":
            told = rank >= MIDDLE and any(other.needed_when == one.key for other in self.tool.fields)
            return "yes" if told else "no"
        if one.type in ("choice", "choices"):
            key = one.choices[0 if rank >= MIDDLE else min(1, len(one.choices) - 1)].key
            if one.type == "choice":
                return key
            return [key] if one.required or rank < MIDDLE else []
        wanted = one.required or one.needed_when is not None or self.rng.random() < 0.5
        return self.writer.say("loop", "further") if wanted else ""
