"""What an action accepts, read from its annotations: checked, stored and described from one source."""

import inspect
import json
import re
import types
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.values import keyed
from coremis.kernel.base.dates import PartialDate, parse_partial_date
from coremis.kernel.base.money import Money
from coremis.kernel.base.refusal import Invalid
from coremis.kernel.base.text import visible

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


STORABLE = (models.Model, Enum, Secret, Money, PartialDate, Decimal, date, str, int, float, dict, list)
NO_STAND_INS = ((int, bool), (date, datetime))
UNSTORABLE = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True)
class Parameter:
    """One input of an action."""

    name: str
    type: type
    many: bool
    optional: bool
    required: bool
    secret: bool

    def left_out(self, value: Any) -> bool:
        """Nothing was given for an input that has a default other than nothing: the default holds."""
        return value is None and not self.optional and not self.required

    def check(self, value: Any) -> Any:
        """The value, or an Invalid naming the input."""
        if value is None:
            if self.optional:
                return None
            raise _wrong(self.name, _("This is required."))
        if not self.many:
            return self._check_one(value)
        if isinstance(value, (str, bytes, dict)) or not isinstance(value, Iterable):
            raise self._unusable(value)
        return [self._check_one(item) for item in value]

    def to_stored(self, value: Any) -> Any:
        """Plain JSON data from which ``from_stored`` makes the same input again."""
        if self.secret:
            return None
        if self.many and value is not None:
            return [store_one(item) for item in value]
        return store_one(value)

    def to_key(self, value: Any) -> Any:
        """As ``to_stored``, for comparing with what is sent again: of a secret only a keyed digest."""
        return keyed(str(value.reveal())) if self.secret and value is not None else self.to_stored(value)

    def from_stored(self, stored: Any) -> Any:
        """The input from its stored form; a reference to something that is gone raises Invalid."""
        if stored is None:
            return None
        try:
            items = stored if self.many else [stored]
            loaded = self._load_records(items) if issubclass(self.type, models.Model) else [self._load_one(item) for item in items]
        except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError):
            raise _wrong(self.name, _("This was stored in a form that is no longer known. Ask again.")) from None
        return loaded if self.many else loaded[0]

    def _check_one(self, value: Any) -> Any:
        if self.type is str and isinstance(value, Promise):
            value = str(value)
        if self.type in {dict, list} and isinstance(value, self.type):
            return self._plain(value)
        if isinstance(value, self.type) and not any(self.type is wide and isinstance(value, narrow) for wide, narrow in NO_STAND_INS):
            if isinstance(value, str) and UNSTORABLE.search(value):
                raise self._unusable(value)
            return visible(value) if type(value) is str else value
        if issubclass(self.type, Enum):
            try:
                return self.type(value)
            except ValueError:
                raise _wrong(self.name, _("“%(value)s” is not one of the choices.") % {"value": value}) from None
        raise self._unusable(value)

    def _plain(self, value: Any) -> Any:
        """The same whether it is run now or after it was stored."""
        try:
            text = json.dumps(value, cls=DjangoJSONEncoder, allow_nan=False, ensure_ascii=False)
        except (TypeError, ValueError):
            raise self._unusable(value) from None
        if "\\u0000" in text or UNSTORABLE.search(text):
            raise self._unusable(value)
        return json.loads(visible(text))

    def _unusable(self, value: Any) -> Invalid:
        shown = "•••" if self.secret else UNSTORABLE.sub("", str(value))[:40]
        return _wrong(self.name, _("“%(value)s” cannot be used here.") % {"value": shown})

    def _load_records(self, stored: list[Any]) -> list[Any]:
        model: Any = self.type
        if any(item["kind"] != model._meta.label_lower for item in stored):
            raise ValueError(model)
        found = model._base_manager.in_bulk([item["id"] for item in stored])
        if any(item["id"] not in found for item in stored):
            raise _wrong(self.name, _("What it refers to no longer exists."))
        return [found[item["id"]] for item in stored]

    def _load_one(self, stored: Any) -> Any:
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
        if name == "key":
            raise TypeError(f"{body.__module__}.{body.__name__}: no input may be called key, which makes the second run harmless.")
        if name != "actor":
            found[name] = _parameter(name, hints[name], given.default is inspect.Parameter.empty)
    if "actor" not in hints:
        raise TypeError(f"{body.__module__}.{body.__name__} must take an actor.")
    return found


def _parameter(name: str, hint: Any, required: bool) -> Parameter:
    optional = False
    if get_origin(hint) in {Union, types.UnionType}:
        kinds = [kind for kind in get_args(hint) if kind is not type(None)]
        optional, hint = len(kinds) < len(get_args(hint)), kinds[0] if len(kinds) == 1 else hint
    many = get_origin(hint) in {list, tuple}
    if many:
        hint = get_args(hint)[0]
    secret = get_origin(hint) is Secret or hint is Secret
    kind = Secret if secret else (get_origin(hint) or hint)
    if not (isinstance(kind, type) and issubclass(kind, STORABLE)) or (secret and many):
        raise TypeError(f"The input “{name}” has an annotation that cannot be stored: {hint!r}.")
    return Parameter(name, kind, many, optional, required, secret)


def _wrong(name: str, sentence: Any) -> Invalid:
    return Invalid(_("Some of what was entered cannot be used: %(name)s. %(why)s"), {name: [sentence]}, name=name, why=sentence)
