"""The command ``coremis``: serve, worker, demo, migrate, audit, bench and Django's own commands."""

import os
import sys
from importlib.metadata import version

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError, connection

from coremis.kernel.base.refusal import Refusal


def main() -> None:
    """Run one command; a wrong configuration or a refusal ends in its sentence instead of a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coremis.project.settings")
    if sys.argv[1:2] == ["demo"]:
        os.environ.setdefault("COREMIS_ENVIRONMENT", "demo")
        os.environ.setdefault("COREMIS_DATA_DIR", "var/demo")
    if sys.argv[1:] in (["--version"], ["version"]):
        print(f"CORE-MIS {version('coremis')}")
        return
    try:
        execute_from_command_line(["coremis", *sys.argv[1:]])
    except (ImproperlyConfigured, Refusal) as problem:
        sys.exit(str(problem))
    except OperationalError as problem:
        if connection.connection is not None:
            raise
        reason = " ".join(str(problem).split())
        sys.exit(f"The database cannot be reached: {reason}. Look whether it runs, and at COREMIS_DATABASE_URL, then try again.")


if __name__ == "__main__":
    main()
