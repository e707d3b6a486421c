"""The database of a backup: one consistent moment of it, taken and put back with the database's own tools."""

import os
import re
import sqlite3
import subprocess
from contextlib import closing, suppress
from pathlib import Path
from shutil import copyfile, which
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg.conninfo import make_conninfo

from coremis.kernel.base.refusal import Refusal

PARTS = {"postgresql": "database.dump", "sqlite": "database.sqlite3"}
CLIENT = "Install the PostgreSQL client programs of at least the server's version (Debian: postgresql-client), then try again."


def take(folder: Path) -> dict[str, int]:
    """Write the database into the folder; gives the rows of each table at the very same moment."""
    path = folder / PARTS[connection.vendor]
    return take_postgresql(path) if connection.vendor == "postgresql" else take_sqlite(path)


def take_postgresql(path: Path) -> dict[str, int]:
    """``pg_dump`` and the counts share one snapshot; then the dump is read once to see that it is whole."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        program("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={path}", connected())
        counted = counts(cursor)
    program("pg_restore", "--file=" + os.devnull, str(path))
    return counted


def take_sqlite(path: Path) -> dict[str, int]:
    """The online copy of SQLite: others may go on writing meanwhile."""
    with closing(sqlite3.connect(file_name())) as source, closing(sqlite3.connect(path)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
        return checked(copy)


def checked(copy: sqlite3.Connection) -> dict[str, int]:
    """The rows of each table of a SQLite file, after it proved to be sound."""
    (sound,) = copy.execute("PRAGMA integrity_check").fetchone()
    if sound != "ok":
        raise Refusal(f"The database is damaged: {sound}. Restore the last good backup.")
    return counts(copy.cursor())


def put_back(folder: Path) -> None:
    """Fill the empty database of this installation; killed half way it is empty still."""
    path = folder / PARTS[connection.vendor]
    if connection.vendor == "postgresql":
        connection.close()
        program(
            "pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", f"--dbname={connected()}", str(path)
        )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # a dump carries no statistics: without them the first work takes hours
        return
    connection.close()
    waiting = Path(f"{file_name()}.restoring")
    copyfile(path, waiting)
    with waiting.open("rb") as file:
        os.fsync(file.fileno())
    for end in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            Path(file_name() + end).unlink()
    waiting.replace(file_name())


def is_empty() -> bool:
    """Whether the database of this installation holds no table at all."""
    return not connection.introspection.table_names()


def rows() -> dict[str, int]:
    """The rows of each table as they are now."""
    with connection.cursor() as cursor:
        return counts(cursor)


def counts(cursor: CursorWrapper | sqlite3.Cursor) -> dict[str, int]:
    """The rows of each table, by name."""
    known = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
    if connection.vendor == "postgresql":
        known = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    cursor.execute(known)
    found = {}
    for (table,) in sorted(cursor.fetchall()):
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        found[table] = cursor.fetchone()[0]
    return found


def file_name() -> str:
    """The file of a SQLite database; one in memory cannot be kept."""
    name = str(connection.settings_dict["NAME"])
    if ":memory:" in name or "mode=memory" in name:
        raise Refusal("A database in memory cannot be backed up. Use a file or PostgreSQL.")
    return name


def connected() -> str:
    """How PostgreSQL's own programs reach this database; the password goes by the environment, where nobody else sees it."""
    held: dict[str, Any] = connection.settings_dict
    further = {name: value for name, value in held["OPTIONS"].items() if name.startswith("ssl")}
    named = {"dbname": held["NAME"], "user": held["USER"], "host": held["HOST"], "port": held["PORT"]}
    return make_conninfo(**{name: value for name, value in named.items() if value}, **further)


def program(name: str, *words: str) -> None:
    """Run one of PostgreSQL's own programs; what it complains about becomes a sentence."""
    if which(name) is None:
        raise Refusal(f"The program {name} is missing. {CLIENT}")
    password = {"PGPASSWORD": connection.settings_dict["PASSWORD"]} if connection.settings_dict["PASSWORD"] else {}
    done = subprocess.run([name, *words], env={**os.environ, **password}, capture_output=True, text=True, check=False)
    if done.returncode:
        complaint = re.sub(r"\s+", " ", done.stderr).strip()[:500]
        hint = f" {CLIENT}" if "version mismatch" in complaint else ""
        raise Refusal(f"{name} failed: {complaint}{hint}")
