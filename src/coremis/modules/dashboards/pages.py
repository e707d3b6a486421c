"""What a page of figures needs: which dashboard stands open, what was chosen for the whole page, and its figures ready to print."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from coremis.kernel.datasets.dataset import Dimension, find_dataset
from coremis.kernel.datasets.widget import Chart
from coremis.kernel.screens.exports import may_export
from coremis.kernel.screens.filters import AreaFilter, ChoiceFilter, Filter
from coremis.kernel.screens.lists import query_of as given_in
from coremis.kernel.screens.selection import Selection, read_selection
from coremis.kernel.screens.tables import figure_table
from coremis.modules.dashboards.arranging import Placed
from coremis.modules.dashboards.charts import Drawing, draw
from coremis.modules.dashboards.maps import map_of
from coremis.modules.dashboards.models import Dashboard
from coremis.modules.dashboards.reading import Number, Reader, Reading, plain
from coremis.modules.geography.queries import Choropleth

VIEW = "dashboards.view_dashboard"
OWN = frozenset({"dashboard", "figure", "format"})  # parameters of the page that are no filters
LONG = 9  # signs of a number that is written smaller


@dataclass
class Asked:
    """What was chosen for the whole page: a place, and values of the dimensions that stand on top."""

    filters: list[Filter]
    selection: Selection
    given: dict[str, list[str]]
    reader: Reader


@dataclass
class Shown:
    """One figure, ready to print."""

    placed: Placed
    title: str
    reading: Reading
    drawing: Drawing | None
    table: dict[str, Any] | None
    map: Choropleth | None = None
    numbers: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)


def filters_for(widgets: Sequence[Placed], user: Any) -> list[Filter]:
    """A place, and each dimension on top that at least one of these figures has."""
    found: dict[str, Filter] = {"area": AreaFilter("area")}
    for placed in widgets:
        dataset = find_dataset(placed.dataset)
        if dataset is None or not user.has_perm(dataset.permission):
            continue
        for dimension in dataset.dimensions:
            if dimension.on_top and dimension.code not in found:
                found[dimension.code] = ChoiceFilter(dimension.code, dimension.title, choices=offered(dimension))
    return list(found.values())


def offered(dimension: Dimension) -> Any:
    """The values of a dimension that somebody may choose for a page."""
    return lambda user: dimension.choices(None, user) if callable(dimension.choices) else dimension.choices


def asked_of(request: HttpRequest, widgets: Sequence[Placed]) -> Asked:
    """Read the address. What is not understood is a sentence, and then no figure is shown."""
    filters = filters_for(widgets, request.user)
    given = {name: values for name, values in given_in(request).items() if name not in OWN}
    selection = read_selection(filters, given, request.user, VIEW)
    chosen = {one.name: value for one, value in selection.chosen}
    area = chosen.pop("area", None)
    top = {name: [str(stored) for stored, _words in value] for name, value in chosen.items()}
    return Asked(filters, selection, given, Reader(request.user, area, top))


def shown(placed: Placed, asked: Asked, query: Mapping[str, Any] | None = None) -> Shown | None:
    """A figure as it is printed; None for whoever may not see it. ``query`` names it in the address of its files, if it has any."""
    reading = asked.reader.steps(placed) if placed.chart == Chart.STEPS else asked.reader.read(placed)
    if reading is None:
        return None
    found = ready(placed, reading)
    if placed.chart == Chart.MAP and reading.lines:
        found.map = map_of(asked.reader, reading, f"map-{(query or {}).get('figure', 0)}")
        found.notes += [] if found.map else [_("No outlines are loaded for these places, so there is only the table.")]
    if query is not None and not reading.problem and may_export(asked.reader.user):
        address = reverse("dashboards:figure_file")
        found.links = {kind: f"{address}?{urlencode({**query, 'format': kind}, doseq=True)}" for kind in kinds_of(found)}
    return found


def ready(placed: Placed, reading: Reading) -> Shown:
    """With its drawing, its table and its numbers."""
    drawing = draw(reading)
    table = table_of(reading) if reading.lines else None
    found = Shown(placed, placed.title(), reading, drawing, table)
    if not reading.problem and (placed.chart == Chart.FIGURE or not reading.lines):
        found.numbers = [said(reading, number) for number in reading.total]
    if drawing is not None and drawing.left_out:
        found.notes.append(_("%(count)s more stand in the table.") % {"count": drawing.left_out})
    return found


def kinds_of(found: Shown) -> list[str]:
    """The files that can be taken of a figure."""
    return ["xlsx", "csv", *(["svg"] if found.drawing or found.map else [])]


def said(reading: Reading, number: Number) -> dict[str, Any]:
    """A single number: how it is written, and of a share how many of how many."""
    part, whole = (plain(reading.measure, amount or 0, number.currency) for amount in (number.amount, number.of))
    words = _("%(part)s of %(whole)s") % {"part": part, "whole": whole} if number.of is not None else ""
    return {"text": number.text, "href": number.href, "words": words, "short": len(number.text) > LONG}


def table_of(reading: Reading) -> dict[str, Any]:
    """The figures as a table, with the sum below where there are several lines."""
    kind = "amount" if reading.measure.money else "number"
    first, *others = reading.heads()
    rows = [[(line.words, ""), *((number.text, number.href) for number in line.numbers)] for line in reading.lines]
    if len(rows) > 1 and reading.placed.chart != Chart.STEPS:
        rows.append([(_("All"), ""), *((number.text, number.href) for number in reading.total)])
    return figure_table([(first, ""), *((title, kind) for title in others)], rows)


def board(request: HttpRequest, dashboard: Dashboard | None, widgets: Sequence[Placed]) -> dict[str, Any]:
    """The figures of a dashboard, and the filters above them."""
    asked = asked_of(request, widgets)
    name = {"dashboard": dashboard.pk} if dashboard else {}
    parts = [shown(placed, asked, {**name, **asked.given, "figure": place}) for place, placed in enumerate(widgets)]
    figures = [] if asked.selection.problems else [part for part in parts if part is not None]
    for part in figures:
        part.notes += [wider_words(part.reading, asked)] if part.reading.wider else []
    moments = sorted(part.reading.as_of for part in figures if part.reading.as_of)
    return {
        "figures": figures, "problems": asked.selection.problems, "as_of": moments[0] if moments else None,
        "controls": [filter.control(asked.given, request.user, VIEW) for filter in asked.filters],
        "chips": asked.selection.words(), "kept": name,
    }  # fmt: skip


def wider_words(reading: Reading, asked: Asked) -> str:
    """Which of the choices above the page say nothing about this figure."""
    titles = {one.name: str(one.title) for one in asked.filters}
    return _("Not limited by: %(names)s.") % {"names": ", ".join(titles.get(code, code) for code in reading.wider)}
