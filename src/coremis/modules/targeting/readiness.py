"""Who may come into the programme, who may become active, and what is missing for the others."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, TextChoices, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.areas.queries import below
from coremis.modules.points.queries import point_of_household
from coremis.modules.programmes.models import OPEN, PLACED, Enrolment, Programme, Status, WaitingPlace
from coremis.modules.programmes.queries import open_enrolments
from coremis.modules.registry.models import Household, Person
from coremis.modules.registry.queries import NO_RECIPIENT, RECIPIENT_DEAD, RECIPIENT_LEFT, recipient_problem_on
from coremis.modules.targeting.models import Appeal, Campaign, CampaignChange, Outcome, Quota, StageEntry, StageRun
from coremis.modules.targeting.queries import DECIDED, blocked, latest_entries, quotas_of

What = CampaignChange.What


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
    return rows.filter(~Exists(inside), ~blocked(unit, campaign), _in_time())


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


def free_places_of(run: StageRun, area_ids: Iterable[int]) -> "QuerySet[Quota]":
    """The quotas of a result in these places, each with ``taken``: who has one of its places, or was selected for one."""
    programme = run.stage.campaign.programme_id
    inside = Enrolment.objects.filter(programme=programme, area__ancestors_of__ancestor=OuterRef("area")).order_by().values("programme")
    holding = inside.filter(Q(status__in=PLACED) | Q(status=Status.POTENTIAL) & ~waits() & is_selected())
    taken = Coalesce(Subquery(holding.annotate(found=Count("pk")).values("found")), Value(0))
    rows: QuerySet[Quota] = quotas_of(run).filter(area__in=below(area_ids)).annotate(taken=taken)
    return rows.filter(places__gt=F("taken")).annotate(free=F("places") - F("taken")).select_related("area")


def in_line(campaign: Campaign, quota: Quota) -> "QuerySet[Any]":
    """Who waits for the places of one area, confirmed and in time, in the order of the ranks; each with its ``obstacle``."""
    places = WaitingPlace.objects.waiting(timezone.localdate()).filter(
        programme=campaign.programme_id, is_validated=True, group__campaign_change__campaign=campaign, area__in=below([quota.area_id])
    )  # fmt: skip
    rows = Enrolment.objects.filter(pk__in=places.order_by().values("enrolment"))
    rank = WaitingPlace.objects.filter(enrolment=OuterRef("pk"), removed_on=None).values("rank")[:1]
    ranked: QuerySet[Any] = with_obstacle(rows).annotate(rank=Subquery(rank)).order_by("rank", "pk")
    return ranked


def already_in(run: StageRun) -> int:
    """How many of the selected and waiting are in the programme already."""
    campaign = run.stage.campaign
    unit = campaign.programme.unit
    inside = open_enrolments(unit, programme=campaign.programme_id)
    people: Any = Household if unit == Programme.Unit.HOUSEHOLD else Person
    listed = StageEntry.objects.filter(run=run.pk, outcome__in=DECIDED).values(unit)
    return int(people.objects.filter(pk__in=listed).filter(Exists(inside)).count())
