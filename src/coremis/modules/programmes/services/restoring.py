"""Giving beneficiaries back what they held before one group change, a chunk at a time."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, DateField, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from coremis.kernel.actions.bulk import update_from
from coremis.kernel.actions.models import Change, Event
from coremis.kernel.areas.queries import below
from coremis.kernel.jobs.work import Work
from coremis.kernel.module.contributions import Contribution, contributions
from coremis.kernel.screens.screen import Text
from coremis.modules.programmes.models import ENDED, OPEN, Enrolment
from coremis.modules.programmes.queries import UNITS, gone
from coremis.modules.programmes.services import places

HELD = ("status", "status_reason", "status_note")


@dataclass(frozen=True)
class UndoObstacle(Contribution):
    """What forbids to undo a change of status, because something already depends on it (a released payment).

    ``check(enrolments, since)`` gives the ids of those among ``enrolments`` that depend on the status they have had since that
    moment, as a query with one column. ``sentence`` says why, in words for people.
    """

    check: "Callable[[QuerySet[Enrolment], datetime], QuerySet[Any]]"
    sentence: Text


def changed_by(programme_id: int, cause: int, to_status: str) -> "QuerySet[Enrolment]":
    """The beneficiaries that a group change left with ``to_status`` and that nothing has changed since."""
    events = Event.objects.filter(Q(cause_id=cause) | Q(pk=cause)).values("pk")
    rows: QuerySet[Enrolment] = Enrolment.objects.filter(programme=programme_id, status=to_status, event_id__in=events)
    return rows


def enrolled_again(unit: str) -> Exists:
    """Whether the same household or person has another open enrolment in the programme by now."""
    same = Enrolment._base_manager.filter(**{unit: OuterRef(unit)}, programme=OuterRef("programme"), status__in=OPEN)
    return Exists(same.exclude(pk=OuterRef("pk")))


def obstacles(rows: "QuerySet[Enrolment]", since: datetime) -> "list[tuple[Text, QuerySet[Any]]]":
    """What other modules say against undoing, each with the ids concerned."""
    return [(obstacle.sentence, obstacle.check(rows, since)) for obstacle in contributions(UndoObstacle)]


def restorable(rows: "QuerySet[Enrolment]", unit: str, to_status: str, since: datetime) -> "QuerySet[Enrolment]":
    """Those of ``rows`` that may go back: not enrolled again meanwhile, still there, and nothing depends on the change."""
    for _sentence, ids in obstacles(rows, since):
        rows = rows.exclude(pk__in=ids)
    return rows.exclude(enrolled_again(unit)).exclude(gone(unit)) if to_status in ENDED else rows


def moved_away(unit: str, area_ids: Iterable[int]) -> Exists:
    """Whether the household or person lives outside these places by now: ended enrolments did not follow it."""
    return Exists(UNITS[unit]._base_manager.filter(pk=OuterRef(unit)).exclude(area__in=below(area_ids)))


def restore_chunk(work: Work, rows: "QuerySet[Enrolment]", count: int) -> int | None:
    """Restore the next ``count`` of ``rows``; the id of the last one, None when there is no more."""
    rows = rows.filter(pk__gt=work.cursor.get("after", 0))
    last = places.last_of_chunk(rows, count)
    values = former_values()
    if work.params["from"] in ENDED:  # what is open lies where the household or person lives
        home = UNITS[work.params["unit"]]._base_manager.filter(pk=OuterRef(work.params["unit"]))
        values["area"] = Subquery(home.values("area")[:1])
    work.done += update_from(rows.filter(pk__lte=last) if last else rows, **values)
    work.cursor["after"] = last
    return last


def former_values() -> dict[str, Any]:
    """For ``update_from``: what each row held before its last change.

    The changes of one row are few, those of one event many: ``+ 0`` keeps the database from looking through the event's.
    """
    mine = Change.objects.filter(kind=Enrolment.kind(), record_id=OuterRef("pk"))
    change = mine.annotate(by=F("event_id") + 0).filter(by=OuterRef("event_id"))

    def before(name: str) -> Subquery:
        return Subquery(change.values(held=KT(f"before__{name}"))[:1])

    values: dict[str, Any] = {name: before(name) for name in HELD}
    values["status_since"] = Cast(before("status_since"), DateField())
    values["set_by_hand"] = Cast(before("set_by_hand"), BooleanField())
    return values
