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
    from coremis.kernel.actions.models import Event


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

    action: "Action"
    actor: Actor
    permission: str
    event: "Event"
    outer: "Writing | None" = None
    approved: bool = False
    cache: dict[str, Any] = field(default_factory=dict)

    def check_places(self, area_ids: "Iterable[int | None]") -> None:
        """Refuse places in which the actor may not do this."""
        if not self.actor.may(self.permission, area_ids):
            raise OutsidePlaces(_("This is outside the places where you may do this. Ask an administrator to extend your assignment."))


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
_source: ContextVar[Source] = ContextVar("source", default=Source())


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


@contextmanager
def approved_by(given: Authority) -> Iterator[None]:
    """Run one approvable action on the authority of a decision."""
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
