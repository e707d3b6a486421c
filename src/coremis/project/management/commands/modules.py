"""``coremis modules``: which modules there are, and making a new one."""

from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser

from coremis.project.modules import installed_modules, module_config
from coremis.project.new_module import make

NEXT = """Made: {root}
Then:
  pip install --no-deps -e {root}
  add {name} to COREMIS_MODULES, and run: coremis migrate
  pytest {root}
What each file is for: docs/develop/modules.md, also under Help."""


class Command(BaseCommand):
    """List the installed modules, or copy the sample under a new name."""

    help = "List the modules, or make a new one from the sample: “coremis modules new transport”."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", nargs="?", choices=["list", "new"], default="list", help="“new” copies the sample.")
        parser.add_argument("name", nargs="?", default="", help="The name of the new module, such as transport.")
        parser.add_argument("--folder", type=Path, default=Path(), help="Where to put the new package.")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line for each module; or what to do with the new one."""
        if options["what"] == "list":
            for name in sorted(installed_modules()):
                self.stdout.write(f"{name:<16} {described(name)}")
            return
        if not options["name"]:
            raise CommandError("Give the new module a name: coremis modules new transport")
        self.stdout.write(NEXT.format(root=make(options["name"], options["folder"].resolve()), name=options["name"]))


def described(name: str) -> str:
    """Whether a module is on, its version and title; of a broken one what is wrong."""
    try:
        config = module_config(name)
    except ImproperlyConfigured as problem:
        return str(problem)
    return f"{'on' if apps.is_installed(config.name) else 'off':<4} {config.version:<8} {config.title}"
