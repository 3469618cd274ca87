"""The shape of a framework file. `Framework` is the whole; the other modules hold its blocks."""

from audits.frameworks.schema.framework import Framework, Gap
from audits.frameworks.schema.grades import Grade, GradeSet
from audits.frameworks.schema.identity import Role, Service
from audits.frameworks.schema.process import Conversation, Slot
from audits.frameworks.schema.tools import Domain, Tool

__all__ = [
    "Conversation",
    "Domain",
    "Framework",
    "Gap",
    "Grade",
    "GradeSet",
    "Role",
    "Service",
    "Slot",
    "Tool",
]
