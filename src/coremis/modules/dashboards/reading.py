"""Reading what was counted: a figure, broken down, in the reader's own places, each number with the list behind it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import F, Q, QuerySet, Sum, Value
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from coremis.kernel.areas.models import Area, AreaTree
from coremis.kernel.areas.queries import below
from coremis.kernel.base.money import Money
from coremis.kernel.datasets.dataset import PLACE, Dataset, Dimension, Measure, Query
from coremis.kernel.datasets.widget import Chart, Step
from coremis.kernel.module.contributions import contributions
from coremis.kernel.screens.columns import text_of
from coremis.modules.dashboards.arranging import Placed, dimensions_of, measured, name_of
from coremis.modules.dashboards.models import Counting, Tally


@dataclass(frozen=True)
class Number:
    """One number: whole units, of how many (a share), its currency (money), how it is written, and the list behind it."""

    amount: int
    of: int | None
    currency: str
    text: str
    href: str

    def drawn(self) -> int:
        """What a chart draws: the amount; of a share, how many of a thousand."""
        return self.amount if self.of is None else thousandths(self.amount, self.of)


@dataclass(frozen=True)
class Line:
    """One value of what a figure is broken down by, with a number for each column."""

    key: str
    words: str
    numbers: Sequence[Number]


@dataclass(frozen=True)
class Column:
    """One value of what a figure is broken down across, in one currency."""

    key: str
    currency: str
    words: str


@dataclass
class Reading:
    """A figure as it was counted. Without lines, ``problem`` says why."""

    placed: Placed
    dataset: Dataset
    measure: Measure
    as_of: datetime | None = None
    lines: list[Line] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    total: list[Number] = field(default_factory=list)
    problem: str = ""
    wider: list[str] = field(default_factory=list)

    def heads(self) -> list[str]:
        """The titles of the columns of its table."""
        steps = self.placed.chart == Chart.STEPS
        first = _("Step") if steps else name_of(self.dataset, self.placed.by) if self.placed.by else ""
        return [first, *(column.words or str(self.measure.title) for column in self.columns)]


def thousandths(amount: int, of: int) -> int:
    """How many of a thousand, halves up; 0 of nothing."""
    return (amount * 2000 + of) // (of * 2) if of else 0


def written(measure: Measure, amount: int, of: int | None, currency: str) -> str:
    """A number as the reader's language writes it."""
    if of is not None:
        share = text_of(Decimal(thousandths(amount, of)) / 10) if of else "–"
        return _("%(share)s %%") % {"share": share} if of else share
    return plain(measure, amount, currency)


def plain(measure: Measure, amount: int, currency: str) -> str:
    """An amount of money or a number of something; no money has no currency."""
    return text_of(Money(amount, currency)) if measure.money and currency else text_of(amount)


class Reader:
    """Reads the figures of one page for one person, limited to a place and to what was chosen for the whole page."""

    def __init__(self, user: Any, area: Area | None = None, chosen: Mapping[str, Sequence[str]] | None = None) -> None:
        self.user, self.area, self.chosen = user, area, dict(chosen or {})
        self._below: dict[frozenset[int], tuple[Area | None, list[Area]]] = {}
        self._words: dict[tuple[str, str], dict[str, str]] = {}
        self._grouped: dict[tuple[str, str, str, str], list[Any]] = {}
        self._roots: dict[str, frozenset[int]] = {}

    @cached_property
    def countings(self) -> dict[str, Counting]:
        """The newest counting of each dataset. One query a page."""
        return {one.dataset: one for one in Counting.objects.order_by("as_of", "pk")}

    def read(self, placed: Placed) -> Reading | None:
        """The figure, or None for whoever may not see it and where its module is off."""
        found = measured(placed)
        if found is None or not self.user.has_perm(found[0].permission):
            return None
        reading = Reading(placed, *found)
        counting = self.countings.get(placed.dataset)
        if counting is None or not self._was_counted(reading, counting):
            reading.problem = _("Not counted yet. Press “Refresh”.")
            return reading
        reading.as_of = counting.as_of
        reading.wider = [code for code in self.chosen if reading.dataset.dimension(code) is None]
        self._fill(reading, counting)
        return reading

    def steps(self, placed: Placed) -> Reading | None:
        """The steps that this person may see, each as one line; those of modules that are off are not there."""
        steps = sorted(contributions(Step), key=lambda step: step.order)
        asked = [
            (step, Placed(step.dataset, step.measure, filters={name: list(given) for name, given in step.filters.items()}))
            for step in steps
        ]
        read = [(step, found) for step, one in asked if (found := self.read(one)) is not None]
        counted = [(step, found) for step, found in read if not found.problem]
        if not read:
            return None
        if not counted:
            return read[0][1]
        reading = Reading(placed, counted[0][1].dataset, counted[0][1].measure, min(found.as_of for _step, found in counted if found.as_of))
        reading.columns = [Column("", "", _("Number"))]
        reading.lines = [Line(str(place), str(step.title), found.total[:1]) for place, (step, found) in enumerate(counted)]
        return reading

    def _was_counted(self, reading: Reading, counting: Counting) -> bool:
        dimensions = dimensions_of(reading.dataset, reading.placed)
        asked = {one.code for one in dimensions or ()} | set(reading.placed.filters)
        measures = {reading.measure.code, reading.measure.per or reading.measure.code}
        return dimensions is not None and asked <= set(counting.dimensions) and measures <= set(counting.measures)

    def _fill(self, reading: Reading, counting: Counting) -> None:
        """Group, order and write the numbers. One query, and one for the words of each dimension that is not fixed."""
        sums = self._sums(reading, counting)
        dataset, placed = reading.dataset, reading.placed
        by, across = (
            self._order(dataset, placed.by, [key[0] for key in sums]),
            self._order(dataset, placed.across, [key[1] for key in sums]),
        )
        currencies = sorted({key[2] for key in sums}) or [""]
        used = {key[1:] for key in sums}
        reading.columns = [
            Column(key, currency, capfirst(" · ".join(filter(None, [words, currency if len(currencies) > 1 else ""]))))
            for key, words in across.items() for currency in currencies if (key, currency) in used
        ] or [Column("", currencies[0], "")]  # fmt: skip
        limits = self._limits(reading)
        if placed.by:
            reading.lines = [
                Line(key, capfirst(words), [self._number(reading, limits, sums, {key}, column, key) for column in reading.columns])
                for key, words in by.items()
            ]  # fmt: skip
        reading.total = [self._number(reading, limits, sums, set(by), column, None) for column in reading.columns]

    def _sums(self, reading: Reading, counting: Counting) -> "dict[tuple[str, str, str], tuple[int, int]]":
        """By the values of both dimensions and the currency: the amount, and of a share that of which it is one."""
        measure, measures = reading.measure, counting.measures
        amount, base = measures.index(measure.code), measures.index(measure.per) if measure.per else None
        found: dict[tuple[str, str, str], tuple[int, int]] = {}
        for by, across, currency, *sums in self._groups(reading, counting):
            key = (str(by), across, currency if measure.money else "")
            before = found.get(key, (0, 0))
            found[key] = (before[0] + int(sums[amount]), before[1] + (int(sums[base]) if base is not None else 0))
        return {key: pair for key, pair in found.items() if any(pair)}

    def _groups(self, reading: Reading, counting: Counting) -> list[Any]:
        """All measures of a dataset in these groups; figures of one page that differ only in their measure share one query."""
        placed = reading.placed
        asked = (counting.dataset, placed.by, placed.across, str(sorted(placed.filters.items())))
        if asked not in self._grouped:
            rows = self._rows(reading, counting)
            by: Any = Value("")
            if placed.by == PLACE:
                rows, by = self._by_place(rows, reading.dataset.permission)
            elif placed.by:
                by = F(f"key{counting.dimensions.index(placed.by)}")
            across = F(f"key{counting.dimensions.index(placed.across)}") if placed.across else Value("")
            sums = {f"_sum{place}": Sum(f"value{place}") for place in range(len(counting.measures))}
            grouped = rows.annotate(_by=by, _across=across).order_by().values("_by", "_across", "currency").annotate(**sums)
            self._grouped[asked] = list(grouped.values_list("_by", "_across", "currency", *sums))
        return self._grouped[asked]

    def _rows(self, reading: Reading, counting: Counting) -> "QuerySet[Any]":
        """What was counted in the places where this person holds the right, and fits every filter."""
        rows = Tally.objects.filter(counting=counting)
        places = self.user.places_for(reading.dataset.permission)
        if not places.everywhere:
            rows = rows.filter(area__in=places.areas())
        if self.area is not None:
            rows = rows.filter(area__in=below([self.area.pk]))
        for code, values in self._filters(reading):
            rows = rows.filter(**{f"key{counting.dimensions.index(code)}__in": values})
        return rows

    def _filters(self, reading: Reading) -> list[tuple[str, Sequence[str]]]:
        """The filters of the figure itself, and of the page as far as its dataset has them."""
        on_page = [(code, values) for code, values in self.chosen.items() if reading.dataset.dimension(code)]
        return [*reading.placed.filters.items(), *on_page]

    def _by_place(self, rows: "QuerySet[Any]", permission: str) -> "tuple[QuerySet[Any], Any]":
        """Only rows below the places shown, each with that place; what lies in the place above all of them stays with it."""
        above, places = self.places(permission)
        tree = "area__ancestors_of"
        shown = Q(**{f"{tree}__ancestor__in": [place.pk for place in places]})
        if above is not None:
            shown |= Q(**{f"{tree}__ancestor": above.pk, f"{tree}__depth": 0})
        return rows.filter(shown), F(f"{tree}__ancestor")

    def places(self, permission: str) -> "tuple[Area | None, list[Area]]":
        """The place in view and what lies just below it; several places of mine, or one with nothing below, stand for themselves."""
        roots = self.roots(permission)
        if roots not in self._below:
            inner = AreaTree.objects.filter(ancestor__in=roots, descendant__in=roots, depth__gt=0).values("descendant")
            mine = list(Area.objects.filter(pk__in=roots).exclude(pk__in=inner).order_by("search_name", "pk"))
            inside = list(Area.objects.filter(parent=mine[0]).order_by("search_name", "pk")) if len(mine) == 1 else []
            self._below[roots] = (mine[0], inside) if inside else (None, mine)
        return self._below[roots]

    def roots(self, permission: str) -> frozenset[int]:
        """The place chosen for the page; where the right reaches only part of it, my places inside."""
        if permission not in self._roots:
            places = self.user.places_for(permission)
            found = frozenset(places.roots)
            if self.area is not None:
                inside = below([self.area.pk]).filter(descendant__in=found)
                found = frozenset([self.area.pk]) if places.cover([self.area.pk]) else frozenset(inside)
            self._roots[permission] = found
        return self._roots[permission]

    def _order(self, dataset: Dataset, code: str, values: Iterable[str]) -> dict[str, str]:
        """The values in their natural order, each in words."""
        found = dict.fromkeys(values)
        if not code:
            return {"": ""}
        if code == PLACE:
            above, places = self.places(dataset.permission)
            named = {str(place.pk): place.name for place in places}
            directly = {str(above.pk): _("%(place)s itself") % {"place": above.name}} if above else {}
            return {key: words for key, words in {**named, **directly}.items() if key in found}
        dimension = dataset.dimension(code)
        words = self._words_of(dataset, dimension, found) if dimension else {}
        return {**{key: told for key, told in words.items() if key in found}, **{key: "–" for key in found if key not in words}}

    def _words_of(self, dataset: Dataset, dimension: Dimension, values: Iterable[str]) -> dict[str, str]:
        known = self._words.setdefault((dataset.name, dimension.code), {})
        if not known.keys() >= set(values):
            known = dimension.words({*known, *values}, self.user)
            self._words[dataset.name, dimension.code] = known
        return known

    def _limits(self, reading: Reading) -> list[Query | None]:
        """The filters of the list behind every number of this figure, apart from its own value."""
        filters = [query_of(reading.dataset.dimension(code), values) for code, values in self._filters(reading)]
        return [reading.measure.query, *filters]

    def _number(
        self, reading: Reading, limits: list[Query | None], sums: Mapping[Any, tuple[int, int]], keys: set[str], column: Column,
        key: str | None,
    ) -> Number:  # fmt: skip
        """The sum over some values in one column, with its list."""
        parts = [sums.get((one, column.key, column.currency), (0, 0)) for one in keys]
        amount, base = sum(part[0] for part in parts), sum(part[1] for part in parts)
        of = base if reading.measure.per else None
        queries = [*limits, *self._own(reading, column, key)]
        return Number(amount, of, column.currency, written(reading.measure, amount, of, column.currency), reading.dataset.link(*queries))

    def _own(self, reading: Reading, column: Column, key: str | None) -> list[Query | None]:
        """The filters for one line and one column."""
        placed, dataset = reading.placed, reading.dataset
        found: list[Query | None] = []
        if placed.across:
            found.append(query_of(dataset.dimension(placed.across), [column.key]))
        if key is not None and placed.by == PLACE:
            above, _places = self.places(dataset.permission)
            found.append(None if above and key == str(above.pk) else {"area": [key]})
        elif self.area is not None:
            found.append(self._in_area(dataset.permission))
        if key is not None and placed.by != PLACE:
            found.append(query_of(dataset.dimension(placed.by), [key]))
        return found

    def _in_area(self, permission: str) -> Query | None:
        """The place of the page as a filter; none is needed where it holds all of mine, and none can say several of mine."""
        roots, mine = self.roots(permission), self.user.places_for(permission).roots
        return {"area": [str(root) for root in roots]} if len(roots) == 1 else {} if roots == mine else None


def query_of(dimension: Dimension | None, values: Sequence[str]) -> Query | None:
    """The filters of a list that show these values of a dimension; None where the list cannot show them together."""
    queries = [dimension.filters(value) for value in values] if dimension else [None]
    if len(queries) == 1:
        return queries[0]
    names = {name for query in queries if query is not None for name in query}
    if None in queries or len(names) != 1:
        return None
    (name,) = names
    return {name: [value for query in queries if query for value in query[name]]}
