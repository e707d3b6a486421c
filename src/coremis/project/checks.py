"""What must hold before the program works on a database: its tables are those of this release, and the key is the one it was written with.

Looked at by ``coremis serve``, ``coremis worker`` and ``coremis check --database default``; not by ``coremis migrate``, the remedy.
"""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from coremis.kernel.actions.events import stamp_of
from coremis.kernel.actions.models import Event
from coremis.kernel.base.refusal import Refusal

LOOKED_AT = 5
LOST = "The data key does not fit this database: what it holds was written with another key."
HINT = "Put the right key into {place}, or into COREMIS_DATA_KEY, and start again. Until then nobody may work here."


def check_database(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Tables of another release, or another key, stop the start."""
    problems: list[CheckMessage] = []
    for alias in databases or ():
        found = problems_of_tables(alias)
        if not found and not key_fits(alias):
            found = [Error(LOST, hint=HINT.format(place=settings.DATA_DIR / "keys" / "data_key"), id="project.E003")]
        problems += found
    return problems


def problems_of_tables(alias: str) -> list[CheckMessage]:
    """Changes that this release knows and the database lacks, or the other way round. What belongs to parts that are off does not count."""
    loader = MigrationLoader(connections[alias], ignore_no_migrations=True)
    known, applied = set(loader.disk_migrations), set(loader.applied_migrations)
    if not applied:
        return [Error("The database has no tables yet.", hint="Run: coremis migrate", id="project.E001")]
    if lacking := sorted(known - applied):
        words = f"The tables are those of a former release: {len(lacking)} changes are missing, the first is {'.'.join(lacking[0])}."
        return [Error(words, hint="Run: coremis migrate", id="project.E001")]
    if beyond := sorted(key for key in applied - known if key[0] in loader.migrated_apps):
        words = f"The tables are those of a newer release: this one does not know {'.'.join(beyond[0])}."
        return [Error(words, hint="Install the newer release, or restore the backup made before it.", id="project.E002")]
    return []


def key_fits(alias: str = "default") -> bool:
    """Whether the history bears the stamp of this installation's data key. One changed entry is not the key's fault: several are asked."""
    rows = Event.objects.using(alias)
    asked = [*rows.order_by("pk")[:LOOKED_AT], *rows.order_by("-pk")[:LOOKED_AT]]
    return not asked or any(event.stamp == stamp_of(event) for event in asked)


def require_fitting_key() -> None:
    """Refuse work whose result nobody could use."""
    if not key_fits():
        raise Refusal(f"{LOST} {HINT.format(place=settings.DATA_DIR / 'keys' / 'data_key')}")
