"""Django's settings, composed from `foundation.configuration`; what a person may want to set is set there."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from wracam.config import logs
from wracam.foundation import configuration, features, translations

PACKAGE = Path(__file__).resolve().parent.parent
CONFIGURATION = configuration.load()
DATA_FOLDER = CONFIGURATION.data_folder
IS_TEST = "PYTEST_VERSION" in os.environ


def _secret_key() -> str:
    """The configured key, else the one `wracam init` stored, else (tests only) a fixed one."""
    stored = DATA_FOLDER / "secret_key"
    if CONFIGURATION["secret_key"]:
        return str(CONFIGURATION["secret_key"])
    if IS_TEST:
        return "tests-only-" + "k" * 50
    return stored.read_text("utf-8").strip() if stored.is_file() else ""


def _database(url: str) -> dict[str, object]:
    """Turn a `postgresql://` URL into Django's dictionary; the query gives the socket folder as `host`."""
    parts = urlsplit(url)
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/") or "wracam",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.pop("host", parts.hostname or "")),
        "PORT": str(parts.port or query.pop("port", "")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**query, "application_name": "wracam"},
        "TEST": {"NAME": os.environ.get("WRACAM_TEST_DATABASE", None)},
        "ATOMIC_REQUESTS": False,
    }


def _embedded_url() -> str:
    """The address of the embedded database's application role, written by its life cycle."""
    stored = DATA_FOLDER / "database_url"
    return stored.read_text("utf-8").strip() if stored.is_file() else "postgresql:///wracam"


SECRET_KEY = _secret_key()
DEBUG = CONFIGURATION["debug"]
DATABASES = {"default": _database(CONFIGURATION["database_url"] or _embedded_url())}

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_entry",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
"""Shared by all processes, for throttles; anything hot keeps its own cache in memory.

Django throws entries away beyond 300 unless told otherwise: whoever tries often enough would wash out the count.
"""

PUBLIC_URL = CONFIGURATION["url"] or f"http://{CONFIGURATION['bind']}:{CONFIGURATION['port']}"
_public = urlsplit(PUBLIC_URL)
IS_SECURE = _public.scheme == "https"
ALLOWED_HOSTS = [
    "localhost",
    "127.0.0.1",
    "[::1]",
    _public.hostname or "localhost",
    *CONFIGURATION["allowed_hosts"],
]
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "procrastinate.contrib.django",
    *features.feature_modules(),  # before allauth: our templates of its pages win
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "wracam.foundation",
]
MIDDLEWARE = [
    "wracam.faces.api.dispatch.ApiMiddleware",
    "wracam.foundation.security.SecurityHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "wracam.faces.console.middleware.StaffLanguageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
]
ROOT_URLCONF = "wracam.config.urls"
WSGI_APPLICATION = "wracam.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wracam.faces.console.context.console",
            ],
            "builtins": ["wracam.faces.console.templatetags.wracam"],
        },
    }
]
AUTH_USER_MODEL = "shops.Staff"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS: list[str] = []

EMAIL_URL = CONFIGURATION["email_url"]
EMAIL_BACKEND = "wracam.shops.mail_backend.OutboxBackend"
DEFAULT_FROM_EMAIL = f"Wracam <no-reply@{_public.hostname or 'localhost'}>"

LANGUAGE_CODE = CONFIGURATION["language"]
LANGUAGES = [("pl", "Polski"), ("en", "English")]
LOCALE_PATHS = translations.locale_folders(PACKAGE, DATA_FOLDER)
TIME_ZONE = CONFIGURATION["time_zone"]
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_FOLDER / "static"
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = DATA_FOLDER / "files"

SESSION_COOKIE_NAME = "wracam_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = IS_SECURE
CSRF_COOKIE_SECURE = IS_SECURE
CSRF_COOKIE_HTTPONLY = False
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if IS_SECURE else 0
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
REQUIRE_SECOND_FACTOR = CONFIGURATION["require_second_factor"]
LOGIN_URL = "/console/sign-in/"
LOGIN_REDIRECT_URL = "/console/"
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_ADAPTER = "wracam.shops.sign_in.StaffAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _public.scheme
MFA_FORMS = {"authenticate": "wracam.shops.sign_in.SecondFactorForm"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Wracam"
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_SECURE
MFA_RECOVERY_CODES_SHOW_ONCE = True
USERSESSIONS_TRACK_ACTIVITY = True
SESSION_COOKIE_AGE = 14 * 24 * 3600
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "wracam.shops.passwords.DisguiseValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if IS_TEST:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "wracam.config.logs.UtcFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": CONFIGURATION["log_level"]},
    "loggers": {"procrastinate": {"level": max(logs.level(CONFIGURATION["log_level"]), logs.WARNING)}},
}
