"""What modules above the register add to its events: their veto before a merge, what follows it, and what follows a move."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from coremis.kernel.actions.context import Actor
from coremis.kernel.module.contributions import Contribution, contributions
from coremis.kernel.screens.screen import Text
from coremis.modules.registry.models import Household, Person

Sentences = Iterable[Any]


@dataclass(frozen=True)
class BeforeMerge(Contribution):
    """What a module has to say before two records of a class become one.

    ``check(survivor, other)`` gives the sentences that forbid it, each saying what to do first. ``follow(survivor, other,
    actor)`` runs inside the merge and lets what belongs to the other record follow; what was paid never changes (pitfall D12).
    ``undo(survivor, other, since)`` gives the sentences for which a merge of that moment cannot be undone any more.
    """

    on: type[Model]
    check: Callable[[Any, Any], Sentences] = lambda survivor, other: ()
    follow: Callable[[Any, Any, Actor], object] | None = None
    undo: Callable[[Any, Any, datetime], Sentences] = lambda survivor, other, since: ()


@dataclass(frozen=True)
class BeforeWithdrawal(Contribution):
    """``check(record)`` gives the sentences for which a record registered by mistake cannot be withdrawn."""

    on: type[Model]
    check: Callable[[Any], Sentences]


@dataclass(frozen=True)
class AfterMove(Contribution):
    """``follow(rows, actor)`` runs inside every action that gave these households, or persons, another place; they hold it already.

    It lets what lies where they lie follow: one ``update_from`` whatever their number. Saves and bulk functions inside may
    write in the old and in the new place. A household that moves is told with ``on=Household``, its members with ``on=Person``.
    """

    on: type[Model]
    follow: Callable[["QuerySet[Any]", Actor], object]


@dataclass(frozen=True)
class OnPastDay(Contribution):
    """A box on “On a past day” of every ``on`` record: ``show(request, record, day)`` as a panel, or None."""

    on: type[Model]
    title: Text
    show: Callable[[HttpRequest, Any, date], Mapping[str, Any] | None]
    permission: str
    order: int = 100


def against_merge(survivor: Any, other: Any) -> list[str]:
    """Every sentence that forbids a merge."""
    mine = [item for item in contributions(BeforeMerge) if item.on is type(survivor)]
    return [str(sentence) for item in mine for sentence in item.check(survivor, other)]


def against_undoing(survivor: Any, other: Any, since: datetime) -> list[str]:
    """Every sentence of other modules that forbids to undo a merge."""
    mine = [item for item in contributions(BeforeMerge) if item.on is type(other)]
    return [str(sentence) for item in mine for sentence in item.undo(survivor, other, since)]


def follow_merge(survivor: Any, other: Any, actor: Actor) -> None:
    """Let the other modules follow a merge."""
    for item in contributions(BeforeMerge):
        if item.on is type(survivor) and item.follow:
            item.follow(survivor, other, actor)


def against_withdrawal(record: Any) -> list[str]:
    """Every sentence that forbids a withdrawal."""
    return [str(sentence) for item in contributions(BeforeWithdrawal) if item.on is type(record) for sentence in item.check(record)]


def follow_moves(on: type[Household] | type[Person], keys: Sequence[int], actor: Actor) -> None:
    """Let the other modules follow households or persons to their new places."""
    for item in contributions(AfterMove):
        if item.on is on and keys:
            item.follow(on.objects.filter(pk__in=keys), actor)


@dataclass(frozen=True)
class PlaceFigure(Contribution):
    """A column of “My places” on the home page: how many of something there are in each place, each number leading to its list.

    ``counts(user)`` gives (place, how many) of everything this person may see under ``permission``, grouped by the place that
    stands in the row: one query. The table adds up what lies below. ``address(place)`` is the list of a place and all below.
    """

    title: Text
    permission: str
    counts: Callable[[Any], Iterable[tuple[int, int]]]
    address: Callable[[int], str]
    order: int = 100
