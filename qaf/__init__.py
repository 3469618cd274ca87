"""The platform: councils, people, jobs and notices. Nothing here knows what an audit is."""

from qaf.celery import app as celery_app

__all__ = ["celery_app"]
