"""The test suite: real PostgreSQL and Redis, mail kept in memory, cheap password hashes."""

import os

os.environ.setdefault("QAF_SECRET_KEY", "tests only, never a secret: 0123456789 0123456789 0123456789")

from qaf.settings.base import *  # noqa: F403
from qaf.settings.environment import env

ALLOWED_HOSTS = ["*"]
QAF_DEMO = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
WHITENOISE_AUTOREFRESH = True
DATABASES["purge"] = {**DATABASES["default"], "USER": "qaf_purge"}  # noqa: F405
for alias in DATABASES.values():  # noqa: F405
    alias["TEST"] = {"NAME": f"test_qaf_{env.str('QAF_TEST_DB', default='main')}"}
    alias["CONN_MAX_AGE"] = 0
LOGGING["root"]["level"] = "WARNING"  # type: ignore[name-defined]  # noqa: F405
