"""Reads about the validation of a list: its villages, and who is on the list of one."""

from typing import Any, NamedTuple

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from coremis.kernel.areas.models import Area
from coremis.kernel.areas.queries import below
from coremis.modules.targeting.models import TO_ANSWER, Kind, Outcome, StageEntry, StageRun
from coremis.modules.targeting.queries import with_rule_names
from coremis.modules.validation.models import Meeting

SEES = "targeting.view_stageentry"
# The order in which a list is read out: the selected first, then who waits, then everybody else.
ORDER = (Outcome.SELECTED, Outcome.WAITING, Outcome.IN, Outcome.NOT_SELECTED, Outcome.NOT_ELIGIBLE, Outcome.NOT_ASSESSED)


class Village(NamedTuple):
    """How far one village is: on the list, selected, waiting, those with an answer of whom one is asked, and the meeting."""

    area_id: int
    name: str
    listed: int
    selected: int
    waiting: int
    answered: int
    meeting: Meeting | None


def villages_of(run: StageRun, user: Any) -> list[Village]:
    """The villages of a list in the reader's places, by name. Two queries."""
    rows = StageEntry.objects.visible_to(user, SEES).filter(run=run).order_by()
    selected, waiting = Q(outcome=Outcome.SELECTED), Q(outcome=Outcome.WAITING)
    counted: Any = rows.values_list("area_id", "area__name").annotate(
        listed=Count("pk"), selected=Count("pk", filter=selected), waiting=Count("pk", filter=waiting),
        answered=Count("pk", filter=Q(outcome__in=TO_ANSWER) & ~Q(verdict="")),
    )  # fmt: skip
    held = {meeting.area_id: meeting for meeting in Meeting.objects.filter(run=run)}
    return [
        Village(area, name, listed, chosen, waits, answered, held.get(area))
        for area, name, listed, chosen, waits, answered in sorted(counted, key=lambda row: (row[1], row[0]))
    ]


def read_out(run: StageRun, area: Area) -> "QuerySet[StageEntry]":
    """Everybody on the list of a place, village by village, in the order in which the list is read out."""
    place = Case(*(When(outcome=outcome, then=Value(at)) for at, outcome in enumerate(ORDER)), output_field=IntegerField())
    rows: QuerySet[StageEntry] = StageEntry.objects.filter(run=run, area__in=below([area.pk]))
    named = with_rule_names(rows.select_related("run", "household", "person", "area").annotate(place=place))
    return named.order_by("area__name", "area_id", "place", "rank", "household__head_name", "pk")


def is_open(run: StageRun) -> bool:
    """Whether the community's answers can be recorded."""
    return run.stage.kind == Kind.VALIDATION and run.state == StageRun.State.OPEN


def unit_number(entry: StageEntry) -> str:
    """The number of the household or person, as it stands on papers."""
    return entry.who.number_text


def unit_name(entry: StageEntry) -> str:
    """The head of the household, or the person."""
    return entry.household.head_name if entry.household else entry.person.full_name if entry.person else ""
