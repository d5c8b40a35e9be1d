"""Typed readers of the environment. A secret may stand in `NAME` or, better, in the file that `NAME_FILE` names."""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


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
    """The secret from the environment, or one made at random in `file` (mode 0600) by whoever comes first."""
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


def database(url: str) -> dict[str, Any]:
    """Django's database settings for a `postgresql://` or `sqlite:///` URL."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
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
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": query.get("host") or parts.hostname or "",
            "PORT": str(parts.port or query.get("port", "")),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            # A connection makes the same statements again and again: each is planned once. It halves what a disk key
            # costs PostgreSQL.
            "OPTIONS": {"server_side_binding": True, "prepare_threshold": 5},
        }
    raise ImproperlyConfigured("DATABASE_URL must start with postgresql:// or sqlite:///.")
