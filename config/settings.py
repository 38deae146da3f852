"""One settings file, read from the environment. `docs/deploy.md` explains each variable."""

from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config import database, env
from operations.launcher import places

BASE_DIR = Path(__file__).resolve().parent.parent

# What kind of place this is. The demo runs on one machine over plain HTTP with invented people.
DEMO = env.boolean("MANYHANDS_DEMO", False)
DEBUG = env.boolean("MANYHANDS_DEBUG", False)
TESTING = env.boolean("MANYHANDS_TESTING", False)
LOCAL_ONLY = DEMO or DEBUG or TESTING

SECRET_KEY = places.secret_key() if LOCAL_ONLY else env.text("SECRET_KEY")
if not LOCAL_ONLY and len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY is too short. It needs at least 50 random characters.")

ALLOWED_HOSTS = env.words(
    "ALLOWED_HOSTS",
    ["127.0.0.1", "localhost", "[::1]", "testserver"] if LOCAL_ONLY else [],
)
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", [])
SITE_URL = env.address(
    "SITE_URL",
    f"http://127.0.0.1:{env.integer('PORT', 8000, least=1, most=65535)}",
    schemes=("http", "https"),
).rstrip("/")
TRUSTED_PROXY_COUNT = env.integer("TRUSTED_PROXY_COUNT", 0, least=0, most=10)

# The place that this deployment serves, and the telephone that a person answers.
SITE_PLACE_ZH = env.text("SITE_PLACE_ZH", "浙江省志愿者协调")
SITE_PLACE_EN = env.text("SITE_PLACE_EN", "Zhejiang Province")
HOTLINE = env.text("HOTLINE", "12345")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    # Before allauth, whose templates it replaces.
    "web",
    "web.staff.apps.ReferenceConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "api",
    "operations",
    "privacy",
    "sheets",
    "insights",
    "residents",
    "matching",
    "tasks",
    "volunteers",
    "organizations",
    "notifications",
    "accounts",
    "areas",
    "core",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "web.packing.PackingMiddleware",
    "api.middleware.ProblemMiddleware",
    "web.middleware.ElderMiddleware",
    "web.device.keeping.ForgetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "web.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "web.middleware.PlainTextMiddleware",
    "web.middleware.LargeBodyMiddleware",
    "web.second_factor.SecondFactorMiddleware",
    # Last: it runs the view.
    "web.request_keys.RequestKeyMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "web.context.page",
                "web.account.page.library_pages",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "web.templatetags.form_keys",
            ],
        },
    }
]
FORM_RENDERER = "web.forms.Renderer"

# PostgreSQL is the only database; the embedded one serves where no address is given.
DATABASE_URL = env.address("DATABASE_URL", places.database_url(), schemes=("postgresql", "postgres"))
DATABASES = {
    "default": {
        **database.parse(DATABASE_URL),
        "CONN_MAX_AGE": env.integer("CONN_MAX_AGE", 600, least=0, most=86400),
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"TEMPLATE": "template0"},
    }
}
# Only a lasting connection is worth preparing for; a pooler may hand each transaction another one.
PREPARE_STATEMENTS = DATABASES["default"]["CONN_MAX_AGE"] > 0
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Rate limits live in the database, so that they hold with Redis gone.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},
    }
}

# Redis carries only Celery.
CELERY_BROKER_URL = env.address(
    "REDIS_URL", places.redis_url(), schemes=("redis", "rediss", "redis+socket", "unix")
)
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "health_check_interval": 10,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 540
CELERY_TASK_SOFT_TIME_LIMIT = 500
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_QUEUE_NAMES = ("default", "matching", "notifications")
# By the prefix of a job's name: sending by name ignores what a decorator says of queues.
CELERY_TASK_ROUTES = {
    "notifications.*": {"queue": "notifications"},
    "matching.*": {"queue": "matching"},
}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "beat-heartbeat": {"task": "operations.beat", "schedule": 20.0},
    "relay-messages": {"task": "notifications.relay", "schedule": 15.0},
    "sweep-messages": {"task": "notifications.sweep", "schedule": 30.0},
    "refresh-figures": {"task": "insights.refresh", "schedule": 60.0},
    "release-figures": {"task": "insights.release", "schedule": 900.0},
    "plan-matches": {"task": "matching.plan", "schedule": 60.0},
    "count-replies": {"task": "matching.count_replies", "schedule": 3600.0},
    "remind-volunteers": {"task": "tasks.remind", "schedule": 300.0},
    "warn-short": {"task": "tasks.warn_short", "schedule": 300.0},
    "lapse-claims": {"task": "tasks.lapse_claims", "schedule": 300.0},
    "escalate-calls": {"task": "tasks.escalate", "schedule": 300.0},
    "escalate-reviews": {"task": "tasks.escalate_reviews", "schedule": 300.0},
    "count-hands": {"task": "tasks.count_hands", "schedule": 600.0},
    "expire-offers": {"task": "tasks.expire_offers", "schedule": 30.0},
    "extend-series": {"task": "tasks.extend_series", "schedule": 3600.0},
    "pass-on": {"task": "tasks.pass_on", "schedule": 30.0},
    "expire-handovers": {"task": "tasks.expire_handovers", "schedule": 60.0},
    "follow-requests": {"task": "residents.follow", "schedule": 120.0},
    "carry-out-erasures": {"task": "privacy.erase_due", "schedule": 3600.0},
    "warn-unused": {"task": "privacy.warn_unused", "schedule": 3600.0},
    "sweep-sheets": {"task": "sheets.sweep", "schedule": 60.0},
    "purge-expired": {"task": "privacy.purge", "schedule": 3600.0},
}
# A drill's clock goes faster, and so its beat; no job more often than this, and beat's own sign of life as ever.
BEAT_SPEED = env.integer("BEAT_SPEED", 1, least=1, most=20_000)
BEAT_LEAST_S = 1.5
if BEAT_SPEED > 1:
    for _entry in CELERY_BEAT_SCHEDULE.values():
        if _entry["task"] != "operations.beat":
            _wait = max(BEAT_LEAST_S, float(str(_entry["schedule"])) / BEAT_SPEED)
            # Where workers are behind, the next message does what an old one would have done.
            _entry |= {"schedule": _wait, "options": {"expires": 2 * _wait}}

# Threads of each web process that serve, each with its database connection, and how many may wait for one of them.
WEB_ROOMS = env.integer("WEB_ROOMS", 4, least=1, most=64)
WEB_WAITING = env.integer("WEB_WAITING", 24, least=0, most=1000)
# How old a page for somebody without a session may be that a process kept. Tests look again at once.
STRANGERS_PAGE_SECONDS = env.integer("PAGE_SECONDS", 0 if TESTING else 2, least=0, most=60)

# Accounts: volunteers by a code, organizers and officials by password and second factor.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home_of_role"
ACCOUNT_ADAPTER = "web.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_PREVENT_ENUMERATION = True
# Whole offices and estates sit behind one address: limits per address are wide, limits per account narrow.
ACCOUNT_RATE_LIMITS = {
    "login": "600/m/ip",
    "login_failed": "200/m/ip,6/300s/key",
    "reset_password": "60/m/ip,3/600s/key",
    "reset_password_from_key": "60/m/ip",
    "reauthenticate": "20/m/user",
    "change_password": "5/m/user",
}
ACCOUNT_FORMS = {
    "login": "web.account.allauth_forms.LoginForm",
    "change_password": "web.account.allauth_forms.ChangePasswordForm",
    "set_password": "web.account.allauth_forms.SetPasswordForm",
    "reset_password": "web.account.allauth_forms.ResetPasswordForm",
    "reset_password_from_key": "web.account.allauth_forms.ResetPasswordKeyForm",
    "reauthenticate": "web.account.allauth_forms.ReauthenticateForm",
}
# Secrets of second factors are sealed with the first; the others only open what was sealed before.
MFA_KEY = env.text("MFA_KEY", SECRET_KEY)
if not LOCAL_ONLY and len(MFA_KEY) < 50:
    raise ImproperlyConfigured("MFA_KEY is too short. It needs at least 50 random characters.")
SEALING_KEYS = [MFA_KEY, *env.words("MFA_KEYS_BEFORE", [])]
MFA_ADAPTER = "web.adapters.MFAAdapter"
MFA_FORMS = {
    "authenticate": "web.account.allauth_forms.AuthenticateForm",
    "reauthenticate": "web.account.allauth_forms.ReauthenticateByCodeForm",
    "activate_totp": "web.account.allauth_forms.ActivateTOTPForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Manyhands"
USERSESSIONS_TRACK_ACTIVITY = False
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
SESSION_COOKIE_AGE = env.integer("SESSION_DAYS", 30, least=1, most=365) * 86400

# The API, below /api/: JSON only, problems as RFC 9457 documents.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "api.authentication.TokenAuthentication",
        "api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_THROTTLE_CLASSES": ["api.throttling.PersonThrottle"],
    "DEFAULT_PARSER_CLASSES": ["api.parsing.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "api.errors.handler",
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Manyhands",
    "VERSION": "1",
    "DESCRIPTION": "Coordinates volunteers in a crisis and after it. docs/api.md explains tokens, keys and problems.",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "CheckKindEnum": ["in", "out"],
        "WaitingKindEnum": ["seat", "approval"],
    },
    "SERVERS": [{"url": SITE_URL}],
}

# Signs what the platform says of itself in public; empty where it says it unsigned. The others are public keys that
# signed before.
SIGNING_KEY = places.signing_key() if LOCAL_ONLY else "".join(env.keys("SIGNING_KEY", most=1))
SIGNING_KEYS_BEFORE = env.keys("SIGNING_KEYS_BEFORE", most=50)

# Two languages; the address says which.
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.text("TIME_ZONE", "Asia/Shanghai")

STATIC_URL = "/static/"
# Collected files serve a deployment alone; on one machine they are found where they lie.
STATIC_ROOT = None if LOCAL_ONLY else BASE_DIR / "staticfiles"
WHITENOISE_USE_FINDERS = LOCAL_ONLY
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if LOCAL_ONLY
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Messages: e-mail by SMTP, text messages by one HTTP gateway; the demo's local provider takes both.
MAIL_HOST = env.text("MAIL_HOST", "127.0.0.1")
MAIL_PORT = env.integer("MAIL_PORT", 2525 if LOCAL_ONLY else 587, least=1, most=65535)
MAIL_USER = env.text("MAIL_USER", "")
MAIL_PASSWORD = env.text("MAIL_PASSWORD", "")
MAIL_STARTTLS = env.boolean("MAIL_STARTTLS", not LOCAL_ONLY)
MAIL_FROM = env.text("MAIL_FROM", "众手 Manyhands <notice@manyhands.example>")
SMS_URL = env.address("SMS_URL", "http://127.0.0.1:2580/sms", schemes=("http", "https"))
SMS_TOKEN = env.text("SMS_TOKEN", "demo" if LOCAL_ONLY else "")
SMS_CODES_PER_HOUR = env.integer("SMS_CODES_PER_HOUR", 20_000, least=1, most=10_000_000)
INVITATIONS_A_DAY = env.integer("INVITATIONS_A_DAY", 2_000, least=0, most=10_000_000)

# Safe by default; a deployment behind TLS needs nothing here, the demo on one machine speaks plain HTTP.
SECURE_TLS = env.boolean("SECURE_TLS", not LOCAL_ONLY)
SECURE_SSL_REDIRECT = SECURE_TLS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_TLS
SECURE_HSTS_PRELOAD = SECURE_TLS
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_TLS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 31_536_000
CSRF_FAILURE_VIEW = "web.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

LOG_LEVEL = env.text("LOG_LEVEL", "INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {"django.db.backends": {"level": "INFO"}, "faker": {"level": "WARNING"}},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
