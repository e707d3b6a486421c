"""What an action accepts, read from its annotations: checked, stored and described from one source."""

import inspect
import types
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.dates import PartialDate, parse_partial_date
from coremis.kernel.base.money import Money
from coremis.kernel.base.refusal import Invalid

T = TypeVar("T")


class Secret(Generic[T]):
    """An input that is used and forgotten: never stored, never shown."""

    def __init__(self, value: T) -> None:
        self._value = value

    def reveal(self) -> T:
        """The value itself."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(•••)"


@dataclass(frozen=True)
class Parameter:
    """One input of an action."""

    name: str
    type: type
    many: bool
    optional: bool
    required: bool
    secret: bool

    def check(self, value: Any) -> Any:
        """The value, or an Invalid naming the input."""
        if value is None:
            if self.optional or not self.required:
                return None
            raise _wrong(self.name, _("This is required."))
        if self.many:
            if not isinstance(value, (list, tuple)):
                value = list(value)
            return [self._check_one(item) for item in value]
        return self._check_one(value)

    def to_stored(self, value: Any) -> Any:
        """Plain JSON data from which ``from_stored`` makes the same input again."""
        if self.secret:
            return None
        if self.many and value is not None:
            return [store_one(item) for item in value]
        return store_one(value)

    def from_stored(self, stored: Any) -> Any:
        """The input from its stored form; a reference to something that is gone raises Invalid."""
        if self.many and stored is not None:
            return [self._load_one(item) for item in stored]
        return self._load_one(stored)

    def _check_one(self, value: Any) -> Any:
        if isinstance(value, self.type) and not (self.type is int and isinstance(value, bool)):
            return value
        if issubclass(self.type, Enum):
            try:
                return self.type(value)
            except ValueError:
                raise _wrong(self.name, _("“%(value)s” is not one of the choices.") % {"value": value}) from None
        if self.type is str and hasattr(value, "__str__") and type(value).__name__ == "__proxy__":
            return str(value)
        raise _wrong(self.name, _("“%(value)s” cannot be used here.") % {"value": str(value)[:40]})

    def _load_one(self, stored: Any) -> Any:
        if stored is None:
            return None
        if isinstance(stored, dict) and "id" in stored and "kind" in stored:
            found = apps.get_model(stored["kind"])._base_manager.filter(pk=stored["id"]).first()
            if found is None:
                raise _wrong(self.name, _("What it refers to no longer exists."))
            return found
        loaders: dict[type, Callable[[Any], Any]] = {
            datetime: datetime.fromisoformat,
            date: date.fromisoformat,
            Decimal: Decimal,
            PartialDate: parse_partial_date,
            Money: lambda data: Money(data["amount_minor"], data["currency"]),
        }
        if issubclass(self.type, Enum):
            return self.type(stored)
        return loaders.get(self.type, lambda data: data)(stored)


def store_one(value: Any) -> Any:
    """One value as plain JSON data: a record as its kind, number and version."""
    if isinstance(value, models.Model):
        return {"kind": value._meta.label_lower, "id": value.pk, "version": getattr(value, "version", None)}
    if isinstance(value, Money):
        return {"amount_minor": value.amount_minor, "currency": value.currency}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (Decimal, PartialDate)):
        return str(value)
    return value


def read_parameters(body: Callable[..., Any]) -> dict[str, Parameter]:
    """The inputs of an action's function, except ``actor``; unannotated or positional ones stop the start."""
    hints = get_type_hints(body)
    found = {}
    for name, given in inspect.signature(body).parameters.items():
        if given.kind is not inspect.Parameter.KEYWORD_ONLY or name not in hints:
            raise TypeError(f"{body.__module__}.{body.__name__}: “{name}” must be a keyword-only, annotated input.")
        if name != "actor":
            found[name] = _parameter(name, hints[name], given.default is inspect.Parameter.empty)
    if "actor" not in hints:
        raise TypeError(f"{body.__module__}.{body.__name__} must take an actor.")
    return found


def _parameter(name: str, hint: Any, required: bool) -> Parameter:
    optional = False
    if get_origin(hint) in {Union, types.UnionType}:
        kinds = [kind for kind in get_args(hint) if kind is not type(None)]
        optional, hint = len(kinds) < len(get_args(hint)), kinds[0]
    many = get_origin(hint) in {list, tuple}
    if many:
        hint = get_args(hint)[0]
    secret = get_origin(hint) is Secret or hint is Secret
    kind = Secret if secret else (get_origin(hint) or hint)
    if not isinstance(kind, type):
        raise TypeError(f"The input “{name}” has an annotation that cannot be stored: {hint!r}.")
    return Parameter(name, kind, many, optional, required, secret)


def _wrong(name: str, sentence: Any) -> Invalid:
    return Invalid(_("Some of what was entered cannot be used: %(name)s. %(why)s"), {name: [sentence]}, name=name, why=sentence)
