"""The map: one figure of the places inside a place, in colours, with the table behind it; to be taken home as SVG or CSV."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from coremis.kernel.areas.models import Area, AreaLevel
from coremis.kernel.areas.queries import path_of
from coremis.kernel.files.writing import SheetColumn, write_csv
from coremis.kernel.screens.exports import export_list, file_name, may_export
from coremis.kernel.screens.screen import Screen, whole_number
from coremis.modules.geography.maps import EQUAL, QUANTILE, Choropleth, choropleth
from coremis.modules.geography.measures import Measure, measures_for, place_page
from coremis.modules.geography.models import AreaShape
from coremis.modules.geography.queries import shapes_of

SEE = "geography.view_areashape"
MOST_PLACES, MOST_FIRST = 1_500, 30


@dataclass(frozen=True)
class Asked:
    """What somebody wants to see."""

    area: Area
    level: AreaLevel
    measure: Measure
    classes: int
    method: str

    def address(self, **other: Any) -> str:
        """The address of the same map, or of another one."""
        known = {"area": self.area.pk, "level": self.level.position, "measure": self.measure.code, "classes": self.classes}
        return "?" + urlencode({**known, "method": self.method, **other})


@dataclass(frozen=True)
class Line:
    """One place in the table behind the map."""

    area: Area
    value: float | None
    words: str
    href: str
    list_href: str


def own_places(user: Any) -> "QuerySet[Area]":
    """The places this person may see on a map."""
    found: QuerySet[Area] = Area.objects.visible_to(user, SEE)
    return found.filter(valid_until=None)


def top_place(user: Any) -> Area | None:
    """Where the map begins: the highest of one's own places that has units inside."""
    inside = Area.objects.filter(parent=OuterRef("pk"), valid_until=None)
    return own_places(user).filter(Exists(inside)).select_related("level").order_by("level__position", "search_name", "pk").first()


def first_places(user: Any) -> list[Area]:
    """Where somebody who is at home in several places, or in a lowest one, goes on from."""
    roots = user.places_for(SEE).roots
    return list(own_places(user).filter(pk__in=roots).order_by("level__position", "search_name", "pk")[:MOST_FIRST])


def asked_in(request: HttpRequest) -> Asked | None:
    """The map asked for; what is not understood falls back to the plain map. None while there is no place or no figure."""
    user, given = request.user, request.GET
    key = whole_number(given.get("area", ""))
    area = own_places(user).select_related("level").filter(pk=key).first() if key else top_place(user)
    if key and area is None:
        raise Http404
    measures = measures_for(user)
    if area is None or not measures:
        return None
    levels = levels_below(area)
    if not levels:
        return None
    level = next((one for one in levels if str(one.position) == given.get("level")), levels[0])
    measure = next((one for one in measures if one.code == given.get("measure")), measures[0])
    classes = whole_number(given.get("classes", "")) or 5
    return Asked(area, level, measure, max(2, min(classes, 7)), EQUAL if given.get("method") == EQUAL else QUANTILE)


def levels_below(area: Area) -> list[AreaLevel]:
    """The levels below a place that have outlines there, the nearest first; else the next level, so that its table can be read."""
    drawn = AreaShape.objects.filter(area__ancestors_of__ancestor=area, area__valid_until=None).values("area__level")
    found = list(AreaLevel.objects.filter(pk__in=drawn, position__gt=area.level.position))
    return found or list(AreaLevel.objects.filter(position=area.level.position + 1, areas__parent=area).distinct())


def lines_of(request: HttpRequest, asked: Asked) -> list[Line]:
    """Every place of the level with its value, by name."""
    inside = own_places(request.user).filter(ancestors_of__ancestor=asked.area, level=asked.level)
    places = list(inside.order_by("search_name", "pk")[:MOST_PLACES])
    values = asked.measure.values(request.user, [place.pk for place in places], timezone.localdate())
    deeper = set(Area.objects.filter(parent__in=places, valid_until=None).values_list("parent_id", flat=True))
    return [line_of(asked, place, values, place.pk in deeper) for place in places]


def line_of(asked: Asked, place: Area, values: Mapping[int, float], deeper: bool) -> Line:
    """One place: a click goes one level down, or to the page of the place where there is nothing below."""
    value = values.get(place.pk)
    href = asked.address(area=place.pk, level="") if deeper else place_page(place.pk)
    listed = asked.measure.address(place.pk) if asked.measure.address and value else ""
    return Line(place, value, asked.measure.words(value) if value is not None else _("no data"), href, listed)


def drawn(asked: Asked, lines: list[Line]) -> Choropleth:
    """The map of these places."""
    hrefs = {line.area.pk: line.href for line in lines}
    shapes = [shape for shape in shapes_of(asked.area, asked.level.position, lambda area: hrefs.get(area.pk, "")) if shape.area_id in hrefs]
    return choropleth(
        shapes, {line.area.pk: line.value for line in lines if line.value is not None},
        title=title_of(asked), said=asked.measure.words, no_data=_("no data"), classes=asked.classes, method=asked.method,
    )  # fmt: skip


def title_of(asked: Asked) -> str:
    """“Poverty rate: Gitega”."""
    return f"{asked.measure.title}: {asked.area.name}"


class MapScreen(Screen):
    """The map with its controls and its table."""

    methods = ("GET", "HEAD")

    def respond(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The page; without places or figures it says what to do first."""
        asked = asked_in(request)
        if asked is None:
            mine = [(area.name, place_page(area.pk)) for area in first_places(request.user)] if top_place(request.user) is None else []
            return render(request, "geography/map.html", {"title": _("Map"), "asked": None, "mine": mine})
        lines = lines_of(request, asked)
        above = [area for area in path_of(asked.area)[:-1] if own_places(request.user).filter(pk=area.pk).exists()]
        others = [area for area in first_places(request.user) if area not in (asked.area, *above)]
        return render(request, "geography/map.html", {
            "title": _("Map"),
            "asked": asked,
            "map": drawn(asked, lines),
            "lines": lines,
            "most": MOST_PLACES if len(lines) == MOST_PLACES else 0,
            "mine": [(area.name, asked.address(area=area.pk, level="")) for area in others],
            "above": [(area.name, asked.address(area=area.pk, level="")) for area in above],
            "measures": measures_for(request.user),
            "levels": levels_below(asked.area),
            "methods": [(QUANTILE, _("as many places in each")), (EQUAL, _("equal steps"))],
            "numbers": range(2, 8),
            "downloads": self.downloads(request, asked),
        })  # fmt: skip

    def downloads(self, request: HttpRequest, asked: Asked) -> list[dict[str, str]]:
        """The files that may be taken home."""
        if not may_export(request.user):
            return []
        kinds = (("svg", _("Take the map home (SVG)")), ("csv", _("Take the table home (CSV)")))
        return [{"title": words, "url": reverse("geography:map_file", args=[kind]) + asked.address(), "tone": ""} for kind, words in kinds]


class MapFile(Screen):
    """The map as a drawing, or its table; noted in the history as a list taken home."""

    methods = ("GET", "HEAD")

    def respond(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The file."""
        asked = asked_in(request)
        if asked is None:
            raise Http404
        lines, title = lines_of(request, asked), title_of(asked)
        export_list(
            list_title=title, address=request.get_full_path(), file_format="csv", row_count=min(len(lines), MOST_PLACES), actor=request.user
        )
        if kwargs["kind"] == "svg":
            content = render(request, "geography/map.svg", drawing(drawn(asked, [replace(line, href="") for line in lines]))).content
            return as_file(content, "image/svg+xml; charset=utf-8", file_name(slugify(title), "svg"))
        return as_file(table_file(asked, lines), "text/csv; charset=utf-8", file_name(slugify(title), "csv"))


def drawing(found: Choropleth) -> dict[str, Any]:
    """The map with its title above and its legend below, in steps of the drawing."""
    top, line = 48, 24
    told = [(step.fill, f"{step.words} ({step.count})") for step in found.legend]
    if found.without:
        told.append((f"url(#{found.key}-none)", f"{found.no_data} ({found.without})"))
    legend = [(fill, words, top + found.height + 8 + number * line) for number, (fill, words) in enumerate(told)]
    height = top + found.height + 16 + len(told) * line
    return {"map": found, "legend": legend, "page_height": height, "day": timezone.localdate()}


def table_file(asked: Asked, lines: list[Line]) -> bytes:
    """Code, name and value of each place."""
    columns = [SheetColumn(_("Code")), SheetColumn(_("Name")), SheetColumn(str(asked.measure.title), "number")]
    content = io.BytesIO()
    write_csv(content, columns, [[line.area.code, line.area.name, line.value] for line in lines], get_language() or "en")
    return content.getvalue()


def as_file(content: bytes, kind: str, name: str) -> HttpResponse:
    """An answer that the browser saves."""
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


map_page = MapScreen(permission=SEE, title=gettext_lazy("Map"))
map_file = MapFile(permission=SEE, title=gettext_lazy("Map"))
