"""`Dataset`: something that can be counted, as a module declares it. Dashboards count it ahead; reports and the reference read it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse

from coremis.kernel.module.contributions import Contribution, contributions
from coremis.kernel.screens.screen import Text

Query = Mapping[str, Sequence[str]]
MOST_DIMENSIONS, MOST_MEASURES = 8, 12
PLACE = "place"  # every dataset can be broken down by place, so nobody declares it


@dataclass(frozen=True)
class Dimension:
    """By what a dataset can be broken down.

    ``on`` is a field path or an annotation of the dataset's rows (by default the code); its values are kept as text, "" for none.
    ``choices`` are (value, words) pairs in their natural order, or a function of (values, user) that gives them.
    ``query(value)`` gives the filters of the list behind a figure, None where that list cannot show it; by default the code is the
    name of the filter. ``over_time`` values follow each other; ``on_top`` ones can be chosen for a whole page.
    """

    code: str
    title: Text
    on: str = ""
    choices: Any = ()
    query: Callable[[str], Query | None] | None = None
    over_time: bool = False
    on_top: bool = False

    def words(self, values: Iterable[str], user: Any) -> dict[str, str]:
        """The words of these values, in their natural order; a value that this person may not know of is left out."""
        wanted = set(values)
        pairs = self.choices(wanted, user) if callable(self.choices) else self.choices
        return {str(value): str(words) for value, words in pairs if str(value) in wanted}

    def filters(self, value: str) -> Query | None:
        """The filters that show only this value in the list."""
        if self.query is not None:
            return self.query(value)
        return {self.code: [value]} if value else None


@dataclass(frozen=True)
class Measure:
    """What is counted or summed. ``help`` is its definition in words, ``query`` the filters of the list of exactly these rows
    (None: no list shows them).

    ``of`` is a whole-number field or annotation that is summed; without it rows are counted. ``money`` says that it is in smallest
    units of the dataset's currency. With ``per``, the code of another measure, the figure is a share: so many of a hundred of those.
    """

    code: str
    title: Text
    help: Text
    of: str = ""
    where: Q | None = None
    query: Query | None = field(default_factory=dict)
    money: bool = False
    per: str = ""


@dataclass(frozen=True)
class Dataset(Contribution):
    """Rows that are counted by place and ``dimensions``, for those who hold ``permission``, each in their own places.

    ``rows()`` gives all of them, with the annotations that dimensions and measures name. ``address`` is the URL name of the list
    that shows them under the same permission, and ``query`` its filters for exactly these rows. ``area`` is the path to the place
    by which rights hold and the list filters, ``currency`` the path to the currency of its sums.
    """

    name: str
    title: Text
    description: Text
    permission: str
    rows: Callable[[], QuerySet[Any]]
    address: str
    dimensions: Sequence[Dimension]
    measures: Sequence[Measure]
    query: Query = field(default_factory=dict)
    area: str = "area"
    currency: str = ""

    def dimension(self, code: str) -> Dimension | None:
        """The dimension of this code."""
        return next((one for one in self.dimensions if one.code == code), None)

    def measure(self, code: str) -> Measure | None:
        """The measure of this code."""
        return next((one for one in self.measures if one.code == code), None)

    def link(self, *queries: Query | None) -> str:
        """The list of the rows that fit all these filters; nothing where it cannot show them, or where none can fit."""
        found: dict[str, list[str]] = {}
        for query in (self.query, *queries):
            if query is None:
                return ""
            for name, values in query.items():
                found[name] = [value for value in found.get(name, values) if value in values]
        if not all(found.values()):
            return ""
        return f"{reverse(self.address)}?{urlencode(found, doseq=True) if found else 'clear=1'}"


def find_dataset(name: str) -> Dataset | None:
    """The dataset of this name; None where its module is off."""
    return next((one for one in contributions(Dataset) if one.name == name), None)
