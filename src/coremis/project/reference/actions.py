"""Actions, and the permissions that come with them."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from itertools import groupby
from typing import Any

from django.db.models import Model

from coremis.kernel.access.permissions import known_permissions
from coremis.kernel.access.seats import SEATS
from coremis.kernel.actions.action import ACTIONS, Action
from coremis.kernel.actions.parameters import Parameter, Secret
from coremis.kernel.approvals.presets import presets
from coremis.kernel.base.dates import PartialDate
from coremis.kernel.base.money import Money
from coremis.modules.administration.permissions import group_title
from coremis.project.reference.lines import ReferencePage, first_paragraph, seats_with, sentence

WORDS: dict[type, str] = {
    str: "text",
    int: "whole number",
    bool: "yes or no",
    float: "number",
    Decimal: "decimal number",
    date: "date",
    datetime: "date and time",
    dict: "values by name",
    list: "list",
    Money: "amount of money",
    PartialDate: "date, or only its year",
    Secret: "secret text",
}


def actions_page() -> ReferencePage:
    """Every action with its inputs, its approval and who may ask for it."""
    page = ReferencePage(
        "Actions",
        "Everything that changes a record. The name of an action is also its [permission](permissions.md), its entry in the history "
        "and its event. Profiles and routes are those of a new installation; each country changes them.",
    )
    ready = list(presets())
    for label, found in groupby(sorted(ACTIONS.values(), key=lambda one: one.name), lambda one: one.name.split(".")[0]):
        page.heading(str(group_title(label)))
        for one in found:
            describe(page, one, ready)
    return page


def describe(page: ReferencePage, one: Action[Any], ready: list[tuple[str, tuple[str, ...], int]]) -> None:
    """One action under a heading of its name."""
    page.heading(f"`{one.name}`", 3)
    page.lines += [f"**{one.title}.** {sentence(page.helped(one.name, first_paragraph(one)))}", ""]
    inputs = "; ".join(input_words(given) for given in one.parameters.values()) or "none"
    page.lines += [f"- Inputs: {inputs}", f"- Who by default: {seats_with(one.name)}"]
    if one.approvable:
        page.lines.append(f"- Approval by default: {route_words(one.name, ready)}")


def input_words(given: Parameter) -> str:
    """“`payroll` (payroll), `note` (text, may be left out)”."""
    kind = type_words(given.type)
    several = f"several of: {kind}" if given.many else kind
    return f"`{given.name}` ({several}{'' if given.required else ', may be left out'})"


def type_words(kind: type) -> str:
    """A type in words; of a choice all its values, of a record its name."""
    if issubclass(kind, Model):
        return str(kind._meta.verbose_name)
    if issubclass(kind, Enum):
        return "one of " + ", ".join(f"`{choice.value}`" for choice in kind)
    return WORDS[kind]


def route_words(name: str, ready: list[tuple[str, tuple[str, ...], int]]) -> str:
    """The ready routes of an action: level after level, and from which amount."""
    return "; ".join(sorted(levels_words(levels, amount) for action, levels, amount in ready if action == name))


def levels_words(levels: tuple[str, ...], amount: int) -> str:
    """“Verifier, then Approver, from an amount that each country sets”."""
    seats = ", then ".join(str(SEATS[seat]) for seat in levels)
    return f"{seats}, from an amount that each country sets" if amount else seats


def permissions_page() -> ReferencePage:
    """Every permission with the ready profiles that hold it."""
    page = ReferencePage(
        "Permissions",
        "What a profile may hold. To see a list one needs its `view_` permission in that place; to do something, the permission "
        "of the [action](actions.md).",
    )
    for label, rows in groupby(sorted(known_permissions().items()), lambda pair: pair[0].split(".")[0]):
        page.heading(str(group_title(label)))
        page.table(("Permission", "What it opens", "Who by default"), permission_rows(page, rows))
    return page


def permission_rows(page: ReferencePage, rows: Any) -> Iterator[tuple[str, str, str]]:
    """The rows of one module."""
    return ((f"`{name}`", page.helped(name, title), seats_with(name)) for name, title in rows)
