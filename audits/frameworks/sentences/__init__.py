"""The framework as a readable document: every rule a sentence with its source or "our default".

`document(framework)` is the whole, `section(framework, "sampling")` one part: the cycle's page shows that one as
"the rule in words".
"""

from audits.frameworks.schema.framework import Framework
from audits.frameworks.sentences import after, audit, council
from audits.frameworks.sentences.model import WRITERS, Listing, Section, Sentence

_ORDER = (
    "council",
    "roles",
    "services",
    "grades",
    "tools",
    "sampling",
    "allocation",
    "audit",
    "moderation",
    "disputes",
    "flags",
    "actions",
    "consequences",
    "trends",
    "escalation",
    "urgent_concern",
    "caseload_check",
    "tracking",
    "reports",
    "retention",
    "not_used",
)

_MODULES = (council, audit, after)  # imported for the sections they register


def section(framework: Framework, key: str) -> Section:
    """One section. Raises KeyError for a key that is none."""
    return WRITERS[key](framework)


def document(framework: Framework) -> tuple[Section, ...]:
    """All sections that hold anything, in reading order."""
    sections = (section(framework, key) for key in _ORDER)
    return tuple(item for item in sections if item.sentences or item.parts or item.listings)


__all__ = ["Listing", "Section", "Sentence", "document", "section"]
