"""A second installation, empty, for what is taken from the first: its own database, data folder and keys."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import override_settings

from coremis.project.environment import key
from tests.proof.scratch import remove


@contextmanager
def elsewhere(folder: Path, **changed: Any) -> Iterator[Path]:
    """Everything inside happens in the other installation; its database is thrown away afterwards."""
    source = str(connection.settings_dict["NAME"])
    name = f"{source}_elsewhere"
    connection.close()
    empty(name)
    folder.mkdir(exist_ok=True)
    for kept in ("data_key", "secret_key"):
        key("NO_SUCH_VARIABLE", folder / "keys" / kept)
    connection.settings_dict["NAME"] = name
    try:
        with override_settings(**{"DATA_DIR": folder, "MEDIA_ROOT": folder / "files", "SECRET_KEY": settings.SECRET_KEY, **changed}):
            yield folder
    finally:
        connection.close()
        connection.settings_dict["NAME"] = source
        remove(name)


def empty(name: str) -> None:
    """A database without a table."""
    remove(name)
    if connection.vendor == "postgresql":
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
