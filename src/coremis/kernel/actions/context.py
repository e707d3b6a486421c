"""What is being written now, by whom, and on whose authority."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.refusal import OutsidePlaces, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from coremis.kernel.actions.action import Action
    from coremis.kernel.actions.models import Event, Record


class Places(Protocol):
    """Where a person holds a right."""

    everywhere: bool

    @property
    def roots(self) -> frozenset[int]: ...
    def areas(self) -> "QuerySet[Any]": ...


class Actor(Protocol):
    """Who acts: a signed-in user, or the system on somebody's behalf."""

    pk: Any

    def get_username(self) -> str: ...
    def has_perm(self, name: str) -> bool: ...
    def may(self, permission: str, area_ids: "Iterable[int | None]") -> bool: ...
    def places_for(self, permission: str) -> Places: ...


@dataclass
class Writing:
    """One action in progress: records saved now carry its event and are checked against its actor's places."""

    action: "Action[Any]"
    actor: Actor
    permission: str
    event: "Event"
    outer: "Writing | None" = None
    approved: bool = False
    authority: "Authority | None" = None
    several: "list[Record]" = field(default_factory=list)

    def check_places(self, area_ids: "Iterable[int | None]") -> None:
        """Refuse places in which the actor may not do this."""
        if not self.actor.may(self.permission, area_ids):
            raise OutsidePlaces(_("This is outside the places where you may do this. Ask an administrator to extend your assignment."))

    def check_several(self) -> None:
        """Refuse records with several places of which one lies outside: their links are known only when the action ends."""
        for record in self.several:
            self.check_places(record.place_ids() or [])


@dataclass(frozen=True)
class Authority:
    """The approval under which an approvable action runs: its request and who decided."""

    action: str
    request_id: int | None
    deciders: tuple[str, ...] = ()
    route_says_none: bool = False


@dataclass(frozen=True)
class Source:
    """Where an action came from: the network address, or the job that runs it."""

    address: str = ""
    job_id: int | None = None
    cause_id: int | None = None


_writing: ContextVar[Writing | None] = ContextVar("writing", default=None)
_authority: ContextVar[Authority | None] = ContextVar("authority", default=None)
_noted: ContextVar[bool] = ContextVar("noted", default=False)
_source: ContextVar[Source] = ContextVar("source", default=Source())  # noqa: B039  (frozen)


def current() -> Writing | None:
    """The innermost action in progress, if any."""
    return _writing.get()


def required() -> Writing:
    """The action in progress; outside one, nothing may be written."""
    writing = _writing.get()
    if writing is None:
        raise Refusal(_("Nothing may be changed outside an action. Use the action meant for it."))
    return writing


def authority() -> Authority | None:
    """The approval in force."""
    return _authority.get()


def source() -> Source:
    """Where the present request or job comes from."""
    return _source.get()


@contextmanager
def writing_as(writing: Writing) -> Iterator[Writing]:
    """Everything saved inside belongs to this action."""
    token = _writing.set(writing)
    try:
        yield writing
    finally:
        _writing.reset(token)


def before_is_noted() -> bool:
    """Whether what the rows held before has been kept, so that they may be updated."""
    return _noted.get()


@contextmanager
def noted() -> Iterator[None]:
    """The rows updated inside have their former values in the changes already; only ``save`` and ``update_from`` say so."""
    token = _noted.set(True)
    try:
        yield
    finally:
        _noted.reset(token)


@contextmanager
def approved_by(given: Authority | None) -> Iterator[None]:
    """Run one approvable action on the authority of a decision; None inside it, since a decision is good for one run."""
    token = _authority.set(given)
    try:
        yield
    finally:
        _authority.reset(token)


@contextmanager
def coming_from(where: Source) -> Iterator[None]:
    """Note the address or job of all actions inside."""
    token = _source.set(where)
    try:
        yield
    finally:
        _source.reset(token)
