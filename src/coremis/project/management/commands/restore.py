"""``coremis restore``: a backup into an empty installation, or for a trial into one that is thrown away."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from coremis.kernel.actions.system import system
from coremis.modules.administration.services import note_restore
from coremis.project.backup.keys import passphrase_from
from coremis.project.backup.manifest import read_manifest
from coremis.project.backup.restoring import chosen, restore
from coremis.project.backup.trial import attempt


class Command(BaseCommand):
    """Restore and prove; nothing that exists is ever overwritten."""

    help = "Restore a backup into this empty installation and prove it; with --trial into a scratch one that is thrown away."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("backup", type=Path, help="The folder of a backup, or a folder of backups: then the newest.")
        parser.add_argument("--trial", action="store_true", help="Only try whether the backup can be restored, and note the result.")
        parser.add_argument("--passphrase-file", type=Path, help="A file with the passphrase of the keys in the backup.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore, note it in the history, and say what was proved."""
        folder = chosen(options["backup"])
        if options["trial"]:
            return self.try_out(folder)
        secret = options["passphrase_file"]
        manifest = restore(folder, passphrase_from(secret) if secret else "", self.stdout.write)
        note_restore(name=folder.name, made_at=manifest.made_at, trial=False, passed=True, actor=system(note_restore.name))
        self.stdout.write(f"Restored from {folder.name}. The history is proved as far as the backup went; start the services.")
        if manifest.missing:
            self.stderr.write(f"{len(manifest.missing)} files were missing already when the backup was made.")
        return None

    def try_out(self, folder: Path) -> None:
        """Restore beside this installation; the result stands in the history, also a bad one."""
        passed, said = attempt(folder)
        self.stdout.write(said)
        note_restore(name=folder.name, made_at=read_manifest(folder).made_at, trial=True, passed=passed, actor=system(note_restore.name))
        if not passed:
            raise CommandError(f"{folder.name} cannot be restored. Make a new backup now, and try that one.")
        self.stdout.write("The trial held. The scratch installation is gone again.")
