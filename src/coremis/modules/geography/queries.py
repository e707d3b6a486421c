"""Figures and outlines of places, as formulas, quotas, dashboards and maps use them."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from coremis.kernel.areas.models import Area, AreaTree
from coremis.modules.geography.maps import EQUAL, QUANTILE, Choropleth, Shape, choropleth
from coremis.modules.geography.models import AreaFigure, AreaShape, used_on


def figures_on(kind: str, day: date, source: str = "") -> "QuerySet[AreaFigure]":
    """The figure of each place that has one of this kind (its code), valid on a day: one row a place, of the newest year.

    With ``source``, only figures of that source. Of two sources for one year the one entered last counts.
    """
    valid = _valid(kind, day, source)
    newer = valid.filter(area=OuterRef("area")).filter(Q(year__gt=OuterRef("year")) | Q(year=OuterRef("year"), pk__gt=OuterRef("pk")))
    return valid.filter(~Exists(newer))


def inherited_figures(kind: str, day: date, source: str = "") -> "QuerySet[Area, Any]":
    """Every place with ``figure``: its own, or that of the nearest place above it that has one; NULL where none has.

    An expression for joins and ``insert_from`` (``.values("figure")`` of one place): rates and yes/no figures may be read so,
    counts such as the population may not.
    """
    above = AreaTree.objects.filter(descendant=OuterRef("pk"), ancestor__figures__in=_valid(kind, day, source))
    nearest = above.order_by("depth", F("ancestor__figures__year").desc(), F("ancestor__figures__pk").desc())
    rows: QuerySet[Area, Any] = Area.objects.annotate(figure=Subquery(nearest.values("ancestor__figures__value")[:1]))
    return rows


def shapes_of(parent: Area, level: int | None = None, href: Callable[[Area], str] = lambda area: "") -> list[Shape]:
    """The places in use inside ``parent`` that have an outline, to draw: those just below it, or those of one level (its position).

    One query. The caller says where a click leads, and asks for places that its reader may see only.
    """
    inside = AreaShape.objects.filter(area__ancestors_of__ancestor=parent, area__valid_until=None).select_related("area__level")
    wanted = parent.level.position + 1 if level is None else level
    rows = inside.filter(area__level__position=wanted).order_by("area__search_name", "area_id")
    return [Shape(row.area_id, row.area.name, row.geometry, href(row.area)) for row in rows]


def _valid(kind: str, day: date, source: str) -> "QuerySet[AreaFigure]":
    rows = AreaFigure.objects.filter(used_on(day), kind__code=kind)
    return rows.filter(source=source) if source else rows


__all__ = ["EQUAL", "QUANTILE", "Choropleth", "Shape", "choropleth", "figures_on", "inherited_figures", "shapes_of"]
