"""Described people and households: lines that people type for example cases, as facts and back."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.refusal import Refusal
from coremis.modules.registry.models import Relationship, Sex

PAIR = re.compile(r"([a-z][a-z0-9_]*)\s*=\s*(.+)")
NUMBER = re.compile(r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,15})?|\.[0-9]{1,15})")
YES, NO = ("yes", "true", "oui", "sim"), ("no", "false", "non", "não")


def read_member(line: str, names: Mapping[str, str]) -> dict[str, Any]:
    """One member from words: a number is the age; a sex; a relation; anything else as name=value."""
    found: dict[str, Any] = {}
    for word in line.replace(",", " ").split():
        if re.fullmatch(r"[0-9]{1,3}", word):
            found["age"] = int(word)
        elif word in Sex.values and word != Sex.OTHER:
            found["sex"] = word
        elif word in Relationship.values:
            found["relationship"] = word
        else:
            found |= dict([read_pair(word, names)])
    return found


def read_pair(text: str, names: Mapping[str, str]) -> tuple[str, Any]:
    """“rooms = 2” as a name and a value of the kind of the name."""
    match = PAIR.fullmatch(text.strip())
    if match is None or match[1] not in names:
        raise Refusal(_("“%(text)s” is not understood. Write it as “name = value”."), text=text.strip()[:40])
    kind, value = names[match[1]], match[2].strip()
    if kind == "boolean" and value.lower() in YES + NO:
        return match[1], value.lower() in YES
    if kind == "number":
        if not NUMBER.fullmatch(value):
            raise Refusal(_("“%(value)s” is not a number."), value=value[:40])
        number = Decimal(value)
        return match[1], int(number) if number == number.to_integral_value() else float(number)
    return match[1], value


def member_text(member: Mapping[str, Any]) -> str:
    """A member as it can be typed again."""
    first = [str(member[name]) for name in ("age", "sex", "relationship") if member.get(name) is not None]
    return " ".join(
        [*first, *(f"{name}={value_text(value)}" for name, value in member.items() if name not in ("age", "sex", "relationship"))]
    )


def value_text(value: Any) -> str:
    """A value as it can be typed again."""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
