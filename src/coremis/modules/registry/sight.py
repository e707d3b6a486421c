"""What one reader may see of masked and sensitive facts: decided here, on the server, for every page, list, file and history."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.permissions import FURTHER
from coremis.kernel.actions.models import Change, Event
from coremis.kernel.screens.preview import READER
from coremis.modules.registry.holders import holder_of
from coremis.modules.registry.models import VariableDefinition
from coremis.modules.registry.not_applicable import NOT_APPLICABLE

DOCUMENT, PHONE, VARIABLE, SENSITIVE = (
    "registry.reveal_document", "registry.reveal_phone", "registry.reveal_variable", "registry.reveal_sensitive",
)  # fmt: skip
FURTHER[DOCUMENT] = _("See whole document numbers")
FURTHER[PHONE] = _("See whole phone numbers")
FURTHER[VARIABLE] = _("See masked facts")
FURTHER[SENSITIVE] = _("See sensitive facts")
REVEALS = (DOCUMENT, PHONE, VARIABLE)
REVEALED_FOR = timedelta(minutes=15)
MASK = "•••"
REVEALING: set[str] = set()  # the names of the actions that reveal; each declares itself


def masked(number: str) -> str:
    """Only the last three signs of a number, and never more than a third of it."""
    return MASK + (number[-3:] if len(number) > 8 else "")


class Sight:
    """What a reader may see of one record; the rights are those in the record's own place.

    On the page of a request the reader is who decides, not who asked. Where nothing was revealed, masked facts stay masked for
    everybody. ``in_list`` is for lists and files, where the right suffices.
    """

    def __init__(self, user: Any, record: Any, *, in_list: bool = False) -> None:
        self._user, self._record, self._in_list = READER.get() or user, record, in_list
        self._places = record.place_ids() or []
        self._known: dict[str, bool] = {}

    def may(self, permission: str) -> bool:
        """Whether the reader holds this right where the record lies."""
        if permission not in self._known:
            self._known[permission] = bool(self._user.may(permission, self._places))
        return self._known[permission]

    def reveals(self, permission: str) -> bool:
        """Whether what this right is about stands open: the reader holds it, and has said why not long ago."""
        return self.may(permission) and (self._in_list or self.opened)

    @property
    def opened(self) -> bool:
        """Whether this reader revealed this record a short while ago."""
        if "opened" not in self._known:
            self._known["opened"] = revealed_by(self._user, self._record)
        return self._known["opened"]

    def shows(self, variable: VariableDefinition) -> bool:
        """Whether the reader may know that there is such a fact."""
        return not variable.sensitive or self.may(SENSITIVE)

    def plain(self, variable: VariableDefinition) -> bool:
        """Whether its value stands open."""
        return self.shows(variable) and (not variable.masked or self.reveals(VARIABLE))

    def phone(self, number: str) -> str:
        """The phone, or its end."""
        return number if not number or self.reveals(PHONE) else masked(number)


def revealed_by(user: Any, record: Any) -> bool:
    """Whether this person revealed this record within the last minutes; the proof is the event itself."""
    since = timezone.now() - REVEALED_FOR
    events = Event.objects.filter(action__in=REVEALING, actor_id=user.pk, recorded_at__gte=since).values("pk")
    return Change.objects.filter(event__in=events, kind=record._meta.label_lower, record_id=record.pk).exists()


def history_reader(user: Any, page: Any, subjects: tuple[str, ...]) -> Callable[[str, Any, int | None], Any]:
    """How this reader sees the history of records with variables: masked, unless the record whose page is open was revealed."""
    known = {found.code: found for found in VariableDefinition.objects.filter(subject__in=subjects)}
    sights: dict[int | None, Sight] = {}

    def read(name: str, value: Any, area_id: int | None) -> Any:
        if name not in ("phone", "data"):
            return value
        sight = sights.setdefault(area_id, Sight(user, page if page is not None else _Somewhere(area_id)))
        if name == "phone":
            return sight.phone(str(value))
        told = {code: held for code, held in value.items() if code not in known or sight.shows(known[code])}
        return {code: _of_key(known.get(code), held, sight) for code, held in told.items()}

    return read


def _of_key(found: VariableDefinition | None, value: Any, sight: Sight) -> Any:
    if found is not None and value is not None and not sight.plain(found):
        return MASK
    return _("does not apply") if value == NOT_APPLICABLE else value


@dataclass(frozen=True)
class _Somewhere:
    """A place without a record: nothing was revealed there."""

    area_id: int | None

    class _meta:  # noqa: N801
        label_lower = ""

    pk = 0

    def place_ids(self) -> list[int | None]:
        """The place alone."""
        return [self.area_id]


def may_probe(user: Any, permission: str, seen: str) -> bool:
    """Whether somebody holds a right in all places of another one, so that a filter or order tells nothing new."""
    if not user.has_perm(permission):
        return False
    there = user.places_for(permission)
    if there.everywhere:
        return True
    wanted = user.places_for(seen)
    return not wanted.everywhere and bool(there.cover(wanted.roots))


def usable(user: Any, variables: Iterable[VariableDefinition]) -> list[VariableDefinition]:
    """Those that this person may filter, sort, count or write conditions by: whoever may not see a value may not probe it either."""
    return [found for found in variables if _may_use(user, found)]


def _may_use(user: Any, found: VariableDefinition) -> bool:
    needed = [right for right, asked in ((SENSITIVE, found.sensitive), (VARIABLE, found.masked)) if asked]
    holder = holder_of(found.subject)
    return all(holder is not None and may_probe(user, right, holder.permission) for right in needed)


def phone_for(user: Any, record: Any, number: str) -> str:
    """A phone kept with another record, such as a payment, as this reader may see it there."""
    return Sight(user, record, in_list=True).phone(number)
