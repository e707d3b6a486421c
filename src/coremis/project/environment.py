"""Reading the installation's settings from environment variables, failing with a sentence."""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlparse

from django.core.exceptions import ImproperlyConfigured

# Disks without moving parts, and statements that are short or run once: with PostgreSQL's own defaults, work in key ranges
# reads whole tables again for every range (a payroll of 300,000: 57 s against 29 s).
PLANNER = "-c random_page_cost=1.1 -c jit=off"


def text(name: str, default: str = "") -> str:
    """The variable as text without surrounding blanks."""
    return os.environ.get(name, default).strip()


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated variable as a list of words."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def number(name: str, default: int) -> int:
    """The variable as a whole number, or a sentence that names it."""
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number; it is “{value}”. Correct it and start again.") from None


def switch(name: str, default: bool = False) -> bool:
    """The variable as yes or no."""
    value = text(name, "yes" if default else "no").lower()
    if value not in {"yes", "no", "true", "false", "1", "0", "on", "off"}:
        raise ImproperlyConfigured(f"{name} must be yes or no; it is “{value}”. Correct it and start again.")
    return value in {"yes", "true", "1", "on"}


def key(name: str, path: Path) -> str:
    """A secret from the variable, else from a file that is made once with random content (mode 600)."""
    if text(name):
        return text(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text().strip()


def database(url: str, data_dir: Path) -> dict[str, Any]:
    """Django's settings for ``sqlite:///path`` (also ``sqlite:///:memory:``) or ``postgresql://user:password@host:port/name``."""
    parts = urlparse(url)
    if parts.scheme == "sqlite":
        name = unquote(parts.path[1:]) or str(data_dir / "coremis.sqlite3")
        return sqlite(name)
    if parts.scheme in {"postgresql", "postgres"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path[1:]),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {"options": PLANNER, **dict(parse_qsl(parts.query))},
        }
    raise ImproperlyConfigured(f"COREMIS_DATABASE_URL must begin with sqlite: or postgresql:, not “{parts.scheme}:”.")


def sqlite(name: str) -> dict[str, Any]:
    """SQLite as measured: write-ahead log, immediate transactions (deferred ones fail half of concurrent writes)."""
    pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY;"
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": name,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 30, "init_command": pragmas},
    }
