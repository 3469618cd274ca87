"""The Celery application. Celery only rings the bell: what there is to do stands in PostgreSQL."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", f"qaf.settings.{os.environ.get('QAF_ENV', 'dev')}")

app = Celery("qaf")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "sweep-jobs": {"task": "qaf.jobs.tasks.sweep", "schedule": 30.0},
    "relay-notices": {"task": "qaf.notices.tasks.relay", "schedule": 20.0},
    "daily": {"task": "qaf.jobs.tasks.daily", "schedule": 900.0},
}
