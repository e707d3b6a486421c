"""Counting the figures ahead: every hour, and when somebody asks for it."""

from django.utils.translation import gettext_lazy as _

from coremis.kernel.datasets.dataset import Dataset
from coremis.kernel.jobs.kinds import job_kind
from coremis.kernel.jobs.work import Work
from coremis.kernel.module.contributions import contributions
from coremis.modules.dashboards.counting import count


@job_kind(title=_("Count the figures of the dashboards"), report={"figures": _("Rows counted")})
def count_figures(work: Work) -> bool:
    """One dataset at a time, in the order of their names; a run that was killed goes on with the next one."""
    left = sorted((one for one in contributions(Dataset) if one.name > work.cursor.get("last", "")), key=lambda one: one.name)
    if not left:
        return False
    work.report["figures"] = work.report.get("figures", 0) + count(left[0])
    work.cursor["last"] = left[0].name
    work.done += 1
    work.total = work.done + len(left) - 1
    return len(left) > 1
