"""Copies of a database, and processes that work on one."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from django.db import connection

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def on_a_copy(name: str) -> Iterator[str]:
    """Everything inside happens in a copy of the database as it is now; the copy is thrown away."""
    source = str(connection.settings_dict["NAME"])
    copy = f"{source}_{name}"
    connection.close()
    make_copy(source, copy)
    connection.settings_dict["NAME"] = copy
    try:
        yield copy
    finally:
        connection.close()
        connection.settings_dict["NAME"] = source
        remove(copy)


def make_copy(source: str, copy: str) -> None:
    """On PostgreSQL a template; on SQLite a second file. Nobody else may be in the source."""
    remove(copy)
    if connection.vendor == "postgresql":
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{source}"')
    else:
        with closing(sqlite3.connect(source)) as opened:
            opened.execute("VACUUM INTO ?", [copy])


def remove(copy: str) -> None:
    """Throw a copy away, if it is there."""
    if connection.vendor == "postgresql":
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')
        return
    for end in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            Path(copy + end).unlink()


def url() -> str:
    """The address of the database in use, as an installation names it."""
    held = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{Path(str(held['NAME'])).resolve()}"
    person = f"{quote(held['USER'])}:{quote(held['PASSWORD'])}@" if held["USER"] else ""
    place = f"{held['HOST']}:{held['PORT']}" if held["PORT"] else held["HOST"]
    return f"postgresql://{person}{place}/{quote(str(held['NAME']))}"


def environment() -> dict[str, str]:
    """What a process needs to work on the database in use."""
    return {**os.environ, "COREMIS_DATABASE_URL": url(), "DJANGO_SETTINGS_MODULE": "coremis.project.settings"}


def start(*words: str) -> "subprocess.Popen[str]":
    """A process of ``python -m words`` on the database in use."""
    connection.close()
    command = [sys.executable, "-m", *words]
    return subprocess.Popen(command, env=environment(), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
