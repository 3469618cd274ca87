"""The site of the journeys: the suite's settings, with mail on disk and a queue that no other worker listens to."""

from qaf.settings.environment import env
from qaf.settings.test import *  # noqa: F403

EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = DATA_DIR / "mail"  # noqa: F405
WHITENOISE_USE_FINDERS = True
CELERY_TASK_DEFAULT_QUEUE = env.str("QAF_JOURNEY_QUEUE")
CACHES["default"]["KEY_PREFIX"] = env.str("QAF_JOURNEY_QUEUE")  # noqa: F405
