"""The work this app does in the background; imported by ``apps.py``, so that a worker knows it."""

from reporting.services import freezing  # noqa: F401 — registers the making of reports
