"""``coremis backup``: database, files and keys into one folder that can be proved."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from coremis.kernel.actions.system import system
from coremis.modules.administration.services import note_backup
from coremis.project.backup.keys import passphrase_from
from coremis.project.backup.making import make, remove_old
from coremis.project.checks import require_fitting_key


class Command(BaseCommand):
    """Make one whole backup; the program may go on running meanwhile."""

    help = "Back up database, files and (with a passphrase) keys into a new folder inside FOLDER."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="Where backups are kept; best on another disk.")
        parser.add_argument("--keep", type=int, default=0, help="Remove this installation's older backups, all but so many. 0 keeps all.")
        parser.add_argument("--passphrase-file", type=Path, help="A file with the passphrase under which the keys are put into the backup.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Back up, note it in the history, remove what is too old, and say what was done."""
        require_fitting_key()
        secret = options["passphrase_file"]
        folder, manifest = make(options["folder"], passphrase_from(secret) if secret else "")
        note_backup(
            name=folder.name,
            made_at=manifest.made_at,
            size=manifest.size,
            missing=len(manifest.missing),
            with_keys=manifest.with_keys,
            actor=system(note_backup.name),
        )
        self.stdout.write(f"Backup: {folder}")
        self.stdout.write(f"{len(manifest.tables)} tables, {sum(manifest.tables.values())} rows, {manifest.files['count']} files.")
        self.stdout.write("The keys are inside, under the passphrase." if secret else "The keys are NOT inside. Keep data_key in a safe.")
        for digest in manifest.missing:
            self.stderr.write(f"Missing or damaged in the store, so not backed up: {digest}")
        for gone in remove_old(options["folder"], options["keep"]) if options["keep"] else []:
            self.stdout.write(f"Removed: {gone.name}")
