"""Services, tools and slots fit each other."""

from collections.abc import Iterator

from audits.frameworks.checks.sense import Found, needs
from audits.frameworks.schema.framework import Framework


@needs("services", "tools")
def services_are_audited(framework: Framework) -> Iterator[Found]:
    """Some service takes part, and some tool is graded."""
    if not framework.audited_services:
        yield ("services",), "no service takes part in the audit", "", "at least one with `in_audit: true`"
    if not any(tool.graded and not tool.planned for tool in framework.tools):
        yield ("tools",), "no tool is graded", "", "at least one tool with graded domains"


@needs("tools", "grade_sets")
def descriptors_fit(framework: Framework) -> Iterator[Found]:
    """Descriptors speak of grades of the tool's own grade set."""
    sets = {grades.key: grades for grades in framework.grade_sets}
    for number, tool in enumerate(framework.tools):
        grades = sets.get(tool.grade_set or "")
        if grades is None:
            continue
        for index, domain in enumerate(tool.domains):
            for key in domain.descriptors:
                if key not in grades.ranks:
                    path = ("tools", number, "domains", index, "descriptors", key)
                    yield (
                        path,
                        "describes a grade that is not in the tool's grade set",
                        key,
                        ", ".join(grades.ranks),
                    )


@needs("process")
def slots_compared_exist_twice(framework: Framework) -> Iterator[Found]:
    """A comparison needs two slots that give grades."""
    compared = framework.process.compared_slots
    grading = [slot.key for slot in framework.process.slots if slot.grades != "no"]
    if compared and (len(compared) < 2 or not set(compared) <= set(grading)):
        yield (
            ("process", "compared_slots"),
            "needs two or more slots that give grades",
            ", ".join(compared),
            ", ".join(grading),
        )
