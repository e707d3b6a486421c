"""Which payment point serves a place or a household on a day; which places have none."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import CharField, Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from coremis.kernel.areas.models import Area, AreaTree
from coremis.modules.points.models import HouseholdPoint, PaymentPoint, ServedPlace, on_day
from coremis.modules.registry.models import Household


def point_of_area(day: Any, area: str = "area") -> Subquery:
    """The point of a place: its own, or that of the nearest place above it. NULL where there is none.

    An expression for ``annotate`` and ``insert_from``; ``area`` is the path to the place in the outer rows, ``day`` a date
    or an expression. A closed point serves nobody. Each row probes two indexes once per level: 20,000 rows take
    0.2 s, with the household's own point and the name 0.6 s (measured with 3,000 places).
    """
    held = on_day(day, "ancestor__served_by__")
    above = AreaTree.objects.filter(held, descendant=OuterRef(area), ancestor__served_by__point__is_active=True)
    nearest = above.order_by("depth", "-ancestor__served_by__valid_from", "ancestor__served_by__pk")
    return Subquery(nearest.values("ancestor__served_by__point_id")[:1])


def point_of_household(day: Any, household: str = "household", area: str = "area") -> Coalesce:
    """The point of a household: its own, if one was chosen for it, otherwise its place's. For persons in no household, their place's."""
    own = HouseholdPoint.objects.filter(on_day(day), household=OuterRef(household), point__is_active=True)
    return Coalesce(Subquery(own.order_by("-valid_from", "pk").values("point_id")[:1]), point_of_area(day, area))


def point_name(point: str = "new_point") -> Coalesce:
    """The name of the point that an annotation or column holds; empty for none."""
    named = PaymentPoint.objects.filter(pk=OuterRef(point)).values("name")[:1]
    return Coalesce(Subquery(named), Value(""), output_field=CharField())


def points_for(areas: Iterable[int], day: date) -> dict[int, PaymentPoint]:
    """The point of each of these places, by place; places without one are not there. Two queries."""
    found = dict(Area.objects.filter(pk__in=list(areas)).annotate(serving=point_of_area(day, "pk")).values_list("pk", "serving"))
    points = PaymentPoint.objects.in_bulk({pk for pk in found.values() if pk})
    return {area: points[point] for area, point in found.items() if point}


def points_of_households(households: Iterable[int], day: date) -> dict[int, PaymentPoint]:
    """The point of each of these households, by household; those without one are not there. Two queries."""
    rows = Household.objects.filter(pk__in=list(households))
    found = dict(rows.annotate(serving=point_of_household(day, "pk", "area")).values_list("pk", "serving"))
    points = PaymentPoint.objects.in_bulk({pk for pk in found.values() if pk})
    return {household: points[point] for household, point in found.items() if point}


def places_without_point(day: date) -> "QuerySet[Area]":
    """The lowest places that are in use and that no point serves."""
    rows: QuerySet[Area] = Area.objects.filter(valid_until=None, children=None)
    return rows.annotate(serving=point_of_area(day, "pk")).filter(serving=None)


def points_without_places(day: date) -> "QuerySet[PaymentPoint]":
    """Points in use where no place and no household collects."""
    served = ServedPlace.objects.filter(on_day(day), point=OuterRef("pk"))
    own = HouseholdPoint.objects.filter(on_day(day), point=OuterRef("pk"))
    rows: QuerySet[PaymentPoint] = PaymentPoint.objects.filter(is_active=True)
    return rows.filter(~Exists(served), ~Exists(own))
