"""Typed readers of the environment. A secret may stand in `NAME` or, better, in the file that `NAME_FILE` names."""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from notices.time_zones import known_zones
from portal.phone import HOW_TO_WRITE, is_phone

# Of libpq's parameters those that a DATABASE_URL may hold; one that nobody reads would be a promise that is not kept.
_LIBPQ = frozenset({"host", "port", "sslmode", "sslrootcert", "target_session_attrs"})
# A server that vanishes without a word: noticed in some ten seconds, and the next of several hosts is tried (libpq's
# parameters, in seconds but for the last).
_NOTICE_SILENCE = {
    "connect_timeout": 3,
    "keepalives_idle": 4,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
_REDIS = frozenset({"redis", "rediss", "redis+socket"})


def text(name: str, default: str) -> str:
    return os.environ.get(name, "").strip() or default


def flag(name: str) -> bool:
    return os.environ.get(name, "").strip().lower() in {"1", "true", "yes", "on"}


def number(name: str, default: int, *, at_least: int = 0) -> int:
    raw = text(name, str(default))
    try:
        value = int(raw)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {raw!r}.") from None
    if value < at_least:
        raise ImproperlyConfigured(f"{name} must be at least {at_least}, not {value}.")
    return value


def choice(name: str, *allowed: str) -> str:
    """The first one is the default. Anything unknown is refused: a typing error must not mean the other one."""
    if (chosen := text(name, allowed[0])) not in allowed:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(allowed)}, not {chosen!r}.")
    return chosen


def phone(name: str) -> str:
    """Empty if it is unset."""
    if (written := text(name, "")) and not is_phone(written):
        raise ImproperlyConfigured(f"{name} must be {HOW_TO_WRITE}, not {written!r}.")
    return written


def time_zone(name: str) -> str:
    """UTC if it is unset."""
    if (written := text(name, "UTC")) not in known_zones():
        raise ImproperlyConfigured(f"{name} must be a time zone like Europe/Berlin, not {written!r}.")
    return written


def words(name: str, default: str) -> list[str]:
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def secret(name: str) -> str | None:
    """The secret, or None. The file wins, since an environment is easier to read from outside than a file."""
    if file := os.environ.get(f"{name}_FILE", "").strip():
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE: cannot read {file}: {error.strerror}.") from None
    return os.environ.get(name, "").strip() or None


def secret_made_once(name: str, file: Path) -> str:
    """The secret from the environment, or one made at random in `file` (mode 0600) by the first process that comes."""
    if given := secret(name):
        return given
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="utf-8").strip()
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write(made := secrets.token_urlsafe(50))
    return made


def limits_store(url: str | None, *, broker_url: str) -> str:
    """Where limits are counted: `database`, or a Redis as redis-py spells it. By default the broker's, if it is one."""
    chosen = url or (broker_url if urlsplit(broker_url).scheme in _REDIS else "database")
    parts = urlsplit(chosen)
    if chosen == "database" or (parts.scheme in {"redis", "rediss", "unix"} and ";" not in chosen):
        return chosen
    if parts.scheme == "redis+socket" and ";" not in chosen:
        # As Celery spells a socket.
        number = parse_qs(parts.query).get("virtual_host", ["0"])[-1].strip("/")
        return f"unix://{parts.netloc}{parts.path}?db={number}"
    # Not repeated here: a password may stand in it.
    raise ImproperlyConfigured(
        "NSMAAS_LIMITS_URL, or if it is unset CELERY_BROKER_URL, must name one Redis (redis://host:6379/0, or"
        " redis+socket:///path); NSMAAS_LIMITS_URL may also be 'database'."
    )


def database_url(state: Path) -> str:
    """`embedded` is SQLite in the state directory. It must be asked for: a process that has lost its settings would
    otherwise begin again with an empty database, and say nothing.
    """
    if not (given := secret("DATABASE_URL")):
        raise ImproperlyConfigured(
            "DATABASE_URL is not set. On a portal's host use `nsm-portal manage ...`, which knows the settings; in a"
            " checkout set DATABASE_URL=embedded for SQLite in NSMAAS_STATE_DIR."
        )
    return f"sqlite:///{state / 'portal.sqlite3'}" if given == "embedded" else given


def database(url: str, *, login: str) -> dict[str, Any]:
    """Django's database settings for a `postgresql://` or `sqlite:///` URL. `login` is for one that names no user."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite" and not parts.netloc and parts.path.strip("/"):
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path),
            # A file, since connections of several threads to one in-memory database lock each other's tables.
            "TEST": {"NAME": f"{unquote(parts.path)}.test"},
            "OPTIONS": {
                # IMMEDIATE takes the write lock at BEGIN: it stands in for the row locks that SQLite lacks, and a
                # transaction that reads first and writes later cannot fail half-way with "database is locked".
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
            },
        }
    if parts.scheme in {"postgresql", "postgres"}:
        query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        if unknown := query.keys() - _LIBPQ:
            raise ImproperlyConfigured(
                f"DATABASE_URL: {', '.join(sorted(unknown))} is not among what may follow its question mark:"
                f" {', '.join(sorted(_LIBPQ))}."
            )
        host = query.get("host") or parts.hostname or ""
        connecting: dict[str, Any] = {key: query[key] for key in query.keys() - {"host", "port"}}
        if host and not host.startswith("/"):
            connecting |= _NOTICE_SILENCE
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or login),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": host,
            "PORT": str(parts.port or query.get("port", "")),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            # A connection makes the same statements again and again: each is planned once. It halves what a disk key
            # costs PostgreSQL.
            "OPTIONS": {"server_side_binding": True, "prepare_threshold": 5, **connecting},
        }
    raise ImproperlyConfigured("DATABASE_URL must be `embedded`, or start with postgresql:// or sqlite:///.")


def pooled(database: dict[str, Any], *, connections: int) -> dict[str, Any]:
    """What to change in `database` for a process whose threads share so many connections. PostgreSQL's alone."""
    if not database["ENGINE"].endswith("postgresql"):
        return {}
    pool = {"min_size": 1, "max_size": connections, "timeout": 10}
    return {
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": False,
        "OPTIONS": {**database["OPTIONS"], "pool": pool},
    }
