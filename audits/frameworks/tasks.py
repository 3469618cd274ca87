"""Periodic work."""

from audits.frameworks.services import keep_in_step
from qaf.jobs.services import daily

daily(keep_in_step)
