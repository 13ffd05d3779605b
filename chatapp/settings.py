"""Every setting of the site, read from the environment.

Runs with nothing set: embedded database, embedded memory service, scripted model.
A value that makes no sense stops the start with a sentence that names it.
The README's table of settings is compared with `ENVIRONMENT` by a test.
"""

from __future__ import annotations

import os
import secrets
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from embedded.postgres_files import PORT as PORT_OF_SOCKET
from embedded.postgres_files import socket_directory

BASE_DIR = Path(__file__).resolve().parent.parent
ENVIRONMENT: dict[str, str] = {}  # name -> default as text, filled by the readers below


def env(name: str, default: str = "") -> str:
    """The variable's text, or `default` when it is unset or empty."""
    ENVIRONMENT[name] = default
    return os.environ.get(name, "").strip() or default


def env_bool(name: str, default: bool) -> bool:
    """True or False; anything but the usual words stops the start."""
    text = env(name, str(default)).lower()
    if text in {"true", "1", "yes", "on"}:
        return True
    if text in {"false", "0", "no", "off"}:
        return False
    msg = f"{name}={text!r} is neither True nor False."
    raise ImproperlyConfigured(msg)


def env_int(name: str, default: int, *, least: int = 0) -> int:
    """A whole number of at least `least`."""
    text = env(name, str(default))
    try:
        value = int(text)
    except ValueError as exc:
        msg = f"{name}={text!r} is not a whole number."
        raise ImproperlyConfigured(msg) from exc
    if value < least:
        msg = f"{name}={value} is below {least}."
        raise ImproperlyConfigured(msg)
    return value


def env_float(name: str, default: float) -> float:
    """A number of at least 0."""
    text = env(name, str(default))
    try:
        value = float(text)
    except ValueError as exc:
        msg = f"{name}={text!r} is not a number."
        raise ImproperlyConfigured(msg) from exc
    if not 0 <= value < float("inf"):
        msg = f"{name}={text} must be 0 or more."
        raise ImproperlyConfigured(msg)
    return value


def env_url(name: str, *schemes: str) -> str:
    """An address with one of `schemes`, or nothing."""
    text = env(name)
    parts = urlsplit(text)
    if text and (parts.scheme not in schemes or not (parts.netloc or parts.path)):
        msg = f"{name} must start with {' or '.join(f'{s}://' for s in schemes)}."
        raise ImproperlyConfigured(msg)
    return text.rstrip("/")


def kept_secret(path: Path) -> str:
    """A secret that is made once and kept in a file only its owner can read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read_secret(path)
    fresh = secrets.token_urlsafe(48)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(fresh)
    return fresh


def _read_secret(path: Path) -> str:
    """What is in the file, once the process that has just made it has written it."""
    for _ in range(100):
        if secret := path.read_text(encoding="ascii").strip():
            return secret
        time.sleep(0.02)
    msg = f"{path} is empty. Delete it, and a new secret is made."
    raise ImproperlyConfigured(msg)


def database(url: str, var_dir: Path) -> dict[str, Any]:
    """Django's DATABASES entry for `url`, or for the embedded server when empty."""
    config: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        # A pool, and no connection kept by a thread: sockets and runners hop threads.
        "CONN_MAX_AGE": 0,
        # Once the database has been away, the pool tries ever less often to connect: it
        # shall give up at once instead, and try anew for whoever asks next.
        "OPTIONS": {
            "pool": {
                "min_size": 2,
                "max_size": 16,
                "timeout": 10,
                "reconnect_timeout": 1.0,
            },
            # The same few statements for every turn: planned once a connection, which
            # is half of what PostgreSQL does for most of them.
            "server_side_binding": True,
            "prepare_threshold": 5,
        },
        "TEST": {"NAME": os.environ.get("TEST_DATABASE_NAME") or None},
    }
    if not url:
        config |= {"NAME": "postgres", "USER": "postgres"}
        config |= {"HOST": str(socket_directory(var_dir)), "PORT": str(PORT_OF_SOCKET)}
        return config
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    config |= {
        "NAME": unquote(parts.path.lstrip("/")) or "postgres",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or parts.hostname or "",
        "PORT": str(parts.port or query.pop("port", "") or ""),
    }
    config["OPTIONS"] |= query
    return config


# Where things are.

VAR_DIR = Path(env("VAR_DIR", "var"))
if not VAR_DIR.is_absolute():
    VAR_DIR = BASE_DIR / VAR_DIR
HOST = env("HOST", "127.0.0.1")
PORT = env_int("PORT", 8000, least=1)
PUBLIC_URL = env_url("PUBLIC_URL", "http", "https")
WEB = env_int("WEB", 1, least=1)  # processes that `make demo` starts
WORKERS = env_int("WORKERS", 1, least=1)
DEBUG = env_bool("DEBUG", False)
SECRET_KEY = env("SECRET_KEY") or kept_secret(VAR_DIR / "secret.key")

DATABASE_URL = env_url("DATABASE_URL", "postgres", "postgresql")
REDIS_URL = env_url("REDIS_URL", "redis", "rediss", "unix")
DATABASES = {"default": database(DATABASE_URL, VAR_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The model and the memory service. Empty: the scripted model, the embedded service.

OPENAI_API_KEY = env("OPENAI_API_KEY")
OPENAI_BASE_URL = env_url("OPENAI_BASE_URL", "http", "https")
CHAT_MODEL = env("CHAT_MODEL", "gpt-4o-mini")
EXTRACT_MODEL = env("EXTRACT_MODEL") or CHAT_MODEL
EVALUATE_MODEL = env("EVALUATE_MODEL")
EMBEDDING_MODEL = env("EMBEDDING_MODEL")
MAAS_BASE_URL = env_url("MAAS_BASE_URL", "http", "https")
MAAS_API_KEY = env("MAAS_API_KEY")
MAAS_MOVE_API_KEY = env("MAAS_MOVE_API_KEY")
MAAS_WORKSPACE_ID = env("MAAS_WORKSPACE_ID", "anchorage")
MAAS_SERVICE_SOURCE = env("MAAS_SERVICE_SOURCE", "enterprise-tutor")
MAAS_INDEX_MB = env_int("MAAS_INDEX_MB", 128)
if MAAS_BASE_URL and not MAAS_API_KEY:
    msg = (
        "MAAS_BASE_URL is set but MAAS_API_KEY is not: the memory service needs a key."
    )
    raise ImproperlyConfigured(msg)
SCRIPTED_MODEL = not (OPENAI_BASE_URL or OPENAI_API_KEY)
EMBEDDED_MAAS = not MAAS_BASE_URL
# What the embedded service's checkout answers: "open", or one of its documented errors.
MAAS_CHECKOUT = env("MAAS_CHECKOUT", "open")
if MAAS_CHECKOUT not in {"open", "paused", "unpriced"}:
    msg = f"MAAS_CHECKOUT={MAAS_CHECKOUT!r} is neither open, paused nor unpriced."
    raise ImproperlyConfigured(msg)

# One turn.

RECALL_DEADLINE_MS = env_int("RECALL_DEADLINE_MS", 400, least=1)
MEMORY_ATOMS = env_int("MEMORY_ATOMS", 8, least=1)
MEMORY_TOKENS = env_int("MEMORY_TOKENS", 800, least=50)
CARD_TOKENS = env_int("CARD_TOKENS", 4_000, least=100)
LORE_TOKENS = env_int("LORE_TOKENS", 1_500)
SUMMARY_TOKENS = env_int("SUMMARY_TOKENS", 600)  # 0: conversations are not summarised
HISTORY_TOKENS = env_int("HISTORY_TOKENS", 6_000, least=100)
ADMIT_FOREIGN_ATOMS = env_bool("ADMIT_FOREIGN_ATOMS", False)
LEARN_GRACE_S = env_float("LEARN_GRACE_S", 3.0)
MEMORY_PROBE_S = env_float("MEMORY_PROBE_S", 60.0)
INSPECTOR_DAYS = env_int("INSPECTOR_DAYS", 30)  # 0: calls are not kept at all
MASTERY_GATE = env_float("MASTERY_GATE", 0.65)
MISCONCEPTION_ACTIVE = env_float("MISCONCEPTION_ACTIVE", 0.6)
if not (0 < MASTERY_GATE < 1 and 0 < MISCONCEPTION_ACTIVE < 1):
    msg = "MASTERY_GATE and MISCONCEPTION_ACTIVE must lie between 0 and 1."
    raise ImproperlyConfigured(msg)
MODEL_CONNECT_S = env_float("MODEL_CONNECT_S", 2.0)
MODEL_FIRST_TOKEN_S = env_float("MODEL_FIRST_TOKEN_S", 20.0)
MODEL_BETWEEN_TOKENS_S = env_float("MODEL_BETWEEN_TOKENS_S", 15.0)
MODEL_TOTAL_S = env_float("MODEL_TOTAL_S", 180.0)
DRAIN_S = env_float("DRAIN_S", 1.0 if DEBUG else 20.0)
MESSAGE_MAX_CHARS = 8_000

# How much one person may use; guests get less.

TURNS_PER_MINUTE = env_int("TURNS_PER_MINUTE", 20, least=1)
TOKENS_PER_DAY = env_int("TOKENS_PER_DAY", 200_000, least=1)
STREAMS_AT_ONCE = env_int("STREAMS_AT_ONCE", 3, least=1)
GUEST_TURNS_PER_MINUTE = env_int("GUEST_TURNS_PER_MINUTE", 10, least=1)
GUEST_TOKENS_PER_DAY = env_int("GUEST_TOKENS_PER_DAY", 40_000, least=1)
GUEST_STREAMS_AT_ONCE = env_int("GUEST_STREAMS_AT_ONCE", 2, least=1)
UNDO_S = env_int("UNDO_S", 10, least=1)
DELETED_CHARACTER_DAYS = env_int("DELETED_CHARACTER_DAYS", 7)  # then they are purged
OWN_CHARACTERS = env_int("OWN_CHARACTERS", 3000, least=1)
GUEST_CHARACTERS = env_int("GUEST_CHARACTERS", 300, least=1)
GUEST_DAYS = env_int("GUEST_DAYS", 30, least=1)
GUESTS_PER_HOUR = env_int("GUESTS_PER_HOUR", 20, least=1)  # new ones from one address
REPLIES_ENABLED = env_bool("REPLIES_ENABLED", True)

# Hosts and origins.

ALLOWED_HOSTS = [
    host.strip() for host in env("ALLOWED_HOSTS").split(",") if host.strip()
]
if not ALLOWED_HOSTS:
    ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
    if HOST not in {"0.0.0.0", "::", *ALLOWED_HOSTS}:
        ALLOWED_HOSTS.append(HOST)
    if PUBLIC_URL:
        ALLOWED_HOSTS.append(urlsplit(PUBLIC_URL).hostname or "")
if "*" in ALLOWED_HOSTS:
    msg = "ALLOWED_HOSTS may not contain '*': any site could then talk to our sockets."
    raise ImproperlyConfigured(msg)
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
SECURE = PUBLIC_URL.startswith("https://")
SESSION_ENGINE = "chatapp.accounts.sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
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
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
    }
}

# Django.

INSTALLED_APPS = [
    # Makes runserver speak WebSocket; must stand before staticfiles. Left out of all
    # other commands: it brings Twisted along, 0.4 s and 20 MB that nothing else uses.
    *(["daphne"] if sys.argv[1:2] == ["runserver"] else []),
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "channels",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "chatapp.operations",
    "chatapp.language",
    "chatapp.accounts",
    "chatapp.characters",
    "chatapp.conversations",
    "chatapp.memories",
    "tutor",
    "embedded.maas",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Synchronous only, on purpose: everything below then runs in one thread per
    # request, where a chain of async-capable middleware would hop for each of them.
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Behind the one above: the account knows in which language its pages are.
    "chatapp.language.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "chatapp.accounts.middleware.ZoneMiddleware",
    "chatapp.accounts.middleware.LastSeenMiddleware",
    "chatapp.accounts.middleware.GuestPagesMiddleware",
    "chatapp.offline.whose.LeavingMiddleware",
]
ROOT_URLCONF = "chatapp.urls"
ASGI_APPLICATION = "chatapp.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "chatapp.operations.page.site",
                "chatapp.offline.whose.whose",
            ],
            # Its `date` says when a moment is told in no known zone.
            "builtins": ["chatapp.accounts.templatetags.zones"],
        },
    },
]
CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}
if REDIS_URL:
    CHANNEL_LAYERS["default"] = {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        # redis-py 8 closes idle connections after 5 s unless told otherwise.
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}]},
    }

# allauth counts wrong passwords here; several processes share a Redis while it is there.
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        # The default of 300 would let a flood push out the counts that limit it.
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
}
if REDIS_URL:
    # Only then: the library takes ten megabytes in each process.
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    CACHES["default"] = {
        "BACKEND": "chatapp.operations.shared_counts.SharedCounts",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "anchorage",
        "OPTIONS": {
            "socket_timeout": 1.0,
            "socket_connect_timeout": 1.0,
            "retry": Retry(NoBackoff(), 0),
        },
    }

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ko", "한국어"), ("ja", "日本語")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Accounts.

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_ADAPTER = "chatapp.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "chatapp.accounts.forms.LoginForm",
    "signup": "chatapp.accounts.forms.SignupForm",
}
# A guest is signed in, and still has to reach sign-up and sign-in.
ACCOUNT_AUTHENTICATED_LOGIN_REDIRECTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Anchorage: "
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SECURE else "http"
# Behind a proxy: how many of them, so that X-Forwarded-For names the visitor.
ALLAUTH_TRUSTED_PROXY_COUNT = env_int("TRUSTED_PROXIES", 0)
EMAIL_BACKEND = env("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", "anchorage@localhost")
DEMO_PASSWORD = env("DEMO_PASSWORD", "harbour-light")

# Jobs.

PROCRASTINATE_IMPORT_PATHS = [
    "chatapp.conversations.tasks",
    "chatapp.conversations.export_tasks",
]

# Logs carry no message text and no key.

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "chatapp.operations.discreet_log.DiscreetFormatter",
            "fmt": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    # These would log requests, and so what people said, when LOG_LEVEL is DEBUG.
    "loggers": {
        name: {"level": "WARNING"}
        for name in ("openai", "httpx", "httpcore", "httpx2", "httpcore2")
    },
    "root": {"handlers": ["stderr"], "level": env("LOG_LEVEL", "WARNING").upper()},
}
