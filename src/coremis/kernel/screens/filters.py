"""Filters of a list. Each reads its own parameters, and says a sentence where it cannot understand them.

A filter that is not understood never means "no filter": the list then shows nothing and the sentence says why.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from coremis.kernel.areas.queries import below
from coremis.kernel.base.numbers import read_number
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.base.text import fold
from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.places import area_options, read_area
from coremis.kernel.screens.screen import Text

Given = Mapping[str, Sequence[str]]
LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Filter:
    """One filter. `on` is a field path or an expression; `private` values never stand in an address.

    `read` gives the value asked for, None where nothing was asked, and raises `Refusal` with a sentence otherwise.
    """

    name: str
    title: Text
    on: Any = None
    help: Text = ""
    private: bool = False
    kind: ClassVar[str] = "text"

    def names(self) -> tuple[str, ...]:
        """The parameters this filter reads."""
        return (self.name,)

    def read(self, given: Given, user: Any, permission: str) -> Any:
        """The value asked for, or None."""
        raise NotImplementedError

    def apply(self, rows: QuerySet[Any], value: Any) -> QuerySet[Any]:
        """Only the rows that fit the value."""
        raise NotImplementedError

    def words(self, value: Any) -> str:
        """The value in words, for the chip above the list."""
        return text_of(value)

    def control(self, given: Given, user: Any, permission: str) -> dict[str, Any]:
        """What the template needs to print the control with what was typed."""
        typed = {name: first(given, name) for name in self.names()}
        value = first(given, self.name)
        return {"kind": self.kind, "name": self.name, "title": self.title, "help": self.help, "value": value, "typed": typed}

    def limit(self, rows: QuerySet[Any], **lookups: Any) -> QuerySet[Any]:
        """Apply lookups to the field path or expression: `limit(rows, gte=3)`."""
        if isinstance(self.on, str) or self.on is None:
            return rows.filter(**{f"{self.on or self.name}__{lookup}": value for lookup, value in lookups.items()})
        alias = f"filter_{self.name}"
        named: QuerySet[Any] = rows.alias(**{alias: self.on})
        return named.filter(**{f"{alias}__{lookup}": value for lookup, value in lookups.items()})


@dataclass(frozen=True)
class SearchFilter(Filter):
    """Every word typed must occur in one of the folded columns `within`; a whole human number finds its row.

    `within` names columns that hold text made by `base.text.fold`. `number` names the column of the human number.
    """

    private: bool = True
    within: tuple[str, ...] = ()
    number: str | None = None
    kind: ClassVar[str] = "search"

    def read(self, given: Given, user: Any, permission: str) -> str | None:
        text = clean(forms.CharField(required=False, max_length=200), first(given, self.name), self.title)
        if text and not fold(text):
            raise Refusal(_("“%(text)s” holds no letter and no figure to search for."), text=text)
        return text or None

    def apply(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        found = Q()
        for word in fold(value).split()[:10]:
            found &= any_of(Q(**{f"{column}__contains": word}) for column in self.within)
        number = read_number(value) if self.number else None
        if number is not None and self.number:
            found = (found if self.within else Q(pk__in=[])) | Q(**{self.number: number})
        return rows.filter(found) if self.within or number is not None else rows.none()


@dataclass(frozen=True)
class TextFilter(Filter):
    """The text as a whole, or its beginning; capitals and accents count. For codes and references."""

    beginning: bool = False

    def read(self, given: Given, user: Any, permission: str) -> str | None:
        return clean(forms.CharField(required=False, max_length=200), first(given, self.name), self.title) or None

    def apply(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        return self.limit(rows, **{"startswith" if self.beginning else "exact": value})


@dataclass(frozen=True)
class ChoiceFilter(Filter):
    """One or more of a list of choices: (value, words) pairs, `TextChoices.choices`, or a function of the user.

    A function must itself stay within what the user may see: the list of choices is a list like any other.
    """

    choices: Any = ()
    kind: ClassVar[str] = "choice"

    def options(self, user: Any) -> dict[str, tuple[Any, str]]:
        """The choices by the text that stands in the address."""
        pairs: Iterable[tuple[Any, Any]] = self.choices(user) if callable(self.choices) else self.choices
        return {str(value): (value, str(words)) for value, words in pairs}

    def read(self, given: Given, user: Any, permission: str) -> list[tuple[Any, str]] | None:
        asked = [text for text in given.get(self.name, ()) if text]
        options = self.options(user) if asked else {}
        for text in asked:
            if text not in options:
                raise Refusal(_("“%(value)s” is no choice for “%(filter)s”."), value=text[:40], filter=self.title)
        return [options[text] for text in asked] or None

    def apply(self, rows: QuerySet[Any], value: list[tuple[Any, str]]) -> QuerySet[Any]:
        return self.limit(rows, **{"in": [stored for stored, _words in value]})

    def words(self, value: list[tuple[Any, str]]) -> str:
        return ", ".join(words for _stored, words in value)

    def control(self, given: Given, user: Any, permission: str) -> dict[str, Any]:
        asked = set(given.get(self.name, ()))
        options = [(text, words, text in asked) for text, (_value, words) in self.options(user).items()]
        return {**Filter.control(self, given, user, permission), "options": options, "many": len(asked) > 1}


@dataclass(frozen=True)
class BooleanFilter(ChoiceFilter):
    """Yes or no. `on` may be a field, a condition, or a path that ends in `__isnull`."""

    def apply(self, rows: QuerySet[Any], value: list[tuple[Any, str]]) -> QuerySet[Any]:
        if isinstance(self.on, str) and self.on.endswith("__isnull"):
            return rows.filter(any_of(Q(**{self.on: stored}) for stored, _words in value))
        return super().apply(rows, value)

    def options(self, user: Any) -> dict[str, tuple[Any, str]]:
        return {"yes": (True, _("Yes")), "no": (False, _("No"))}


@dataclass(frozen=True)
class AreaFilter(Filter):
    """Rows in one place and all places below it; `on` is the path to the area. Only the reader's own places."""

    name: str = "area"
    title: Text = ""
    on: Any = "area"
    kind: ClassVar[str] = "area"

    def names(self) -> tuple[str, ...]:
        return (self.name, f"{self.name}_text")

    def read(self, given: Given, user: Any, permission: str) -> Any:
        return read_area(first(given, self.name), first(given, f"{self.name}_text"), user, permission)

    def apply(self, rows: QuerySet[Any], value: Any) -> QuerySet[Any]:
        return self.limit(rows, **{"in": below([value.pk])})

    def words(self, value: Any) -> str:
        return str(value.name)

    def control(self, given: Given, user: Any, permission: str) -> dict[str, Any]:
        base = Filter.control(self, given, user, permission)
        options = area_options(list(given.get(self.name, ())), first(given, f"{self.name}_text"), user, permission)
        text = first(given, f"{self.name}_text")
        return {**base, "title": self.title or _("Place"), "text": text, "options": options, "permission": permission}


@dataclass(frozen=True)
class RangeFilter(Filter):
    """From one value to another, both included; either may be left out."""

    ends: ClassVar[tuple[str, str]] = ("min", "max")

    def names(self) -> tuple[str, ...]:
        return tuple(f"{self.name}_{end}" for end in self.ends)

    def field(self) -> forms.Field:
        """The form field that reads one end."""
        raise NotImplementedError

    def read(self, given: Given, user: Any, permission: str) -> tuple[Any, Any] | None:
        low, high = (clean(self.field(), first(given, name), self.title) for name in self.names())
        if low is not None and high is not None and low > high:
            raise Refusal(_("“%(filter)s”: the first value is above the second."), filter=self.title)
        return None if low is None and high is None else (low, high)

    def apply(self, rows: QuerySet[Any], value: tuple[Any, Any]) -> QuerySet[Any]:
        low, high = value
        rows = rows if low is None else self.limit(rows, gte=low)
        return rows if high is None else self.limit(rows, lte=high)

    def words(self, value: tuple[Any, Any]) -> str:
        return " – ".join(text_of(end) or "…" for end in value)

    def control(self, given: Given, user: Any, permission: str) -> dict[str, Any]:
        low, high = self.names()
        return {**Filter.control(self, given, user, permission), "low": (low, first(given, low)), "high": (high, first(given, high))}


@dataclass(frozen=True)
class DateRangeFilter(RangeFilter):
    """Between two days. `moments` says that the column holds date and time: the last day then counts to its end."""

    moments: bool = False
    kind: ClassVar[str] = "dates"
    ends: ClassVar[tuple[str, str]] = ("from", "to")

    def field(self) -> forms.Field:
        return forms.DateField(required=False)

    def apply(self, rows: QuerySet[Any], value: tuple[Any, Any]) -> QuerySet[Any]:
        if not self.moments:
            return RangeFilter.apply(self, rows, value)
        low, high = value
        rows = rows if low is None else self.limit(rows, gte=midnight(low))
        return rows if high is None or high == date.max else self.limit(rows, lt=midnight(high + timedelta(days=1)))


@dataclass(frozen=True)
class NumberRangeFilter(RangeFilter):
    """Between two numbers; whole ones unless `decimals` says how many places there may be."""

    decimals: int = 0
    kind: ClassVar[str] = "numbers"

    def field(self) -> forms.Field:
        if self.decimals:
            return forms.DecimalField(required=False, max_digits=18, decimal_places=self.decimals, localize=True)
        return forms.IntegerField(required=False, min_value=-LARGEST, max_value=LARGEST)


def variable_filter(code: str, title: Text, on: Any, kind: str, choices: Sequence[tuple[Any, Any]] = ()) -> Filter:
    """The filter for a variable of the data dictionary; `on` is its expression, `kind` number, date, boolean, choice or text."""
    if kind == "choice":
        return ChoiceFilter(code, title, on=on, choices=choices)
    kinds: dict[str, Callable[..., Filter]] = {
        "number": NumberRangeFilter, "date": DateRangeFilter, "boolean": BooleanFilter, "text": TextFilter,
    }  # fmt: skip
    return kinds[kind](code, title, on=on)


def clean(field: forms.Field, text: str, title: Text) -> Any:
    """The typed value by a form field, or a Refusal that names the filter."""
    try:
        return field.clean(text)
    except ValidationError as problem:
        raise Refusal("%(filter)s: %(why)s", filter=title, why=" ".join(problem.messages)) from problem


def first(given: Given, name: str) -> str:
    """The first value typed for a parameter, without blanks around it."""
    values = given.get(name) or [""]
    return values[0].strip()


def any_of(conditions: Iterable[Q]) -> Q:
    """True where one of the conditions is."""
    together = Q()
    for condition in conditions:
        together |= condition
    return together


def midnight(day: date) -> datetime:
    """The first moment of a day in the country's time."""
    return timezone.make_aware(datetime.combine(day, time.min))
