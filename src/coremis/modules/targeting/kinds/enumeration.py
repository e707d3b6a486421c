"""Enumeration: who of the list was interviewed. The others could not be assessed."""

from datetime import date
from typing import Any

from django.db.models import Q, When
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coremis.kernel.jobs.work import Work
from coremis.modules.programmes.models import Programme
from coremis.modules.registry.models import Consent
from coremis.modules.targeting.formulas import collection_target
from coremis.modules.targeting.kinds.stagework import Settings, StageWork, decided, only_known, pass_on, text, wrong
from coremis.modules.targeting.models import Campaign, Kind, Outcome, Quota, StageRun

NOT_INTERVIEWED, NO_CONSENT = "not_interviewed", "no_consent"


def check(settings: Settings, campaign: Campaign, actor: Any) -> Settings:
    """``since``: the first day on which an interview counts; ``consent``: whether consent is needed too."""
    found = {"since": "", "consent": False, **only_known(settings, "since", "consent")}
    if campaign.programme.unit != Programme.Unit.HOUSEHOLD:
        raise wrong(since=_("Interviews are recorded for households. Leave this stage out for persons."))
    try:
        date.fromisoformat(str(found["since"]))
    except ValueError:
        raise wrong(since=_("Give the first day on which an interview counts.")) from None
    found["since"], found["consent"] = str(found["since"]), bool(found["consent"])
    return found


def chunk(work: Work, run: StageRun) -> bool:
    """Whoever was interviewed since the day, with consent where it is needed, goes on."""
    since = date.fromisoformat(run.settings["since"])
    seen = Q(household__interviewed_on__gte=since)
    left_out = [When(~seen | Q(household__interviewed_on=None), then=text(NOT_INTERVIEWED))]
    if run.settings["consent"]:
        left_out.append(When(~Q(household__consent=Consent.GIVEN), then=text(NO_CONSENT)))
    outcomes = [When(case.condition, then=text(Outcome.NOT_ASSESSED.value)) for case in left_out]
    return pass_on(work, run, {"outcome": decided(outcomes, "outcome"), "reason": decided(left_out, "reason")})


def collection_goal(campaign: Campaign) -> int:
    """How many should be interviewed for the planned quotas of a campaign: each times its multiplier; 0 without quotas."""
    planned = Quota.objects.filter(stage__campaign=campaign, stage__kind=Kind.QUOTA, run=None, places__gt=0)
    return sum(collection_target(places, factor) for places, factor in planned.values_list("places", "multiplier"))


def said(settings: Settings, campaign: Campaign) -> list[str]:
    """In words."""
    since = date_format(date.fromisoformat(settings["since"]), "SHORT_DATE_FORMAT") if settings.get("since") else "–"
    parts = [gettext("interviewed since %(day)s") % {"day": since}]
    return [*parts, gettext("with consent")] if settings.get("consent") else parts


WORK = StageWork(check=check, chunk=chunk, words=said)
