"""How an outcome came about, in words: the rule that kept somebody out, the places of the quota, the order, and who stands beside."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from coremis.kernel.areas.models import AreaTree
from coremis.kernel.areas.queries import below
from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.contributions import Shown
from coremis.kernel.screens.details import Fact
from coremis.kernel.screens.tables import figure_table
from coremis.modules.scoring.queries import figure
from coremis.modules.targeting.kinds import KINDS
from coremis.modules.targeting.kinds.quota import tie_words
from coremis.modules.targeting.models import CURRENT, Kind, Quota, StageEntry, StageRun
from coremis.modules.targeting.queries import quotas_of
from coremis.modules.targeting.ties import NO_WORKERS, TIES
from coremis.modules.targeting.words import outcome_word

SEES, SEES_SCORE = "targeting.view_stageentry", "scoring.view_score"
YES_OR_NO = ("female_head", "female")
BESIDE = 3  # ranks shown before and after


def came_about(request: HttpRequest, entry: StageEntry) -> Shown:
    """What decided: a rule, or the rank among the places of a quota, with those ranked just before and after.

    It rests on what the stages kept when they were carried out, so it stays true whatever changes later.
    """
    quota = quota_over(entry) if entry.rank is not None else None
    facts = [*_score(request, entry), *_rule(entry), *(_quota(entry, quota) if quota else [])]
    shown: dict[str, Any] = {"facts": [fact.ready() for fact in facts]} if facts else {}
    if quota is not None:
        shown["table"] = _beside(request, entry, quota)
    return shown or None


def quota_over(entry: StageEntry) -> Quota | None:
    """The quota by which an entry was ranked, as its run kept it."""
    above = AreaTree.objects.filter(descendant=entry.area_id).values("ancestor")
    return quotas_of(entry.run).filter(area__in=above).select_related("run__stage__campaign__programme", "area").first()


def _score(request: HttpRequest, entry: StageEntry) -> list[Fact]:
    if entry.score_id is None or not request.user.has_perm(SEES_SCORE):
        return []
    page = reverse("scoring:score_detail", args=[entry.score_id])
    return [Fact(_("Term by term"), _("the working of the score %(score)s") % {"score": figure(entry.value) or "–"}, page)]


def _rule(entry: StageEntry) -> list[Fact]:
    """The rule of the category stage that took in or kept out, in the words of its settings then."""
    mine = {"household": entry.household_id, "person": entry.person_id, "reason": entry.reason}
    rows = StageEntry.objects.filter(run__stage__campaign=entry.run.stage.campaign_id, run__state__in=CURRENT, **mine)
    decided = rows.filter(run__stage__kind=Kind.CATEGORICAL).select_related("run__stage__campaign__programme")
    found = decided.order_by("run__stage__position").first() if entry.reason else None
    if found is None or found.run.settings.get("code") != entry.reason:
        return []
    return [Fact(_("Rule"), "; ".join(KINDS[Kind.CATEGORICAL].words(found.run.settings, found.run.stage.campaign)))]


def _quota(entry: StageEntry, quota: Quota) -> list[Fact]:
    run = quota.run
    assert run is not None
    waiting = _("no limit") if quota.waiting_places is None else text_of(quota.waiting_places)
    first = _("the lowest score first") if run.settings.get("lower_first", True) else _("the highest score first")
    facts = [
        Fact(_("Places of %(place)s") % {"place": quota.area.name}, quota.places),
        *([Fact(_("Kept in reserve"), quota.reserved)] if quota.reserved else []),
        Fact(_("Places on the waiting list"), waiting),
        Fact(_("Order"), "; ".join([*([first] if entry.value is not None else []), tie_words(run.settings, run.stage.campaign)])),
    ]
    return [*facts, *([Fact(_("Between equals"), said)] if (said := _between_equals(entry, run)) else [])]


def _between_equals(entry: StageEntry, run: StageRun) -> str:
    """What decided between equals, in the published order."""
    facts = TIES[run.stage.campaign.programme.unit]
    names = [tie["by"] for tie in run.settings.get("ties", []) if tie["by"] in entry.ties and tie["by"] in facts]
    return "; ".join(f"{facts[name].title}: {_said(name, entry.ties[name])}" for name in names)


def _said(name: str, value: Any) -> str:
    """What decided between equals, as people say it."""
    if name in YES_OR_NO and value is not None:
        return text_of(bool(value))
    if name == "dependency_ratio" and value == NO_WORKERS:
        return _("nobody of this age")
    return figure(value) or "–"


def _beside(request: HttpRequest, entry: StageEntry, quota: Quota) -> dict[str, Any]:
    """Those ranked just before and after in the same quota, and whoever has the last place, as the reader may see them."""
    user: Any = request.user
    run = quota.run
    assert entry.rank is not None and run is not None
    ranks: Iterable[int] = {*range(entry.rank - BESIDE, entry.rank + BESIDE + 1), quota.places - quota.reserved}
    rows = StageEntry.objects.visible_to(user, SEES).filter(run=run.pk, area__in=below([quota.area_id]), rank__in=ranks)
    heads = [
        (_("Rank"), "number"),
        (_("Who"), ""),
        (_("Score"), "number"),
        (_("Outcome of the quota"), "status"),
        (_("Between equals"), ""),
    ]
    ready = [
        [
            (row.rank, ""), (str(row.who), reverse("targeting:entry_detail", args=[row.pk])), (figure(row.value) or "–", ""),
            (outcome_word(row), ""), (_between_equals(row, run) or "–", ""),
        ]
        for row in rows.select_related("household", "person").order_by("rank", "pk")
    ]  # fmt: skip
    return figure_table(heads, ready)
