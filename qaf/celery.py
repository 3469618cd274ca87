"""The Celery application. Celery only rings the bell: what there is to do stands in PostgreSQL."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", f"qaf.settings.{os.environ.get('QAF_ENV', 'dev')}")

app = Celery("qaf")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Seconds, so that no change of the clocks matters: which day it is in England is asked of each council's calendar.
# A bell that was not heard in time is not worth hearing any more: the next one says the same.
app.conf.beat_schedule = {
    "sweep-jobs": {"task": "qaf.jobs.tasks.sweep", "schedule": 30.0, "options": {"expires": 30}},
    "relay-notices": {"task": "qaf.notices.tasks.relay", "schedule": 20.0, "options": {"expires": 20}},
    "ask-after-notices": {
        "task": "qaf.notices.tasks.ask_after",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
    "look-at-calendars": {
        "task": "audits.programme.tasks.tick",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "daily": {"task": "qaf.jobs.tasks.daily", "schedule": 900.0, "options": {"expires": 900}},
}
