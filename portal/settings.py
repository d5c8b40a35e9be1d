"""All settings, from the environment. docs/contracts.md lists the names."""

from datetime import timedelta
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.templatetags.static import static
from django.urls import reverse_lazy

from database.roles.declaration import login_of
from pki.escrow.holders import connection_name
from portal import env, log_lines, still_english

BASE_DIR = Path(__file__).resolve().parent.parent

PROCESS = env.text("NSMAAS_PROCESS", "manage")
STATE_DIR = Path(env.text("NSMAAS_STATE_DIR", str(BASE_DIR / ".state")))
# Beat only says when something is to be done. Asked before anything is made.
_database_url = "" if PROCESS == "beat" else env.database_url(STATE_DIR)
STATE_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = env.flag("NSMAAS_DEBUG")
# Sessions, mailed links and known browsers are signed with it, and second factors sealed: the people's door does that,
# and commands do it for the people's door. Everybody else signs nothing: Django only wants one.
SECRET_KEY_IS_GIVEN = env.secret("NSMAAS_SECRET_KEY") is not None
if PROCESS in {"people", "manage"}:
    SECRET_KEY = env.secret_made_once("NSMAAS_SECRET_KEY", STATE_DIR / "secret-key")
else:
    SECRET_KEY = token_urlsafe(50)
ALLOWED_HOSTS = env.words("NSMAAS_ALLOWED_HOSTS", "127.0.0.1,localhost")
BASE_URL = env.text("NSMAAS_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
MACHINES_DOOR_URL = env.text("NSMAAS_MACHINES_DOOR_URL", "https://127.0.0.1:8443").rstrip("/")
PROVIDER_NAME = env.text("NSMAAS_PROVIDER_NAME", "Network security monitoring")
PROVIDER_PHONE = env.phone("NSMAAS_PROVIDER_PHONE")

# Only the processes that docs/architecture.md names may be given these; `pki.checks` refuses the others.
KEY_ENCRYPTION_KEY = env.secret("NSMAAS_KEY_ENCRYPTION_KEY")
CA_PASSPHRASE = env.secret("NSMAAS_CA_PASSPHRASE")
CA_KEY_FILE = Path(file) if (file := env.text("NSMAAS_CA_KEY_FILE", "")) else None

INSTALLED_APPS = [
    "portal.apps.PortalConfig",
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "guardian",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "csp",
    "limits.apps.LimitsConfig",
    "accounts.apps.AccountsConfig",
    "notices.apps.NoticesConfig",
    "tenants.apps.TenantsConfig",
    "pki.apps.PkiConfig",
    "sensors.apps.SensorsConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "portal.monitoring.health.answer_health",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.monitoring.request_counting.count_pages",
    "csp.middleware.CSPMiddleware",
    "portal.admin_door.with_admin_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Django's LocaleMiddleware, here rather than before CommonMiddleware: what a person chose counts first.
    "accounts.own_language.OwnLanguage",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.second_factor.demand_second_factor",
    "accounts.known_browsers.keep_known_browsers",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.error_pages.SayBusy",
]

ROOT_URLCONF = "portal.urls"
if PROCESS in {"machines", "monitor"}:
    # They have neither pages nor sessions: what is not there cannot be attacked.
    _for_people = (
        "unfold",
        "django.contrib.admin",
        "django.contrib.sessions",
        "allauth",
        "rest_framework",
        "csp",
        "accounts",
    )
    INSTALLED_APPS = [app for app in INSTALLED_APPS if not app.startswith(_for_people)]
    ROOT_URLCONF = "portal.machines_urls"
    MIDDLEWARE = [
        "django.middleware.security.SecurityMiddleware",
        "portal.monitoring.health.answer_health",
        "portal.machine_calls.count_machine_calls",
        "django.middleware.common.CommonMiddleware",
    ]
if PROCESS == "monitor":
    ROOT_URLCONF, MIDDLEWARE = "portal.monitoring.urls", []

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.portal",
            ],
        },
    },
]

DATABASES = {"default": env.database(_database_url, login=login_of(PROCESS))} if _database_url else {}
if DATABASES and DATABASES["default"]["ENGINE"].endswith("postgresql"):
    DATABASES["default"]["OPTIONS"]["application_name"] = connection_name(PROCESS, KEY_ENCRYPTION_KEY)
if PROCESS == "machines":
    # Most of its threads wait for news, not for the database: they share a few connections.
    # `sensors.doors.machines_door` notices a broken one itself: a test before each request would cost a round trip.
    DATABASES["default"] |= env.pooled(DATABASES["default"], connections=10)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# ATOMIC_REQUESTS stays off: it would roll back the audit row of a refused key request.

# None: a cache may throw away what it holds, and two may read it at once. What must be counted goes to `limits`, what
# must be kept to the database. allauth asks for one, but nothing of ours rests on what it would find there.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}

AUTH_USER_MODEL = "tenants.Person"
AUTHENTICATION_BACKENDS = [
    "accounts.session_person.PersonOfSession",
    "guardian.backends.ObjectPermissionBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
GUARDIAN_RAISE_403 = False
ANONYMOUS_USER_NAME = None

LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = "/"
STAFF_BEGIN_AT = "overview"
ACCOUNT_ADAPTER = "accounts.adapter.InvitationOnly"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
# `record_sign_in` queues these mails itself, in the transaction of what they tell of: allauth's could be lost.
ACCOUNT_EMAIL_NOTIFICATIONS = False
# Or anybody could have us write to anybody.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_FORMS = {
    "change_password": "accounts.forms.NewPassword",
    "login": "accounts.forms.SignIn",
    "reauthenticate": "accounts.forms.PasswordAgain",
    "reset_password": "accounts.forms.AskForPasswordLink",
}
# All of allauth's limits are off, one by one, so that a new one of a later version is noticed (tests/attacks): they
# count by the account alone, so that anybody could shut its owner out, in a cache that may forget.
ACCOUNT_RATE_LIMITS = {
    # `accounts.guesses` counts these, by account, network and known browser.
    "login": None,
    "login_failed": None,  # the second factor's, too
    "reauthenticate": None,
    "change_password": None,
    # `accounts.mail_requests`.
    "reset_password": None,
    # A link's secret cannot be guessed, and only who has one makes us hash.
    "reset_password_from_key": None,
    # What is not there: nobody signs up, changes an address, or has a code mailed or sent to a phone.
    "signup": None,
    "manage_email": None,
    "confirm_email": None,
    "request_login_code": None,
    "change_phone": None,
    "verify_phone": None,
}
# `accounts.passkey_pages` counts by network alone.
MFA_RATE_LIMITS = {"webauthn_login": None}
# `mail_requests` makes sure that a new mail may follow before this one's link has ended.
PASSWORD_RESET_TIMEOUT = 3600
# An account that somebody in the portal made or changed counts as one of two people after so long.
SETTLES_AFTER = timedelta(days=env.number("NSMAAS_ACCOUNT_SETTLES_AFTER_DAYS", 7, at_least=1))
# Of whom it is demanded says `accounts.second_factor`; everybody else may have one.
SECOND_FACTOR = env.choice("NSMAAS_SECOND_FACTOR", "required", "offered")
# allauth would first have an address proved by a mail of its own, as where strangers sign up. Who opens a link for
# a new password gets such an unproved address, and would be shut out where a second factor is demanded.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_ADAPTER = "accounts.second_factor.KeptOn"
MFA_TOTP_ISSUER = PROVIDER_NAME
# RFC 6238, 5.2: one step more, for a slow hand and a phone's clock. `accounts.spent_codes` sees to the rest.
MFA_TOTP_TOLERANCE = 1
# Passkeys have pages of our own (`accounts.passkey_pages`): allauth's take challenges of any age and purpose, from any
# port and each name below the portal's, and look at no counter. What they lead to is allauth's, as for a code.
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "accounts.forms.SecondStep",
    "reauthenticate": "accounts.forms.SecondStepAgain",
    "activate_totp": "accounts.second_factor.TurnOnHere",
    "deactivate_totp": "accounts.forms.TurnOff",
    "generate_recovery_codes": "accounts.forms.NewRecoveryCodes",
}

_loopback = BASE_URL.startswith(("http://127.0.0.1", "http://localhost"))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not _loopback
SESSION_COOKIE_AGE = 12 * 3600
SESSION_ENGINE = "accounts.sessions"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 0 if _loopback else 365 * 24 * 3600
SECURE_REFERRER_POLICY = "same-origin"
CSRF_TRUSTED_ORIGINS = [BASE_URL]
CSRF_FAILURE_VIEW = "portal.error_pages.csrf_failure"
X_FRAME_OPTIONS = "DENY"
# Of a certificate's life. A box begins to ask after two thirds of it.
RENEWABLE_AFTER_PERCENT = env.number("NSMAAS_RENEWABLE_AFTER_PERCENT", 66)
# Benchmarks let few machines stand for many.
MACHINE_RATE_FACTOR = env.number("NSMAAS_MACHINE_RATE_FACTOR", 1)
# A gateway's report speaks of all its sessions, some 250 bytes each.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024 if PROCESS == "machines" else 256 * 1024

_policy: dict[str, Any] = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF, "data:"],
    "font-src": [SELF],
    "connect-src": [SELF],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
    "base-uri": [NONE],
}
CONTENT_SECURITY_POLICY = {"DIRECTIVES": _policy}
# The admin's theme evaluates expressions in attributes (Alpine) and sets styles; nobody but staff reaches it.
ADMIN_CONTENT_SECURITY_POLICY = _policy | {
    "script-src": [SELF, UNSAFE_EVAL, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
}

# Of the texts as they stand in the code, and so of logs, commands, machines and programs.
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English"), ("de", "Deutsch"), ("fr", "Français")]
LOCALE_PATHS = [BASE_DIR / "locale"]
# For tests alone: a folder with a made-up language, longer than English and written from right to left.
if _pseudo := env.text("NSMAAS_PSEUDO_LOCALE", ""):
    LANGUAGES.append(("qps-plocm", "Mirrored"))
    LANGUAGES_BIDI = ["qps"]
    LOCALE_PATHS.append(Path(_pseudo))
# Of people who chose none: in their mails, and on their pages if the browser names none either.
DEFAULT_LANGUAGE = env.choice("NSMAAS_LANGUAGE", *(code for code, _ in LANGUAGES))
DEFAULT_TIME_ZONE = env.time_zone("NSMAAS_TIME_ZONE")
STILL_ENGLISH_PAGES, STILL_ENGLISH_MAILS = still_english.PAGES, still_english.MAILS
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SECURE = not _loopback
# Everything is stored and compared in it.
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = STATE_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        # Who names a token is nobody else: so it is asked first. It answers 401 itself; nobody at all is 403, as ever.
        "portal.rest_tokens.ByToken",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["sensors.api.reading.JsonBody"],
    "DEFAULT_PAGINATION_CLASS": "sensors.api.reading.Page",
    # A list that names no filters knows none: what is asked of it by any is an error.
    "DEFAULT_FILTER_BACKENDS": ["sensors.api.filtering.Filters"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "sensors.api.problems.as_problem",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "NSM-as-a-service portal",
    # Of the interface under /api/v1/, not of the product.
    "VERSION": "1",
    "DESCRIPTION": "What a page can do, with the same operations and permissions.",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SERVE_INCLUDE_SCHEMA": False,
    # Two things are called kind: what happened to a box, and what is done about it.
    "ENUM_NAME_OVERRIDES": {"LossKind": "sensors.models.case.LossKind", "MeasureKind": "sensors.models.MeasureKind"},
}

CELERY_BROKER_URL = env.secret("CELERY_BROKER_URL") or "filesystem://"
LIMITS_URL = env.limits_store(env.secret("NSMAAS_LIMITS_URL"), broker_url=CELERY_BROKER_URL)
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = STATE_DIR / "mail"
if EMAIL_HOST := env.text("NSMAAS_EMAIL_HOST", ""):
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_PORT = env.number("NSMAAS_EMAIL_PORT", 587)
    EMAIL_HOST_USER = env.text("NSMAAS_EMAIL_USER", "")
    EMAIL_HOST_PASSWORD = env.secret("NSMAAS_EMAIL_PASSWORD") or ""
    EMAIL_USE_TLS = env.flag("NSMAAS_EMAIL_TLS")
    EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("NSMAAS_EMAIL_FROM", "nsmaas@localhost")

_log_format = env.choice("NSMAAS_LOG_FORMAT", "plain", log_lines.JSON)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        log_lines.JSON: {"()": log_lines.JsonLines, "process": PROCESS},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": _log_format}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
}
if _log_format == log_lines.JSON:
    log_lines.log_what_is_no_record(PROCESS)

UNFOLD = {
    "SITE_TITLE": PROVIDER_NAME,
    "SITE_HEADER": PROVIDER_NAME,
    "SITE_URL": "/",
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "STYLES": [lambda _request: static("portal/admin.css")],
    # The pages' petrol, in the steps that the theme asks for.
    "COLORS": {
        "primary": {
            "50": "#eefafc",
            "100": "#d5f1f6",
            "200": "#b0e3ed",
            "300": "#7acddf",
            "400": "#3cadc8",
            "500": "#2191ae",
            "600": "#1d7592",
            "700": "#1e5f78",
            "800": "#204f63",
            "900": "#1f4254",
            "950": "#0f2a39",
        }
    },
}
