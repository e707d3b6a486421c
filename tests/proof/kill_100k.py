"""100,000 households suspended by one set-based action and brought back, the worker killed with SIGKILL again and again.

    COREMIS_DATABASE_URL=postgresql:///any python -m tests.proof.kill_100k --rows 100000

Makes a scratch database beside the configured one, and throws it away. In one copy of it nobody is killed; in a second one
``coremis worker`` dies at every chunk boundary; in a third one it is killed from outside at ten random moments of the suspension and
ten of the undoing. The digest of all business tables must be the same in all three; after the undoing, the beneficiaries must be
what they were before. The last line says so, and the exit code is 1 where anything differs.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

import django
from django.conf import settings


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coremis.project.settings")
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--rows", type=int, default=100_000)
    asked.add_argument("--seed", type=int, default=1)
    options = asked.parse_args()
    django.setup()
    from django.db import connection

    from tests.proof.suspension import Proof
    from tests.proof.workers import compare

    with tempfile.TemporaryDirectory() as folder:
        if connection.vendor == "sqlite":
            connection.settings_dict["TEST"]["NAME"] = str(Path(folder) / "scratch.sqlite3")
        settings.CACHES["default"]["BACKEND"] = "django.core.cache.backends.locmem.LocMemCache"
        name = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            return compare(Proof(options.rows, options.seed))
        finally:
            connection.close()
            connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    sys.exit(main())
