"""Appeals: the list is open to objections from one day until another; each holds back only whom it is about."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coremis.kernel.jobs.work import Work
from coremis.modules.targeting.kinds.stagework import Settings, StageWork, only_known, pass_on, wrong
from coremis.modules.targeting.models import Campaign, StageRun


def check(settings: Settings, campaign: Campaign, actor: Any) -> Settings:
    """``days``: how long the window is open, from 1 to 365; typical are 7 to 14 (rulebook 2.4)."""
    found = {"days": 14, **only_known(settings, "days")}
    if isinstance(found["days"], bool) or not isinstance(found["days"], int) or not 1 <= found["days"] <= 365:
        raise wrong(days=_("Give a number of days from 1 to 365."))
    return found


def freeze(run: StageRun, actor: Any) -> None:
    """The window opens today."""
    opened = timezone.localdate()
    until = opened + timedelta(days=run.settings["days"] - 1)
    run.settings = {**run.settings, "from": opened.isoformat(), "until": until.isoformat()}


def chunk(work: Work, run: StageRun) -> bool:
    """The list as it is."""
    return pass_on(work, run, {})


def said(settings: Settings, campaign: Campaign) -> list[str]:
    """In words."""
    if settings.get("until"):
        first, last = (date_format(date.fromisoformat(settings[name]), "SHORT_DATE_FORMAT") for name in ("from", "until"))
        return [gettext("from %(first)s until %(last)s") % {"first": first, "last": last}]
    return [gettext("%(days)s days") % {"days": settings.get("days", 14)}]


WORK = StageWork(check=check, freeze=freeze, chunk=chunk, opens=True, words=said)
