"""Checks beyond the schema: what is well written and still could not work."""

from audits.frameworks.checks import dates, follows, people, structure, tools
from audits.frameworks.checks.references import keys_of, references
from audits.frameworks.checks.sense import sense

_MODULES = (structure, dates, follows, people, tools)  # imported for the checks they register

__all__ = ["keys_of", "references", "sense"]
