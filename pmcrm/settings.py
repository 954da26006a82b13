"""All settings in one file. What an operator may change comes from the environment; the README lists it."""

from __future__ import annotations

from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from pmcrm.run import state

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

VAR_DIR = state.var_dir()
DEBUG = env.bool("DEBUG", default=False)
DEVELOPMENT = env.bool("PMCRM_DEVELOPMENT", default=False)
SECRET_KEY = state.secret_key()
# The machine itself is always welcome: health checks come by these names.
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *env.list("ALLOWED_HOSTS", default=[])]
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
HTTPS = env.bool("HTTPS", default=False)
SITE_URL = env.str("SITE_URL", default=f"http://127.0.0.1:{env.str('PORT', default='8000')}")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "pmcrm.api",
    "pmcrm.people",
    "pmcrm.trail",
    "pmcrm.jobs",
    "pmcrm.lists",
    "pmcrm.exchange",
    "pmcrm.notices",
    "pmcrm.trash",
    "pmcrm.exports",
    "accounts",
    "touchpoints",
    "preparation",
    "campaigns",
    "meetings",
    "correspondence",
    "segmentation",
    "pmcrm.files",
    "pmcrm.home",
    "django.contrib.admin",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_celery_beat",
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    "pgtrigger",
    "pghistory",
    "phonenumber_field",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pmcrm.people.middleware.PersonMiddleware",
    "pmcrm.web.RefusalMiddleware",
    "pmcrm.trail.middleware.HistoryMiddleware",
]

ROOT_URLCONF = "pmcrm.urls"
WSGI_APPLICATION = "pmcrm.wsgi.application"
ASGI_APPLICATION = "pmcrm.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "pmcrm.home.context.shell",
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "pmcrm.home.templatetags.figures",
                "pmcrm.home.templatetags.shell",
            ],
        },
    }
]
# Widgets are templates of ours where Django's own are too slow.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
COTTON_DIR = "components"

DATABASES = {"default": env.db_url_config(state.database_url())}
DATABASES["default"] |= {
    "CONN_MAX_AGE": 600,
    "CONN_HEALTH_CHECKS": True,
    "ATOMIC_REQUESTS": False,
}
# Each trigger asks this setting first. Unset it raises an error inside, and rolling that back reads through all that a
# transaction still has to check: milliseconds a row in a large import.
DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c pgtrigger.ignore={}"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "pmcrm.cache.KeptRedisCache",
        "LOCATION": state.redis_url("cache"),
        "KEY_PREFIX": env.str("PMCRM_REDIS_PREFIX", default="pmcrm"),
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_ADAPTER = "pmcrm.people.adapter.ClosedAdapter"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/15m/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# The image collects them once, compressed and named by content; elsewhere they are served from where they lie.
STATIC_ROOT = env.str("STATIC_ROOT", default="") or None
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "pmcrm.run.static.NamedByContent"
        if STATIC_ROOT
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not STATIC_ROOT
WHITENOISE_AUTOREFRESH = DEBUG
# Kept by browsers for ever: what is named by its content, and what bears a version in its path.
WHITENOISE_IMMUTABLE_FILE_TEST = r"\.[0-9a-f]{12}\.[a-z0-9]+$|/vendor/"
MEDIA_ROOT = Path(env.str("FILES_DIR", default=str(VAR_DIR / "files")))
FORMAT_MODULE_PATH = ["pmcrm.formats"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# The largest file beside an account or an interaction.
ATTACHMENT_MAX_BYTES = env.int("ATTACHMENT_MAX_BYTES", default=25 * 1000**2)
# Import files may be large; the view that takes them streams to disk.
IMPORT_FILE_MAX_BYTES = env.int("IMPORT_FILE_MAX_BYTES", default=2 * 1024**3)

# Without a mail server mail is kept in files, and its links are written to the log.
SENDS_MAIL = bool(env.str("EMAIL_URL", default=""))
if SENDS_MAIL:
    vars().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "pmcrm.people.mail.KeptMail"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="pmcrm@localhost")

# The mailbox from which mails are logged: imaps://user:password@host:993/INBOX, and where handled ones go.
IMAP_URL = env.str("IMAP_URL", default="")
IMAP_HANDLED_FOLDER = env.str("IMAP_HANDLED_FOLDER", default="")
# The address of that mailbox. Each person's own is drop+key@example.com; the server must deliver those there as well.
MAIL_DROP_ADDRESS = env.str("MAIL_DROP_ADDRESS", default="")
# A larger mail stays in the mailbox; one with attachments that are too large is kept whole.
LETTER_MAX_BYTES = env.int("LETTER_MAX_BYTES", default=100 * 1000**2)

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
        "manifest-src": [SELF],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    "camera": [],
    "geolocation": [],
    "microphone": [],
    "payment": [],
    "usb": [],
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
# Health checks come from inside, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
CSRF_FAILURE_VIEW = "pmcrm.home.views.csrf_failure"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "pmcrm.api.authentication.BearerToken",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["pmcrm.api.parsers.JSONParser", "rest_framework.parsers.MultiPartParser"],
    "DEFAULT_SCHEMA_CLASS": "pmcrm.api.schema.Schema",
    "EXCEPTION_HANDLER": "pmcrm.api.problems.handle",
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": env.str("API_RATE", default="1200/min")},
    "COERCE_DECIMAL_TO_STRING": True,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
KNOX_TOKEN_MODEL = "knox.AuthToken"  # noqa: S105  the name of a model
REST_KNOX = {"AUTH_HEADER_PREFIX": "Bearer", "TOKEN_TTL": None}
SPECTACULAR_SETTINGS = {
    "TITLE": "PMCRM",
    "DESCRIPTION": "The customer system for product managers.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    # Rooms share words such as "state"; enumerations stay where they are used instead of fighting for one name.
    "POSTPROCESSING_HOOKS": [],
}

CELERY_BROKER_URL = state.redis_url("broker")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3 * 3600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "global_keyprefix": env.str("PMCRM_REDIS_PREFIX", default="pmcrm") + ":",
}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "pmcrm.run.beat:Scheduler"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    "restart-silent-imports": {"task": "pmcrm.exchange.tasks.restart_silent_imports", "schedule": 10.0},
    "restart-silent-exports": {"task": "pmcrm.exports.tasks.restart_silent_exports", "schedule": 10.0},
    "restart-silent-runs": {"task": "segmentation.tasks.restart_silent_runs", "schedule": 10.0},
    "tell-whose-turn": {"task": "segmentation.tasks.tell_whose_turn", "schedule": crontab(minute="*/15")},
    "look-after-sheets": {"task": "preparation.tasks.look_after_sheets", "schedule": crontab(minute="5,20,35,50")},
    "end-tiers": {"task": "accounts.tasks.end_tiers", "schedule": crontab(hour=0, minute=20)},
    "restart-silent-searches": {"task": "accounts.tasks.restart_silent_searches", "schedule": 10.0},
    "restart-silent-changes": {"task": "accounts.tasks.restart_silent_changes", "schedule": 10.0},
    "restart-silent-gatherings": {"task": "campaigns.tasks.restart_silent_gatherings", "schedule": 10.0},
    "refresh-campaigns": {"task": "campaigns.tasks.refresh_running", "schedule": crontab(minute="*/5")},
    "look-at-campaign-loads": {"task": "campaigns.tasks.look_at_loads", "schedule": crontab(hour=2, minute=10)},
    "search-duplicates": {"task": "accounts.tasks.search_duplicates_nightly", "schedule": crontab(hour=1, minute=30)},
    "send-invitations": {"task": "meetings.tasks.send_what_waits", "schedule": 60.0},
    "remind-of-meetings": {"task": "meetings.tasks.remind_of_meetings", "schedule": crontab(minute=15)},
    "tell-late-promises": {"task": "accounts.tasks.tell_late_promises", "schedule": crontab(hour=5, minute=10)},
    "tell-due-pains": {"task": "touchpoints.tasks.tell_due_pains", "schedule": crontab(hour=5, minute=20)},
    "refresh-figures": {"task": "segmentation.tasks.refresh_figures", "schedule": crontab(hour=2, minute=40)},
    "publish-changed-loads": {"task": "touchpoints.tasks.publish_changed_loads", "schedule": crontab(minute="*/5")},
    "keep-engagement-figures": {
        "task": "touchpoints.tasks.keep_engagement_figures",
        "schedule": crontab(minute=25),
    },
    "keep-meeting-figures": {"task": "meetings.tasks.keep_meeting_figures", "schedule": crontab(minute=35)},
    "publish-all-loads": {"task": "touchpoints.tasks.publish_all_loads", "schedule": crontab(hour=2, minute=10)},
    "remove-old-exports": {"task": "pmcrm.exports.tasks.remove_old_exports", "schedule": crontab(hour=3, minute=40)},
    "delete-outdated-files": {
        "task": "pmcrm.files.tasks.delete_outdated_files",
        "schedule": crontab(hour=3, minute=50),
    },
    "restart-silent-erasures": {"task": "accounts.tasks.restart_silent_erasures", "schedule": 10.0},
    "read-drop-box": {"task": "correspondence.tasks.read_drop_box", "schedule": 60.0},
    "mail-digests": {"task": "correspondence.tasks.mail_digests", "schedule": crontab(minute="*/15")},
    "forget-handled-mails": {
        "task": "correspondence.tasks.forget_what_is_over",
        "schedule": crontab(hour=4, minute=10),
    },
    "empty-trash": {"task": "pmcrm.trash.tasks.empty_trash", "schedule": crontab(hour=3, minute=10)},
    "remove-outlived-plans": {
        "task": "segmentation.tasks.remove_outlived_plans",
        "schedule": crontab(hour=3, minute=30),
    },
    "thin-out-old-runs": {"task": "segmentation.tasks.thin_out_old_runs", "schedule": crontab(hour=3, minute=20)},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {"django.request": {"level": "ERROR"}},
}
