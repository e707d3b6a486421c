"""Reads that other modules use: what campaigns decided, about whom."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from coremis.kernel.actions.models import RecordQuerySet
from coremis.modules.registry.models import Household, Person
from coremis.modules.targeting.formulas import largest_remainder, weight
from coremis.modules.targeting.models import CURRENT, Appeal, Campaign, Kind, Outcome, Quota, Stage, StageEntry, StageRun
from coremis.modules.targeting.words import outcome_word, reason_words, with_rule_names

__all__ = [
    "blocked", "current_entries", "current_run_of", "entries_of", "largest_remainder", "latest_entries", "outcome_of", "outcome_word",
    "outcomes_of", "quotas_of", "reason_words", "struck_off", "was_validated", "weight", "with_rule_names",
]  # fmt: skip


def divides_places(stage: Stage) -> bool:
    """Whether a stage gives places to categories or keeps a reserve, beside the rank."""
    return bool(stage.settings.get("shares") or stage.settings.get("reserve"))


def current_run_of(campaign: Campaign | int) -> StageRun | None:
    """The newest result of a campaign: what the last stage that was done, or is open, decided. None before its first list."""
    rows = StageRun.objects.filter(stage__campaign=campaign, state__in=CURRENT).exclude(stage__state=Stage.State.SKIPPED)
    return rows.select_related("stage__campaign__programme").order_by("-stage__position").first()


def current_entries(campaign: Campaign | int) -> "RecordQuerySet[StageEntry]":
    """Everybody on the list of a campaign with the outcome as it stands now."""
    run = current_run_of(campaign)
    rows: RecordQuerySet[StageEntry] = StageEntry.objects.filter(run=run) if run else StageEntry.objects.none()
    return rows


def struck_off(campaign: Campaign) -> list[int]:
    """The households or persons of whom it was accepted that they should not be selected, and nothing else since."""
    unit = f"entry__{campaign.programme.unit}"
    rows = Appeal.objects.filter(entry__run__stage__campaign=campaign, state=Appeal.State.UPHELD).order_by("decided_on", "pk")
    last = dict(rows.values_list(unit, "kind"))
    return sorted(who for who, kind in last.items() if kind == Appeal.Kind.WRONGLY_IN)


def latest_entries(campaigns: Iterable[int] | None = None) -> "RecordQuerySet[StageEntry]":
    """The same for many campaigns, or for all, as one query."""
    runs = StageRun.objects.filter(state__in=CURRENT).exclude(stage__state=Stage.State.SKIPPED)
    if campaigns is not None:
        runs = runs.filter(stage__campaign__in=campaigns)
    further = StageRun.objects.filter(
        state__in=CURRENT, stage__campaign=OuterRef("stage__campaign"), stage__position__gt=OuterRef("stage__position")
    ).exclude(stage__state=Stage.State.SKIPPED)
    rows: RecordQuerySet[StageEntry] = StageEntry.objects.filter(run__in=runs.filter(~Exists(further)).values("pk"))
    return rows


def outcome_of(campaign: Campaign | int, who: Household | Person) -> StageEntry | None:
    """What a campaign decided about a household or person; None where it was not on the list."""
    return current_entries(campaign).filter(_about(who)).select_related("run__stage", "score").first()


def outcomes_of(who: Household | Person) -> "QuerySet[StageEntry]":
    """What every campaign decided about a household or person, the latest campaign first."""
    found = latest_entries().filter(_about(who)).select_related("run__stage__campaign__programme", "area", "household", "person")
    rows: QuerySet[StageEntry] = found.order_by("-run__stage__campaign__day", "-pk")
    return rows


def entries_of(campaign: Campaign | int, who: Household | Person) -> "QuerySet[StageEntry]":
    """The way of a household or person through the stages of a campaign, those replaced by a later run left out."""
    mine = StageEntry.objects.filter(_about(who), run__stage__campaign=campaign, run__state__in=CURRENT)
    rows: QuerySet[StageEntry] = mine.select_related("run__stage", "score").order_by("run__stage__position")
    return rows


def quotas_of(run: StageRun | None) -> "QuerySet[Quota]":
    """The quotas by which the list of a run was divided: its own, or those of the nearest quota stage before it."""
    while run is not None and run.stage.kind != Kind.QUOTA:
        run = StageRun.objects.select_related("stage").filter(pk=run.source_id or 0).first()
    rows: QuerySet[Quota] = Quota.objects.filter(run=run) if run else Quota.objects.none()
    return rows


def was_validated(run: StageRun | None) -> bool:
    """Whether the community has spoken about the list of a run: only those it confirmed move up from the waiting list."""
    while run is not None:
        if run.stage.kind == Kind.VALIDATION:
            return True
        run = StageRun.objects.select_related("stage").filter(pk=run.source_id or 0).first()
    return False


def blocked(unit: str, campaign: Campaign | int) -> Exists:
    """For rows with a column ``unit`` (entries, beneficiaries): whether an appeal about it is open in this campaign."""
    mine = Appeal.objects.filter(
        state=Appeal.State.OPEN, entry__run__stage__campaign=campaign, **{f"entry__{unit}": OuterRef(f"{unit}_id")}
    )
    return Exists(mine)


def _about(who: Household | Person) -> Q:
    return Q(household=who.pk) if isinstance(who, Household) else Q(person=who.pk)


DECIDED = (Outcome.SELECTED, Outcome.WAITING)  # who comes into the programme as potential
