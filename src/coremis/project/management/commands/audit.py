"""``coremis audit verify``: proves that nothing in the history was changed, removed or slipped in."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from coremis.kernel.actions.models import Seal
from coremis.kernel.actions.seals import seal_events, unsealed, verify


class Command(BaseCommand):
    """Walk the chain of seals from the first to the last."""

    help = "Prove the history: “coremis audit verify” names every entry that is not as it was sealed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["verify", "seal"], help="“seal” first seals what is new, then both prove everything.")
        parser.add_argument(
            "--published", type=Path, metavar="FOLDER", help="The folder of published seals, as it was kept apart from the database."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line for each finding; any finding makes the exit code 1."""
        if options["what"] == "seal":
            while seal_events():
                pass
        findings = list(verify(options["published"]))
        for finding in findings:
            self.stdout.write(finding.sentence)
        newest = Seal.objects.order_by("-pk").first()
        self.stdout.write(
            f"{Seal.objects.count()} sealed, {unsealed().count()} not yet sealed; newest seal {newest.hash if newest else '-'}"
        )
        if findings:
            raise CommandError(f"{len(findings)} entries are not as they were sealed.")
