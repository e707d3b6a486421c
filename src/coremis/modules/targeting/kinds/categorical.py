"""Category: a filter or condition that lets in, keeps out, or takes in ahead of the score."""

import re
from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Q, TextChoices, When
from django.utils.translation import gettext_lazy as _

from coremis.kernel.jobs.work import Work
from coremis.modules.filters.queries import checked, matching, words
from coremis.modules.programmes.queries import UNITS, fitting, used_names
from coremis.modules.targeting.kinds.stagework import Settings, StageWork, decided, only_known, pass_on, text, wrong
from coremis.modules.targeting.models import Campaign, Outcome, StageRun


class Mode(TextChoices):
    """What becomes of those who fit."""

    REQUIRE = "REQUIRE", _("only those who fit go on")
    EXCLUDE = "EXCLUDE", _("those who fit are not eligible")
    ADMIT = "ADMIT", _("those who fit are taken in first, before the ranking")


def check(settings: Settings, campaign: Campaign, actor: Any) -> Settings:
    """``mode``, the ``code`` under which the rule is kept as a reason, and ``filter`` or ``condition``."""
    found = {"mode": "", "code": "", "filter": {}, "condition": "", **only_known(settings, "mode", "code", "filter", "condition")}
    if found["mode"] not in Mode.values:
        raise wrong(mode=_("Choose what becomes of those who fit."))
    if not re.fullmatch(r"[a-z0-9_-]{1,40}", str(found["code"])):
        raise wrong(code=_("Use up to 40 small letters, figures and hyphens."))
    unit = campaign.programme.unit
    found["filter"] = checked(found["filter"] or {}, user=actor)
    used_names(found["condition"], unit, actor)
    if not found["filter"] and not found["condition"].strip():
        raise wrong(filter=_("Choose a filter or write a condition."))
    return found


def freeze(run: StageRun, actor: Any) -> None:
    """Keep the names of the condition with their kinds."""
    run.settings = {**run.settings, "names": used_names(run.settings["condition"], run.stage.campaign.programme.unit, actor)}


def fits(campaign: Campaign, rule: Mapping[str, Any]) -> Exists:
    """Whether the household or person of an entry fits a rule with ``filter``, ``condition`` and the kinds of its ``names``.

    As of the campaign's day. Where something is not known, it does not fit.
    """
    unit, day = campaign.programme.unit, campaign.reference_day
    mine = UNITS[unit].everything.filter(pk=OuterRef(f"{unit}_id"))
    return Exists(matching(fitting(mine, rule["condition"], unit, rule.get("names", {}), day), rule["filter"], day))


def chunk(work: Work, run: StageRun) -> bool:
    """The next part of the list, with the rule's name as the reason of those it keeps out or takes in."""
    met, mode, code = Q(fits(run.stage.campaign, run.settings)), run.settings["mode"], text(run.settings["code"])
    concerned = ~met if mode == Mode.REQUIRE else met
    outcome = Outcome.SELECTED if mode == Mode.ADMIT else Outcome.NOT_ELIGIBLE
    values = {
        "outcome": decided([When(concerned, then=text(outcome.value))], "outcome"),
        "reason": decided([When(concerned, then=code)], "reason"),
    }
    return pass_on(work, run, values)


def said(settings: Settings, campaign: Campaign) -> list[str]:
    """In words."""
    mode = str(Mode(settings["mode"]).label) if settings.get("mode") else ""
    asked = words(settings["filter"]) if settings.get("filter") else ""
    return [part for part in (mode, asked, settings.get("condition", "")) if part]


WORK = StageWork(check=check, freeze=freeze, chunk=chunk, words=said)
