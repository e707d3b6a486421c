"""``coremis reference``: writes docs/reference from the code."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from coremis.project.reference.writing import FOLDER, silent, write


class Command(BaseCommand):
    """Write what changed, and refuse what has no help text."""

    help = "Write the reference of actions, permissions, settings, figures, commands and modules from the code."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--folder", type=Path, help="Where to write it; by default docs/reference of the checkout.")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line for each file that changed."""
        folder = options["folder"] or FOLDER
        if not folder.parent.is_dir():
            raise CommandError("This is no checkout. Name a folder to write to: coremis reference --folder FOLDER")
        for path in write(folder):
            self.stdout.write(f"Written: {path.name}")
        if missing := silent():
            raise CommandError("Without help text: " + ", ".join(missing))
