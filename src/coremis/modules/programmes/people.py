"""What programmes have to say when records of people become one or are withdrawn, and what they know of a past day."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.http import HttpRequest
from django.utils.translation import gettext as _

from coremis.kernel.actions.bulk import update_from
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.past import as_of, end_of
from coremis.kernel.screens.details import Fact
from coremis.modules.programmes.models import OPEN, Enrolment, Status
from coremis.modules.registry.models import Household, Person


def about(record: Household | Person) -> Q:
    """Enrolments of this household or person."""
    return Q(household=record.pk) if isinstance(record, Household) else Q(person=record.pk)


def both_enrolled(survivor: Any, other: Any) -> list[str]:
    """Two that are in one programme cannot become one before one of them has left it: nothing is ever added up (pitfall D12)."""
    theirs = Enrolment.objects.filter(about(other), status__in=OPEN)
    shared = Enrolment.objects.filter(about(survivor), status__in=OPEN, programme__in=theirs.values("programme"))
    sentence = _("Both are in %(programme)s. Exit one of them there first; payments stay where they were made.")
    return [sentence % {"programme": row.programme} for row in shared.select_related("programme")]


def follow(survivor: Any, other: Any, actor: Actor) -> None:
    """Open enrolments of the other record go on with the survivor, where it lives; ended ones stay with the record that had them."""
    named = "household" if isinstance(survivor, Household) else "person"
    update_from(Enrolment.objects.filter(about(other), status__in=OPEN), **{named: Value(survivor.pk), "area": Value(survivor.area_id)})


def follow_home(rows: "QuerySet[Any]", actor: Actor) -> None:
    """Whoever is in a programme lies where the household or person lies now; ended enrolments stay where they were."""
    named = "household" if rows.model is Household else "person"
    place = rows.model._base_manager.filter(pk=OuterRef(named)).values("area")[:1]
    moved = Enrolment.objects.filter(**{f"{named}__in": rows}, status__in=OPEN).exclude(area=Subquery(place))
    update_from(moved, area=Subquery(place))


def enrolled(record: Any) -> list[str]:
    """Whoever was ever in a programme is no mistake."""
    if not Enrolment.objects.filter(about(record)).exists():
        return []
    return [_("This record is or was in a programme, so it cannot be withdrawn. Exit it there instead.")]


def on_day(request: HttpRequest, record: Any, day: date) -> Mapping[str, Any] | None:
    """The programmes of a household or person and the status in each, as recorded on a day."""
    user: Any = request.user
    rows = list(Enrolment.objects.visible_to(user, "programmes.view_enrolment").filter(about(record)).select_related("programme"))
    then = [row for row in as_of(rows, end_of(day)).values() if row.enrolled_on <= day]
    facts = [Fact(str(row.programme), Status(row.status).label) for row in then]
    return {"facts": [fact.ready() for fact in facts]} if facts else {"text": "–"}
