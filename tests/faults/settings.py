"""The site of the fault tests: the journeys' settings, with mail that really leaves, to a peer of the test's own."""

from qaf.settings.environment import env
from tests.journeys.settings import *  # noqa: F403

EMAIL_BACKEND = (
    "qaf.notices.backends.notify.NotifyBackend"
    if env.str("QAF_MAIL", default="smtp") == "notify"
    else "django.core.mail.backends.smtp.EmailBackend"
)
EMAIL_HOST = "127.0.0.1"
EMAIL_TIMEOUT = 5
