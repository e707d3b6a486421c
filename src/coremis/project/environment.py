"""Reading the installation's settings from environment variables, failing with a sentence."""

import os
import secrets
from collections.abc import Collection
from contextlib import suppress
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlparse
from zoneinfo import available_timezones

from django.core.exceptions import ImproperlyConfigured

# Disks without moving parts, and statements that are short or run once: with PostgreSQL's own defaults, work in key ranges
# reads whole tables again for every range (a payroll of 300,000: 57 s against 29 s).
PLANNER = "-c random_page_cost=1.1 -c jit=off"


def text(name: str, default: str = "") -> str:
    """The variable as text without surrounding blanks; one that is empty counts as if it were not there."""
    return os.environ.get(name, "").strip() or default


def choice(name: str, default: str, allowed: Collection[str]) -> str:
    """The variable as one of the allowed words."""
    value = text(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be {' or '.join(allowed)}; it is “{value}”. Correct it and start again.")
    return value


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated variable as a list of words."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def time_zone(name: str, default: str) -> str:
    """The variable as the name of a time zone."""
    value = text(name, default)
    if value not in available_timezones():
        raise ImproperlyConfigured(f"{name} must be a time zone such as Africa/Bujumbura; it is “{value}”. Correct it and start again.")
    return value


def hosts(name: str, default: str) -> list[str]:
    """A comma-separated variable as bare host names."""
    found = words(name, default)
    for host in found:
        if "/" in host or (":" in host and not host.startswith("[")):
            raise ImproperlyConfigured(f"{name} takes bare names such as mis.example.org, without a port, not “{host}”.")
    return found


def origins(name: str) -> list[str]:
    """A comma-separated variable as addresses that begin with https:// or http:// and end with the host or its port."""
    found = [address.removesuffix("/") for address in words(name)]
    for address in found:
        parts = urlparse(address)
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path:
            raise ImproperlyConfigured(f"{name} takes whole addresses such as https://mis.example.org, not “{address}”.")
    return found


def addresses(name: str, default: str) -> list[str]:
    """A comma-separated variable as IP addresses or networks; never a name, and never everybody."""
    found = words(name, default)
    for address in found:
        try:
            ip_network(address)
        except ValueError:
            raise ImproperlyConfigured(f"{name} takes IP addresses or networks such as 10.1.2.3 or 10.1.2.0/24, not “{address}”.") from None
    return found


def number(name: str, default: int, least: int = 1) -> int:
    """The variable as a whole number, or a sentence that names it."""
    value = text(name, str(default))
    if not value.isdecimal() or int(value) < least:
        raise ImproperlyConfigured(f"{name} must be a whole number from {least} upwards; it is “{value}”. Correct it and start again.")
    return int(value)


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
    folder(path.parent)
    try:
        if not path.exists():
            make_key(path)
        found = path.read_text().strip()
    except OSError as problem:
        raise ImproperlyConfigured(unusable(path, problem)) from None
    if not found:
        raise ImproperlyConfigured(f"{path} is empty. Put the key back that this installation was set up with.")
    return found


def make_key(path: Path) -> None:
    """Write a new key, whole or not at all; of two processes that do so at once one wins."""
    waiting = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            os.link(waiting, path)
    finally:
        waiting.unlink(missing_ok=True)


def folder(path: Path) -> None:
    """Make a folder of the installation where it is missing, for the product's user alone."""
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as problem:
        raise ImproperlyConfigured(unusable(path, problem)) from None


def unusable(path: Path, problem: OSError) -> str:
    """What to do about a file or folder of the installation that this user cannot use."""
    remedy = "Look at the disk, and at COREMIS_DATA_DIR, which names the folder."
    if isinstance(problem, PermissionError):
        remedy = "It must belong to the user of the services, who also runs every command; COREMIS_DATA_DIR names the folder."
    return f"{path} cannot be used: {problem.strerror}. {remedy}"


def database(url: str, data_dir: Path) -> dict[str, Any]:
    """Django's settings for ``sqlite:///path`` (also ``sqlite:///:memory:``) or ``postgresql://user:password@host:port/name``."""
    try:
        parts = urlparse(url)
        port = str(parts.port or "")
    except ValueError:
        raise ImproperlyConfigured(
            "COREMIS_DATABASE_URL cannot be read. Its form is postgresql://user:password@host:port/name; "
            "signs such as @ / : # in the password are written %40 %2F %3A %23."
        ) from None
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
            "PORT": port,
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
