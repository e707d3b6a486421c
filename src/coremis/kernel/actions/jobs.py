"""Sealing the events, and putting the newest hash outside the database every hour."""

from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.models import Seal
from coremis.kernel.actions.seals import seal_events
from coremis.kernel.jobs.kinds import job_kind
from coremis.kernel.jobs.schedule import Schedule
from coremis.kernel.jobs.work import Work


@job_kind(title=_("Seal the history"))
def seal_history(work: Work) -> bool:
    """Seal what is new, a chunk at a time."""
    sealed = seal_events()
    work.done += sealed
    return sealed > 0


@seal_history.finish
def publish_seal(work: Work) -> None:
    """Append the newest hash to a file that is kept apart from the database."""
    newest = Seal.objects.order_by("-pk").first()
    if newest:
        folder = Path(settings.DATA_DIR) / "seals"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f"{timezone.localdate():%Y-%m}.txt").open("a") as file:
            file.write(f"{timezone.now().isoformat(timespec='seconds')} {newest.pk} {newest.hash}\n")


SEALING = Schedule(seal_history, every="hour")
