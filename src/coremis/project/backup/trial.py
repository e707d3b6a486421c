"""A restore for a trial: the true restore, into a scratch installation beside this one that is thrown away afterwards."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote, urlsplit, urlunsplit

from django.conf import settings
from django.db import ProgrammingError, connection

from coremis.kernel.base.refusal import Refusal
from coremis.project.backup.keys import KEYS, keys_in_use


def attempt(folder: Path) -> tuple[bool, str]:
    """Restore a backup into a scratch database and folder; whether it held, and what the restore said."""
    with TemporaryDirectory(prefix="trial-", dir=settings.DATA_DIR) as place, scratch_database(Path(place)) as url:
        command = [sys.executable, "-m", "coremis.project.cli", "restore", str(folder.resolve())]
        keys = {KEYS[name]: key for name, key in keys_in_use().items()}
        mine = {"COREMIS_DATABASE_URL": url, "COREMIS_DATA_DIR": place, "DJANGO_SETTINGS_MODULE": "coremis.project.settings"}
        done = subprocess.run(command, env={**os.environ, **keys, **mine}, capture_output=True, text=True, check=False)
    return done.returncode == 0, (done.stdout + done.stderr).strip()


@contextmanager
def scratch_database(place: Path) -> Iterator[str]:
    """The address of an empty database that is gone afterwards."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{place.resolve() / 'trial.sqlite3'}"
        return
    name = f"{connection.settings_dict['NAME']}_trial_{os.getpid()}"
    server(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
    try:
        yield urlunsplit(urlsplit(settings.DATABASE_URL)._replace(path=f"/{quote(name)}"))
    finally:
        server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def server(statement: str) -> None:
    """Run a statement outside any database of ours."""
    try:
        with connection._nodb_cursor() as cursor:
            cursor.execute(statement)
    except ProgrammingError as problem:
        raise Refusal(
            f"A trial needs a database of its own ({str(problem).strip()}). Let a database administrator run: "
            f"ALTER ROLE {connection.settings_dict['USER'] or 'coremis'} CREATEDB"
        ) from problem
