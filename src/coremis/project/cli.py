"""The command ``coremis``: serve, worker, demo, migrate, audit, bench and Django's own commands."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from coremis.kernel.base.refusal import Refusal


def main() -> None:
    """Run one command; a wrong configuration or a refusal ends in its sentence instead of a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coremis.project.settings")
    if sys.argv[1:2] == ["demo"]:
        os.environ.setdefault("COREMIS_ENVIRONMENT", "demo")
        os.environ.setdefault("COREMIS_DATA_DIR", "var/demo")
    try:
        execute_from_command_line(["coremis", *sys.argv[1:]])
    except (ImproperlyConfigured, Refusal) as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main()
