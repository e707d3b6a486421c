"""A working day at full load: people of different seats at the screen while a payroll, an import and a campaign run.

    COREMIS_DATABASE_URL=postgresql:///any python -m tests.proof.under_load --households 250000 --minutes 10

Makes a scratch database beside the configured one, serves it on the loopback address with one worker, lets eight people click for the given
minutes, and throws everything away. Prints the response times by page; the last line says whether nothing failed, was lost or was doubled, the
ledger proved itself and the history verified. The exit code is 1 where anything did not.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

import django


def main() -> int:
    """Read what was asked, and do it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coremis.project.settings")
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--households", type=int, default=100_000, help="Of four persons each.")
    asked.add_argument("--imported", type=int, default=20_000, help="Persons of the file that is brought meanwhile.")
    asked.add_argument("--minutes", type=float, default=2.0)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["COREMIS_DATA_DIR"] = folder
        django.setup()
        from django.db import connection

        from tests.proof.load_day import Day

        name = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            return Day(options.households, options.imported, options.minutes, Path(folder)).run()
        finally:
            connection.close()
            connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    sys.exit(main())
