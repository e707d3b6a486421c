"""The nightly proof of the history."""

from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.models import Seal
from coremis.kernel.actions.seals import verify
from coremis.kernel.jobs.kinds import job_kind
from coremis.kernel.jobs.schedule import Schedule
from coremis.kernel.jobs.work import Level, Work

MOST_LINES = 100


@job_kind(title=_("Prove the history"), report={"sealed": _("Entries proved"), "findings": _("Entries that are not as they were sealed")})
def verify_history(work: Work) -> bool:
    """Walk the whole chain of seals; each finding is a line of the log, and their number stands in the report."""
    found = 0
    for found, finding in enumerate(verify(Path(settings.DATA_DIR) / "seals"), 1):
        if found <= MOST_LINES:
            work.log("%(sentence)s", Level.PROBLEM, sentence=finding.sentence)
    work.done = Seal.objects.count()
    work.report = {"sealed": work.done, "findings": found}
    return False


VERIFYING = Schedule(verify_history, every="day", at_hour=2, proves="findings")
