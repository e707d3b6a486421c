"""Community validation: the list as it is, open for what the village says about each household."""

from typing import Any

from django.db.models import Case, CharField, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coremis.kernel.jobs.work import Work
from coremis.modules.targeting.kinds.stagework import Settings, StageWork, only_known, pass_on, text, wrong
from coremis.modules.targeting.models import TO_ANSWER, Campaign, StageEntry, StageRun, Verdict


def check(settings: Settings, campaign: Campaign, actor: Any) -> Settings:
    """``silence``: whether nothing said counts as confirmed; ``most_replaced``: percent of a list that may be replaced, None for all."""
    found = {"silence": False, "most_replaced": None, **only_known(settings, "silence", "most_replaced")}
    found["silence"], most = bool(found["silence"]), found["most_replaced"]
    if most is not None and (isinstance(most, bool) or not isinstance(most, int) or not 0 <= most <= 100):
        raise wrong(most_replaced=_("Give a share from 0 to 100 percent, or nothing for no limit."))
    return found


def chunk(work: Work, run: StageRun) -> bool:
    """The list as it is. What another stage was told is left out; what this one was told when it was carried out before is kept."""
    told = told_before(run)
    if not told.exists():
        return pass_on(work, run, {"verdict": text("")})
    mine = told.filter(**{(unit := run.stage.campaign.programme.unit): OuterRef(f"{unit}_id")}).order_by("-run__attempt")
    asked = {"outcome__in": TO_ANSWER}
    return pass_on(work, run, {
        "verdict": Case(When(**asked, then=first_of(mine, "verdict", text(""))), default=text("")),
        "reason": Case(When(**asked, then=first_of(rejections(mine), "rejected_for", F("reason"))), default=F("reason")),
        "note": Case(When(**asked, then=first_of(mine, "note", F("note"))), default=F("note")),
    })  # fmt: skip


def told_before(run: StageRun) -> "QuerySet[StageEntry]":
    """Who was confirmed or rejected whenever this stage was carried out before: a village is not asked twice about the same."""
    counted = (StageRun.State.OPEN, StageRun.State.DONE, StageRun.State.REPLACED)
    former = StageRun.objects.filter(stage=run.stage_id, attempt__lt=run.attempt, state__in=counted)
    rows: QuerySet[StageEntry] = StageEntry.objects.filter(run__in=former, verdict__in=(Verdict.CONFIRMED, Verdict.REJECTED))
    return rows


def rejections(mine: "QuerySet[StageEntry]") -> "QuerySet[StageEntry]":
    """The reason of what was said last, where that was a rejection."""
    reason = Case(When(verdict=Verdict.REJECTED, then=F("reason")), default=Value(None), output_field=CharField())
    rows: QuerySet[StageEntry] = mine.annotate(rejected_for=reason)
    return rows


def first_of(mine: "QuerySet[Any]", name: str, otherwise: Any) -> Coalesce:
    """A column of what was said last about the same household or person."""
    return Coalesce(Subquery(mine.values(name)[:1], output_field=CharField()), otherwise, output_field=CharField())


def said(settings: Settings, campaign: Campaign) -> list[str]:
    """In words."""
    parts = [gettext("nothing said counts as confirmed") if settings.get("silence") else gettext("each selected household needs an answer")]
    if settings.get("most_replaced") is not None:
        parts.append(gettext("at most %(share)s %% of a list is replaced") % {"share": settings["most_replaced"]})
    return parts


WORK = StageWork(check=check, chunk=chunk, opens=True, words=said)
