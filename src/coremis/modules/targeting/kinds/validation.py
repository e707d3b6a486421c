"""Community validation: the list as it is, open for what the village says about each household."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coremis.kernel.jobs.work import Work
from coremis.modules.targeting.kinds.stagework import Settings, StageWork, only_known, pass_on, text, wrong
from coremis.modules.targeting.models import Campaign, StageRun


def check(settings: Settings, campaign: Campaign, actor: Any) -> Settings:
    """``silence``: whether nothing said counts as confirmed; ``most_replaced``: percent of a list that may be replaced, None for all."""
    found = {"silence": False, "most_replaced": None, **only_known(settings, "silence", "most_replaced")}
    found["silence"], most = bool(found["silence"]), found["most_replaced"]
    if most is not None and (isinstance(most, bool) or not isinstance(most, int) or not 0 <= most <= 100):
        raise wrong(most_replaced=_("Give a share from 0 to 100 percent, or nothing for no limit."))
    return found


def chunk(work: Work, run: StageRun) -> bool:
    """The list as it is, without what was said before."""
    return pass_on(work, run, {"verdict": text("")})


def said(settings: Settings, campaign: Campaign) -> list[str]:
    """In words."""
    parts = [gettext("nothing said counts as confirmed") if settings.get("silence") else gettext("each selected household needs an answer")]
    if settings.get("most_replaced") is not None:
        parts.append(gettext("at most %(share)s %% of a list is replaced") % {"share": settings["most_replaced"]})
    return parts


WORK = StageWork(check=check, chunk=chunk, opens=True, words=said)
