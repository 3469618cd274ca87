"""A council's or a host's real service, behind a proxy that ends TLS."""

from qaf.settings.base import *  # noqa: F403
from qaf.settings.environment import env

SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-qaf"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-qaf-csrf"
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("QAF_PROXIES", default=1)
