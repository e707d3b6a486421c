"""Long work of this module: the indexes of the data dictionary."""

from django.utils.translation import gettext_lazy as _

from coremis.kernel.jobs.kinds import job_kind
from coremis.kernel.jobs.schedule import Schedule
from coremis.kernel.jobs.work import Work
from coremis.modules.registry.indexing import make, present_indexes, take_away, wanted_indexes


@job_kind(title=_("Indexes of the data dictionary"), report={"made": _("Indexes made"), "removed": _("Indexes removed")})
def renew_indexes(work: Work) -> bool:
    """Make or take away one index; what was done stays done, so a worker that was killed goes on with the next."""
    wanted, present = wanted_indexes(), present_indexes()
    gone = sorted(set(present) - set(wanted))
    missing = sorted(name for name in wanted if not present.get(name))
    if gone:
        take_away(gone[0])
        work.report["removed"] = work.report.get("removed", 0) + 1
    elif missing:
        make(wanted[missing[0]])
        work.report["made"] = work.report.get("made", 0) + 1
    work.done += 1 if gone or missing else 0
    return len(gone) + len(missing) > 1


RENEWING = Schedule(renew_indexes, every="day", at_hour=3)
