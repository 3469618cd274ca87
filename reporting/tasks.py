"""The work this app does in the background; imported by ``apps.py``, so that a worker knows it."""

from reporting.services import by_calendar, freezing  # noqa: F401 — register the making of reports
