"""Settings of an installation. Everything a country changes is an environment variable, described in docs/start/."""

import sys
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.project import environment as env
from coremis.project.modules import enabled_apps

TESTING = "pytest" in sys.modules
BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("COREMIS_DATA_DIR", "var")).resolve()

# demo, training, uat or production: shown as a band on every page and print.
COREMIS_ENVIRONMENT = env.choice("COREMIS_ENVIRONMENT", "production", ("production", "uat", "training", "demo"))
DEBUG = env.switch("COREMIS_DEBUG")
# People change seats from the top bar, without a password. Refused in every other environment when the program starts.
COREMIS_SEAT_SWITCH = env.switch("COREMIS_SEAT_SWITCH", COREMIS_ENVIRONMENT == "demo")
SECRET_KEY = env.key("COREMIS_SECRET_KEY", DATA_DIR / "keys" / "secret_key")
COREMIS_DATA_KEY = env.key("COREMIS_DATA_KEY", DATA_DIR / "keys" / "data_key")
ALLOWED_HOSTS = env.hosts("COREMIS_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.origins("COREMIS_ORIGINS")
COREMIS_HTTPS = env.switch("COREMIS_HTTPS")
# Whose word on “X-Forwarded-For” counts: only that of our own proxies.
COREMIS_PROXIES = env.addresses("COREMIS_PROXIES", "127.0.0.1,::1")

COREMIS_MODULES = env.words(
    "COREMIS_MODULES",
    "administration,registry,geography,duplicates,filters,intake,programmes,scoring,targeting,validation,simulation,benefits,points,ledger,payments,former,"
    "photos,dashboards,help",
)
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django.forms",
    "coremis.kernel.jobs",
    "coremis.kernel.actions",
    "coremis.kernel.areas",
    "coremis.kernel.access",
    "coremis.kernel.approvals",
    "coremis.kernel.config",
    "coremis.kernel.files",
    "coremis.kernel.screens",
    "coremis.kernel.exchange",
    "coremis.kernel.datasets",
    *enabled_apps(COREMIS_MODULES),
    "coremis.project",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
]
if COREMIS_SEAT_SWITCH:
    INSTALLED_APPS.append("coremis.project.demo.apps.DemoConfig")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "coremis.kernel.screens.security.SecurityHeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "coremis.kernel.access.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "coremis.kernel.access.middleware.AccessMiddleware",
    "coremis.kernel.screens.errors.RefusalMiddleware",
]

ROOT_URLCONF = "coremis.project.urls"
WSGI_APPLICATION = "coremis.project.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "coremis.kernel.screens.context.frame",
            ],
        },
    }
]

DATABASE_URL = env.text("COREMIS_DATABASE_URL", "sqlite:///")
if TESTING:
    DATABASE_URL = env.text("COREMIS_TEST_DATABASE_URL") or "sqlite:///" + str(DATA_DIR / "test" / "test.sqlite3")
    (DATA_DIR / "test").mkdir(parents=True, exist_ok=True)
env.folder(DATA_DIR / "static")
DATABASES = {"default": env.database(DATABASE_URL, DATA_DIR)}
if TESTING and DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": DATABASES["default"]["NAME"]}
    DATABASES["default"]["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"
elif TESTING:
    DATABASES["default"]["OPTIONS"]["options"] += " -c synchronous_commit=off"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["coremis.kernel.access.backends.AssignmentBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "coremis.kernel.access.adapters.AccountAdapter"
MFA_ADAPTER = "coremis.kernel.access.adapters.SecondFactorAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login_failed": "10/5m/key,30/5m/ip"} if not TESTING else False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "CORE-MIS"

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
COREMIS_IDLE_MINUTES = env.number("COREMIS_IDLE_MINUTES", 15)
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "coremis.kernel.screens.errors.too_old"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = COREMIS_HTTPS
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 31536000 if COREMIS_HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if COREMIS_HTTPS else None
X_FRAME_OPTIONS = "DENY"
# It counts wrong passwords: with Django's own limit of 300 entries, 300 addresses would push out the counts of all others.
CACHES: dict[str, Any] = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "coremis_cache", "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
}  # fmt: skip
if TESTING:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
COREMIS_MAX_UPLOAD_MB = env.number("COREMIS_MAX_UPLOAD_MB", 200)

LANGUAGE_CODE = "en"
LANGUAGES: list[tuple[str, Any]] = [("en", _("English")), ("fr", _("French")), ("pt", _("Portuguese"))]
if TESTING:
    LANGUAGES.append(("en-xa", "Pseudo"))
LANGUAGE_COOKIE_NAME = "language"
LOCALE_PATHS = [str(BASE_DIR / "kernel" / package / "locale") for package in ("base", "expressions", "module")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.time_zone("COREMIS_TIME_ZONE", "UTC")
FORMAT_MODULE_PATH = ["coremis.project.formats"]

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "coremis.project.static.DigestedAddresses"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/"
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_AUTOREFRESH = DEBUG or TESTING  # else every client of a test looks through all files first
MEDIA_ROOT = DATA_DIR / "files"
if TESTING:
    MEDIA_ROOT = DATA_DIR / "test" / "files"
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_HANDLERS = [
    "coremis.kernel.screens.uploads.LimitedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
SILENCED_SYSTEM_CHECKS = ["models.W042"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.choice("COREMIS_LOG_LEVEL", "WARNING", ("DEBUG", "INFO", "WARNING", "ERROR"))},
}
