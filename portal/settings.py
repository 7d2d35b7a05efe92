"""All settings, read from the environment; a secret NAME may also come from the file that NAME_FILE points to.

Without any variable this is the embedded default: SQLite, a broker that needs no server, one web process. PostgreSQL,
Redis and production security are switched on by DATABASE_URL, REDIS_URL and PORTICO_ENV alone (docs/adr/0002).
"""

from __future__ import annotations

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from apps.common.logs import logging_settings
from apps.domains.dns.servers import OFF, parse_servers

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"

env = environ.FileAwareEnv()

# "production" insists on real secrets and HTTPS, "development" is a laptop, "demo" is `make demo`.
PORTICO_ENV = env.str("PORTICO_ENV", "development")
if PORTICO_ENV not in {"production", "development", "demo"}:
    raise ImproperlyConfigured(f"PORTICO_ENV is '{PORTICO_ENV}'; use production, development or demo.")
PRODUCTION = PORTICO_ENV == "production"
DEBUG = env.bool("PORTICO_DEBUG", PORTICO_ENV == "development")
if DEBUG and PRODUCTION:
    raise ImproperlyConfigured("PORTICO_DEBUG must be off in production.")

STATE_DIR = Path(env.str("PORTICO_STATE_DIR", str(BASE_DIR / "var"))).absolute()
PORTICO_URL = env.str("PORTICO_URL", "http://localhost:8000").rstrip("/")

SECRET_KEY = env.str("SECRET_KEY", "" if PRODUCTION else "development-only-key-never-used-in-production-0123456789")
# id:base64(32 bytes), the first encrypts and all decrypt, e.g. "2026a:…,2025b:…" (manage.py new_key prints one).
PORTICO_ENCRYPTION_KEYS = env.str("PORTICO_ENCRYPTION_KEYS", "")
if PRODUCTION and not (SECRET_KEY and PORTICO_ENCRYPTION_KEYS):
    raise ImproperlyConfigured(
        "Production needs SECRET_KEY and PORTICO_ENCRYPTION_KEYS (see docs/guide/operations.md)."
    )
if not PORTICO_ENCRYPTION_KEYS:
    PORTICO_ENCRYPTION_KEYS = "development:" + "ZGV2ZWxvcG1lbnQtb25seS1rZXktMzItYnl0ZXMtLS0="
# Only the demo and tests talk to clusters on this machine (design S3).
PORTICO_ALLOW_LOOPBACK_CLUSTERS = env.bool("PORTICO_ALLOW_LOOPBACK_CLUSTERS", False)
if PRODUCTION and PORTICO_ALLOW_LOOPBACK_CLUSTERS:
    raise ImproperlyConfigured("PORTICO_ALLOW_LOOPBACK_CLUSTERS must be off in production.")

# Shown on top of every page, e.g. "Maintenance on Sunday 08:00-10:00: deliveries wait." Plain text, empty for none.
PORTICO_BANNER = env.str("PORTICO_BANNER", "")

# Decides on requests that no zone has a group for; a group without members blocks them, it never lets them pass.
PORTICO_APPROVER_GROUP = env.str("PORTICO_APPROVER_GROUP", "network")

# How long a delivery waits for the controller's address and for the host to answer; then a schedule goes on asking.
PORTICO_ADMISSION_SECONDS = env.float("PORTICO_ADMISSION_SECONDS", 10.0)
PORTICO_SERVING_SECONDS = env.float("PORTICO_SERVING_SECONDS", 5.0)

# Name servers that are asked where hosts point, "ip[:port],…": empty for the system's own, "off" for none. The names of
# the demo end in .localhost, which no name server knows.
PORTICO_RESOLVERS = env.str("PORTICO_RESOLVERS", OFF if PORTICO_ENV == "demo" else "")
try:
    parse_servers(PORTICO_RESOLVERS)
except ValueError as error:
    raise ImproperlyConfigured(f"PORTICO_RESOLVERS is no list of addresses: {error}.") from error

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "apps.common",
    "apps.audit",
    "apps.accounts",
    "apps.notices",
    "apps.clusters",
    "apps.inventory",
    "apps.domains",
    "apps.exposures",
    "apps.drafts",
    "apps.delivery",
    "apps.approvals",
    "apps.api",
    "apps.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_filters",
    "django_htmx",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "apps.common.middleware.RequestContextMiddleware",
    "apps.api.metrics.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "apps.accounts.middleware.PreferencesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "apps.web.middleware.DomainErrorMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
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
                "apps.web.context.ui",
            ],
            "builtins": ["django.templatetags.i18n", "apps.web.templatetags.portico"],
        },
    }
]

# Data: one row per fact, PostgreSQL in production, SQLite embedded.
DATABASES = {"default": env.db_url("DATABASE_URL", f"sqlite:///{STATE_DIR / 'portico.sqlite3'}")}
DATABASES["default"]["ATOMIC_REQUESTS"] = False
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A writer takes its lock at BEGIN, so two of them wait for each other instead of failing half-way.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # Compiling a query with many branches takes PostgreSQL longer (2 s for the list of exposures) than running it.
    options = DATABASES["default"].setdefault("OPTIONS", {})
    options["options"] = f"{options.get('options', '')} -c jit=off".strip()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", "")
CACHES = {
    "default": {"BACKEND": "apps.common.forgiving_cache.ForgivingRedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# Jobs (docs/adr/0003): the broker only wakes a worker, so losing a message costs a sweep, never a change.
BROKER_DIR = STATE_DIR / "broker"
CELERY_BROKER_URL = REDIS_URL or "files://localhost"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object]
if REDIS_URL:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 120,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_keepalive": True,
        "socket_timeout": 15,
        "socket_connect_timeout": 3,
        "health_check_interval": 25,
        "retry_on_timeout": True,
        "max_connections": 64,
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR),
        "data_folder_out": str(BROKER_DIR),
        "control_folder": str(BROKER_DIR / "control"),
        "polling_interval": 0.05,
    }
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "portico"
CELERY_WORKER_POOL = "threads"
CELERY_WORKER_CONCURRENCY = env.int("PORTICO_WORKER_THREADS", 16)
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.2, "interval_max": 0.2}

# People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["apps.accounts.backends.SessionBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "web:home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "apps.accounts.adapter.ClosedAccountAdapter"
SOCIALACCOUNT_ADAPTER = "apps.accounts.adapter.CompanyAccountAdapter"
ACCOUNT_FORMS = {
    "login": "apps.web.forms.people_sign_in.SignInForm",
    "change_password": "apps.web.forms.people_sign_in.OwnPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login": "10/m/ip", "login_failed": "10/m/ip,10/5m/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("PORTICO_TRUSTED_PROXIES", 0)
SOCIALACCOUNT_ONLY = False
# A provider is configuration: {"APPS": [{"provider_id", "name", "client_id", "secret", "settings": {"server_url"}}]}
SOCIALACCOUNT_PROVIDERS = {"openid_connect": env.json("PORTICO_OIDC", default={})}
# The provider is reached by a link: our policy `form-action 'self'` would stop a form that is redirected there.
SOCIALACCOUNT_LOGIN_ON_GET = True
CSRF_FAILURE_VIEW = "apps.web.errors.csrf_failure"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_SSL_REDIRECT = env.bool("PORTICO_SSL_REDIRECT", PRODUCTION)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31536000 if PRODUCTION else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "apps.api.authentication.TokenAuthentication",
        "apps.api.authentication.BrowserSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["apps.api.permissions.SignedInWithScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["apps.api.parsers.StrictJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "apps.api.paging.PageNumberPages",
    "DEFAULT_SCHEMA_CLASS": "apps.api.openapi.PortalSchema",
    "DEFAULT_THROTTLE_CLASSES": ["apps.api.throttling.PerTokenThrottle"],
    "DEFAULT_THROTTLE_RATES": {"token": env.str("PORTICO_API_RATE", "3000/min")},
    "DEFAULT_VERSIONING_CLASS": None,
    "EXCEPTION_HANDLER": "apps.api.problems.problem_response",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "PAGE_SIZE": 50,
}
KNOX_TOKEN_MODEL = "accounts.ApiToken"  # noqa: S105 - a model, not a secret
# Knox would make a table for its own token model as well, which nobody uses and no test run could empty.
MIGRATION_MODULES = {"knox": None}
REST_KNOX = {
    "AUTH_HEADER_PREFIX": "Bearer",
    "TOKEN_MODEL": "accounts.ApiToken",
    "TOKEN_PREFIX": "ptc_",
    "TOKEN_TTL": None,
    "AUTO_REFRESH": False,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Portico",
    "VERSION": "v1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "RequestState": "apps.approvals.enums.RequestState",
        "NoticeKind": "apps.notices.enums.NoticeKind",
        "SubjectType": "apps.notices.enums.SubjectType",
        "ConditionStatus": ["True", "False", "Unknown"],
    },
}

# Languages and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["portal.formats"]
LANGUAGE_COOKIE_NAME = "portico_language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("PORTICO_TIME_ZONE", "UTC")

# Files
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("PORTICO_STATIC_ROOT", str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Error pages and reports never show frame variables or posted fields, in development neither (S1).
DEFAULT_EXCEPTION_REPORTER_FILTER = "apps.common.error_reports.NothingButTheTrace"

EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
LOGGING = logging_settings(
    json_lines=env.bool("PORTICO_JSON_LOGS", PRODUCTION), level=env.str("PORTICO_LOG_LEVEL", "INFO")
)
LOGGING_CONFIG = "logging.config.dictConfig"
