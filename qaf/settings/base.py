"""Settings that every environment shares."""

from pathlib import Path

from csp.constants import NONCE, NONE, SELF

from qaf.settings.environment import REPOSITORY, celery_broker, database, env, required

BASE_DIR = REPOSITORY
DATA_DIR = Path(env.str("QAF_DATA", default=str(BASE_DIR / ".data")))
DEBUG = False
SECRET_KEY = required("QAF_SECRET_KEY", "It signs sessions and links: at least 50 random characters.")
ALLOWED_HOSTS = env.list("QAF_ALLOWED_HOSTS", default=[])
CSRF_TRUSTED_ORIGINS = env.list("QAF_TRUSTED_ORIGINS", default=[])
QAF_DEMO = False

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "qaf.ui",
    "qaf.tenants",
    "qaf.jobs",
    "qaf.notices",
    "audits.frameworks",
    "audits.programme",
    "audits.cases",
    "audits.followup",
    "audits",
    "moderation",
    "feedback",
    "reporting",
    "qaf.demo",
]

MIDDLEWARE = [
    "qaf.tenants.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "qaf.tenants.middleware.RequestIdMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "qaf.tenants.middleware.SessionLimitMiddleware",
    "qaf.tenants.middleware.OwnCredentialsMiddleware",
    "qaf.tenants.middleware.CouncilMiddleware",
]

ROOT_URLCONF = "qaf.urls"
WSGI_APPLICATION = "qaf.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "qaf.tenants.context.council",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": database("DATABASE_URL")}
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["CONN_MAX_AGE"] = 300
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# Behind a transaction pooler a server-side cursor would outlive its connection.
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
if env.str("DATABASE_OWNER_URL", default=""):
    DATABASES["owner"] = database("DATABASE_OWNER_URL")
if env.str("DATABASE_PURGE_URL", default=""):
    DATABASES["purge"] = database("DATABASE_PURGE_URL")
DATABASE_ROUTERS = ["qaf.tenants.routers.OwnerMigratesRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = required("REDIS_URL", "It is the address of Redis, for example redis://127.0.0.1:6379/0.")
CACHES = {
    "default": {
        "BACKEND": "qaf.tenants.cache.SteadyRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "qaf",
    }
}
CELERY_BROKER_URL = celery_broker(REDIS_URL)
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 2, "socket_timeout": 10}
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# Sessions live in the database, so that signing in works when Redis does not.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_IDLE_SECONDS = env.int("QAF_SESSION_IDLE_MINUTES", default=30) * 60
SESSION_ABSOLUTE_SECONDS = env.int("QAF_SESSION_HOURS", default=12) * 3600
SESSION_COOKIE_AGE = SESSION_ABSOLUTE_SECONDS
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "qaf.tenants.views.errors.csrf_failure"

AUTH_USER_MODEL = "tenants.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "qaf.tenants.accounts.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "qaf.tenants.accounts.SocialAccountAdapter"
SOCIALACCOUNT_ONLY = False
# The policy lets a form lead nowhere else, so the way to a council's directory is a link. Whoever is sent there
# unasked only meets their own sign-in; an account is linked by the adapter alone.
SOCIALACCOUNT_LOGIN_ON_GET = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# A whole council may sit behind one address. The key is the account as seen from one browser (qaf.tenants.browsers).
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "60/m/ip,5/5m/key",
    "reset_password": "60/m/ip,5/m/key",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "QAF"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = DATA_DIR / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600

# "smtp", or "notify" for GOV.UK Notify, whose template has the fields ((subject)) and ((body)).
MAIL_BY_NOTIFY = env.str("QAF_MAIL", default="smtp") == "notify"
NOTIFY_API_KEY = env.str("QAF_NOTIFY_API_KEY", default="")
NOTIFY_TEMPLATE_ID = env.str("QAF_NOTIFY_TEMPLATE_ID", default="")
NOTIFY_URL = env.str("QAF_NOTIFY_URL", default="https://api.notifications.service.gov.uk")
EMAIL_BACKEND = (
    "qaf.notices.backends.notify.NotifyBackend"
    if MAIL_BY_NOTIFY
    else "django.core.mail.backends.smtp.EmailBackend"
)
EMAIL_HOST = env.str("QAF_SMTP_HOST", default="localhost")
EMAIL_PORT = env.int("QAF_SMTP_PORT", default=25)
EMAIL_HOST_USER = env.str("QAF_SMTP_USER", default="")
EMAIL_HOST_PASSWORD = env.str("QAF_SMTP_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("QAF_SMTP_TLS", default=False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("QAF_FROM_EMAIL", default="qaf@localhost")
PUBLIC_URL = env.str("QAF_PUBLIC_URL", default="http://localhost:8000")

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "object-src": [NONE],
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []

from qaf.settings.logs import LOGGING  # noqa: E402,F401
