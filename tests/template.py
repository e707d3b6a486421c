"""One migrated database for many test runs: made once for each state of the models and migrations, then copied.

Migrating takes longer than most test files; a copy takes a blink. Copies are made inside PostgreSQL (``CREATE DATABASE ...
TEMPLATE``) or of the SQLite file. Templates that nobody used for a week are removed when a new one is made.
"""

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.conf import settings
from django.db.backends.base.creation import BaseDatabaseCreation

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

PREFIX = "coremis_template_"
FOLDER = Path(tempfile.gettempdir())
UNUSED = 7 * 24 * 3600  # seconds
Make = Callable[[str], None]


def let_tests_copy() -> None:
    """Make Django's test runner copy a template instead of migrating; a database that is kept is left to Django."""
    original = BaseDatabaseCreation.create_test_db

    def create(self: Any, verbosity: int = 1, autoclobber: bool = False, serialize: Any = None, keepdb: bool = False) -> str:
        if keepdb or self.connection.vendor not in COPIERS:
            return original(self, verbosity, autoclobber, serialize, keepdb)
        name = self._get_test_db_name()

        def make(template: str) -> None:
            wanted = self.connection.settings_dict["TEST"]["NAME"]
            self.connection.settings_dict["TEST"]["NAME"] = template
            original(self, 0, True, None, False)
            self.connection.close()
            self.connection.settings_dict["TEST"]["NAME"] = wanted

        before = self.connection.settings_dict["NAME"]
        self.connection.close()
        COPIERS[self.connection.vendor](self, name, before, make)
        settings.DATABASES[self.connection.alias]["NAME"] = self.connection.settings_dict["NAME"] = name
        self.connection.ensure_connection()
        return str(name)

    BaseDatabaseCreation.create_test_db = create  # type: ignore[method-assign]  # replaced on purpose, for tests only


def fingerprint() -> str:
    """Changes whenever a migrated database could look different."""
    digest = hashlib.sha256(f"{django.VERSION} {settings.INSTALLED_APPS}".encode())
    for config in apps.get_app_configs():
        folder = Path(config.path)
        for pattern in ("migrations/*.py", "models.py", "models/*.py", "apps.py", "triggers.py", "numbers.py"):
            for path in sorted(folder.glob(pattern)):
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def sqlite_template() -> Path:
    """Where the migrated file lies once a test run has made it."""
    return FOLDER / f"{PREFIX}{fingerprint()}.sqlite3"


def copy_postgresql(creation: Any, name: str, before: str, make: Make) -> None:
    """Under a lock of the server, so that two runs that begin together make one template."""
    template = PREFIX + fingerprint()
    with creation._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [template])
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template])
        if not cursor.fetchone():
            _remove_unused_databases(cursor)
            making = f"{template}_{os.getpid()}"
            make(making)
            creation.connection.settings_dict["NAME"] = settings.DATABASES[creation.connection.alias]["NAME"] = before
            cursor.execute(f'ALTER DATABASE "{making}" RENAME TO "{template}"')
        cursor.execute(f"COMMENT ON DATABASE \"{template}\" IS '{int(time.time())}'")
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def _remove_unused_databases(cursor: Any) -> None:
    cursor.execute("SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database WHERE datname LIKE %s", [f"{PREFIX}%"])
    for old, used in cursor.fetchall():
        if used and int(used) < time.time() - UNUSED:
            cursor.execute(f'DROP DATABASE IF EXISTS "{old}"')


def copy_sqlite(creation: Any, name: str, before: str, make: Make) -> None:
    """The file, from the folder for temporary files; what an earlier run left beside the old one goes with it."""
    template = sqlite_template()
    with alone(template.with_suffix(".lock")):
        if not template.exists():
            for old in FOLDER.glob(f"{PREFIX}*.sqlite3"):
                if old.stat().st_mtime < time.time() - UNUSED:
                    old.unlink(missing_ok=True)
            making = template.with_suffix(f".{os.getpid()}")
            make(str(making))
            creation.connection.settings_dict["NAME"] = settings.DATABASES[creation.connection.alias]["NAME"] = before
            making.replace(template)
        os.utime(template)
        for end in ("", "-wal", "-shm"):
            Path(f"{name}{end}").unlink(missing_ok=True)
        shutil.copyfile(template, name)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Where the system can lock files, one run at a time."""
    with path.open("w") as handle:
        if fcntl is not None:
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


COPIERS: dict[str, Callable[[Any, str, str, Make], None]] = {"postgresql": copy_postgresql, "sqlite": copy_sqlite}
