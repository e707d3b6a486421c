"""Who may come into the programme, who may become active, and what is missing for the others."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, CharField, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, TextChoices, Value, When
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.areas.models import AreaTree
from coremis.kernel.areas.queries import below
from coremis.modules.points.queries import point_of_household
from coremis.modules.programmes.models import OPEN, PLACED, Enrolment, GroupChange, Programme, Status, WaitingPlace
from coremis.modules.programmes.queries import open_enrolments
from coremis.modules.registry.models import Household, Person
from coremis.modules.registry.queries import NO_RECIPIENT, RECIPIENT_DEAD, RECIPIENT_LEFT, recipient_problem_on
from coremis.modules.targeting.models import APPEAL, PLACE_BY_APPEAL, Appeal, Campaign, CampaignChange, Outcome, Quota, StageEntry, StageRun
from coremis.modules.targeting.queries import DECIDED, blocked, current_run_of, latest_entries, quotas_of

What = CampaignChange.What
MAY_MOVE_UP = (Outcome.WAITING, Outcome.NOT_ASSESSED)  # entries of which a beneficiary may hold a place without being selected


class Obstacle(TextChoices):
    """What stands between a potential beneficiary and the enrolment; or nothing."""

    READY = "ready", _("ready")
    NO_RECIPIENT = NO_RECIPIENT, _("no recipient named")
    RECIPIENT_DEAD = RECIPIENT_DEAD, _("the recipient has died")
    RECIPIENT_LEFT = RECIPIENT_LEFT, _("the recipient has left the household")
    NO_POINT = "no_point", _("no payment point")
    APPEAL = "appeal", _("an appeal is open")


def takeable(run: StageRun) -> "QuerySet[StageEntry]":
    """The selected and waiting of a result who are not in the programme yet, live on the register, and have no open appeal."""
    campaign = run.stage.campaign
    unit = campaign.programme.unit
    inside = Enrolment._base_manager.filter(programme=campaign.programme_id, status__in=OPEN, **{unit: OuterRef(f"{unit}_id")})
    rows: QuerySet[StageEntry] = StageEntry.objects.filter(_alive(unit), run=run.pk, outcome__in=DECIDED)
    return rows.filter(~Exists(inside), ~Exists(brought(campaign)), ~blocked(unit, campaign), _in_time())


def brought(campaign: Campaign) -> "QuerySet[Enrolment]":
    """For ``Exists`` over entries: whom the campaign brought into the programme, unless that was undone; also who left since."""
    unit = campaign.programme.unit
    mine = Enrolment._base_manager.filter(group__campaign_change__campaign=campaign, **{unit: OuterRef(f"{unit}_id")})
    rows: QuerySet[Enrolment] = mine.exclude(group__undone_by__state=GroupChange.State.DONE)
    return rows


def _alive(unit: str) -> Q:
    if unit == Programme.Unit.HOUSEHOLD:
        return Q(household__ended_on=None, household__retired_on=None)
    return Q(person__death_date=None, person__retired_on=None)


def _in_time() -> Q:
    return ~Q(outcome=Outcome.WAITING) | Q(waits_until=None) | Q(waits_until__gte=timezone.localdate())


def waits() -> Exists:
    """For rows of beneficiaries: whether it stands on a waiting list, whether its time has run out or not."""
    return Exists(WaitingPlace.objects.filter(enrolment=OuterRef("pk"), removed_on=None))


def is_selected() -> Exists:
    """For rows of beneficiaries: whether the campaign that brought them still has them among the selected.

    An accepted appeal takes somebody out of the selected without touching the beneficiary.
    """
    campaign = OuterRef("group__campaign_change__campaign")
    return Exists(latest_entries().filter(same_unit(), outcome=Outcome.SELECTED, run__stage__campaign=campaign))


def same_unit(path: str = "") -> Q:
    """Rows with a household or person at ``path`` that are about the one of the outer row."""
    return Q(**{f"{path}household": OuterRef("household_id")}) | Q(**{f"{path}person": OuterRef("person_id")})


def to_enrol(campaign: Campaign, area_ids: Iterable[int]) -> "QuerySet[Any]":
    """The selected of a campaign who are still potential, in these places, each with its ``obstacle``."""
    return with_obstacle(
        selected_potentials(Enrolment.objects.all()).filter(group__campaign_change__campaign=campaign, area__in=below(area_ids))
    )


def selected_potentials(among: "QuerySet[Enrolment]") -> "QuerySet[Enrolment]":
    """The potential beneficiaries whom campaigns selected, without those who wait."""
    brought = among.filter(status=Status.POTENTIAL, group__campaign_change__what=What.RESULT)
    rows: QuerySet[Enrolment] = brought.filter(~waits(), is_selected())
    return rows


def with_obstacle(rows: "QuerySet[Enrolment]") -> "QuerySet[Any]":
    """Beneficiaries with what stands between them and the enrolment today: an appeal, the recipient, or the payment point."""
    day = timezone.localdate()
    appeals = Appeal.objects.filter(
        same_unit("entry__"), state=Appeal.State.OPEN, entry__run__stage__campaign__programme=OuterRef("programme_id")
    )
    rows = rows.annotate(recipient_problem=recipient_problem_on(day, "household_id"), point=point_of_household(day))
    return rows.annotate(
        obstacle=Case(
            When(Exists(appeals), then=Value(Obstacle.APPEAL.value)),
            When(household=None, person__death_date__isnull=False, then=Value(Obstacle.RECIPIENT_DEAD.value)),
            When(~Q(recipient_problem=""), household__isnull=False, then=F("recipient_problem")),
            When(point=None, then=Value(Obstacle.NO_POINT.value)),
            default=Value(Obstacle.READY.value),
            output_field=CharField(),
        )
    )


def obstacles(campaign: Campaign, area_ids: Iterable[int]) -> dict[str, int]:
    """How many of the selected are ready, and how many are kept by each obstacle. One statement."""
    rows = to_enrol(campaign, area_ids).order_by().values("obstacle").annotate(found=Count("pk"))
    return {row["obstacle"]: row["found"] for row in rows}


def quotas_with_free(run: StageRun, area_ids: Iterable[int]) -> "QuerySet[Quota]":
    """The quotas of a result in these places, each with ``taken`` (who has a place, or is owed one), ``kept`` and ``free``.

    A place belongs to the quota of where its household or person was ranked: whoever moved since, and whoever lives in a place that
    became another, still holds it there; beneficiaries whom something else brought hold none. ``kept`` is what is left of the
    reserve: accepted appeals have it until the campaign is closed. Below zero, ``free`` says how many hold a place beyond the quota.
    """
    campaign = run.stage.campaign
    mine = StageEntry.objects.filter(run=run.pk, area__in=inside_quota())
    selected = mine.filter(outcome=Outcome.SELECTED)
    after_appeal = selected.filter(reason=PLACE_BY_APPEAL)
    rows: QuerySet[Quota] = quotas_of(run).filter(area__in=below(area_ids)).select_related("area")
    held = _found(mine.filter(holds(campaign)), "run") + _found(joined(run), "programme")
    rows = rows.annotate(taken=held + _found(owed(selected, campaign), "run"), used=_found(after_appeal, "run"))
    kept = Value(0) if campaign.state == Campaign.State.CLOSED else Greatest(F("reserved") - F("used"), 0)
    found: QuerySet[Any] = rows.annotate(kept=kept)
    ready: QuerySet[Quota] = found.annotate(free=F("places") - F("taken") - F("kept"))
    return ready


def inside_quota() -> "QuerySet[AreaTree, int]":
    """For rows counted for a quota: the places inside its own. As a list, so that SQLite reads those places of a run, not all of it."""
    return AreaTree.objects.filter(ancestor=OuterRef(OuterRef("area"))).values_list("descendant", flat=True)


def _found(rows: "QuerySet[Any]", one: str) -> Coalesce:
    """How many; ``one`` is a column that all of them share."""
    return Coalesce(Subquery(rows.order_by().values(one).annotate(found=Count("pk")).values("found"), output_field=IntegerField()), 0)


def holds(campaign: Campaign) -> Q:
    """For entries: whether the household or person holds a place of this campaign."""
    theirs = Enrolment.objects.filter(same(campaign.programme.unit), programme=campaign.programme_id)
    placed = theirs.filter(status__in=PLACED)
    potential = theirs.filter(~waits(), status=Status.POTENTIAL)
    moved_up = placed.filter(group__campaign_change__campaign=campaign)
    chosen = Q(outcome=Outcome.SELECTED)
    return chosen & Q(Exists(placed) | Exists(potential)) | Q(Exists(moved_up), outcome__in=MAY_MOVE_UP)


def joined(run: StageRun) -> "QuerySet[Enrolment]":
    """For quotas: who holds a place there without an entry of its own, since a household or person of the list became one with it."""
    campaign = run.stage.campaign
    entries = StageEntry.objects.filter(same(campaign.programme.unit), run=run.pk, outcome__in=(Outcome.SELECTED, *MAY_MOVE_UP))
    brought_in = Enrolment.objects.filter(programme=campaign.programme_id, group__campaign_change__campaign=campaign, status__in=PLACED)
    rows: QuerySet[Enrolment] = brought_in.filter(~Exists(entries), area__in=inside_quota())
    return rows


def same(unit: str) -> Q:
    """Rows about the household or person, as the programme has it, of the outer row."""
    return Q(**{unit: OuterRef(f"{unit}_id")})


def owed(selected: "QuerySet[StageEntry]", campaign: Campaign) -> "QuerySet[StageEntry]":
    """Those of the selected who have not been taken over, because of an open appeal: their place is nobody else's."""
    unit = campaign.programme.unit
    inside = Enrolment._base_manager.filter(programme=campaign.programme_id, status__in=OPEN, **{unit: OuterRef(f"{unit}_id")})
    rows: QuerySet[StageEntry] = selected.filter(_alive(unit), ~Exists(inside), ~Exists(brought(campaign)))
    return rows


def free_places_of(run: StageRun, area_ids: Iterable[int]) -> "QuerySet[Quota]":
    """The quotas of a result in these places of which places are free."""
    rows: QuerySet[Any] = quotas_with_free(run, area_ids)
    return rows.filter(free__gt=0)


def in_line(campaign: Campaign, quota: Quota) -> "QuerySet[Any]":
    """Who waits for the places of one area, confirmed and in time, in the order of the ranks; each with its ``obstacle``.

    Whom an accepted appeal took off the list does not.
    """
    unit = campaign.programme.unit
    places = WaitingPlace.objects.waiting(timezone.localdate()).filter(
        programme=campaign.programme_id, is_validated=True, group__campaign_change__campaign=campaign
    )
    entries, here = StageEntry.objects.filter(run=current_run_of(campaign)), below([quota.area_id])
    ranked_here = places.filter(**{f"enrolment__{unit}__in": entries.filter(area__in=here).values(unit)})
    others = entries.filter(**{unit: OuterRef(f"enrolment__{unit}_id")})
    in_line_here = ranked_here.order_by().values("enrolment").union(
        places.filter(~Exists(others), area__in=here).order_by().values("enrolment")
    )  # fmt: skip
    out = latest_entries([campaign.pk]).filter(same_unit(), outcome=Outcome.NOT_ASSESSED, reason=APPEAL)
    rows = Enrolment.objects.filter(~Exists(out), pk__in=in_line_here)
    rank = WaitingPlace.objects.filter(enrolment=OuterRef("pk"), removed_on=None).values("rank")[:1]
    ranked: QuerySet[Any] = with_obstacle(rows).annotate(rank=Subquery(rank)).order_by("rank", "pk")
    return ranked


def next_ones(campaign: Campaign, run: StageRun, quota: Quota) -> list[tuple[int, str]]:
    """The beneficiaries who get the free places of one area, each with the category whose place it is.

    A place of a category goes to the next who fits it, as long as it has fewer than it should; all others by rank.
    """
    counted: Any = quota  # from ``quotas_with_free``
    free: int = counted.free
    ready = in_line(campaign, quota).filter(obstacle=Obstacle.READY)
    chosen: dict[int, str] = {}
    held = held_by_category(run, quota) if quota.shares else {}
    for code in [share["code"] for share in run_of(quota, run).settings.get("shares", [])]:
        lacking = min(quota.shares.get(code, 0) - held.get(code, 0), free - len(chosen))
        fitting = Exists(StageEntry.objects.filter(same_unit(), run=run.pk, **{f"fits__{code}": 1}))
        more = ready.filter(fitting).exclude(pk__in=list(chosen)).values_list("pk", flat=True)[: max(lacking, 0)]
        chosen.update(dict.fromkeys(more, code))
    others = ready.exclude(pk__in=list(chosen)).values_list("pk", flat=True)[: free - len(chosen)]
    return [*chosen.items(), *((pk, "") for pk in others)]


def run_of(quota: Quota, run: StageRun) -> StageRun:
    """The quota stage that a quota was used in."""
    return run if quota.run_id == run.pk or quota.run is None else quota.run


def held_by_category(run: StageRun, quota: Quota) -> dict[str, int]:
    """How many places of each category are held now."""
    here = Enrolment.objects.filter(same_unit(), programme=run.stage.campaign.programme_id)
    holding = here.filter(Q(status__in=PLACED) | Q(status=Status.POTENTIAL) & ~waits())
    rows = StageEntry.objects.filter(Exists(holding), run=run.pk, area__in=below([quota.area_id])).exclude(came_by="")
    return dict(rows.order_by().values_list("came_by").annotate(found=Count("pk")))


def already_in(run: StageRun) -> int:
    """How many of the selected and waiting are in the programme already."""
    campaign = run.stage.campaign
    unit = campaign.programme.unit
    inside = open_enrolments(unit, programme=campaign.programme_id)
    people: Any = Household if unit == Programme.Unit.HOUSEHOLD else Person
    listed = StageEntry.objects.filter(run=run.pk, outcome__in=DECIDED).values(unit)
    return int(people.objects.filter(pk__in=listed).filter(Exists(inside)).count())
