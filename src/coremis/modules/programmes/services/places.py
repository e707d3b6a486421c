"""The rules that every way into a programme shares: its lock, its end, its places, and the reasons of a change."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.modules.programmes.models import Enrolment, Programme, Reason, Status
from coremis.modules.programmes.queries import free_places, gone
from coremis.modules.programmes.reasons import TRANSITIONS

CHUNK = 20_000  # rows of one transaction of long work; tests make it smaller


def lock(programme_id: int) -> Programme:
    """The programme, held until the transaction ends: whoever takes places or enrols comes by here, one at a time (pitfall M5)."""
    return Programme.objects.select_for_update(of=("self",), no_key=True).get(pk=programme_id)


def room(programme_id: int, takes: bool) -> int:
    """How many rows this chunk may take: a chunk's worth, or the places that are left where the change takes places."""
    free = free_places(lock(programme_id)) if takes else None
    return CHUNK if free is None else min(CHUNK, free)


def last_of_chunk(rows: "QuerySet[Any]", count: int) -> int | None:
    """The id of the row that ends this chunk; None where fewer than ``count`` rows are left."""
    found = list(rows.order_by("pk").values_list("pk", flat=True)[count - 1 : count])
    return found[0] if found else None


def check_running(programme: Programme) -> None:
    """Refuse to enrol in a programme that has ended."""
    if programme.ends_on is not None and programme.ends_on < timezone.localdate():
        raise Refusal(_("This programme has ended, so nobody can be enrolled. Change its last day first."))


def check_there(enrolment: Enrolment) -> None:
    """Refuse to give a status that leads to payments to somebody who died, or to a record that is in use no more."""
    if Enrolment._base_manager.filter(gone(enrolment.programme.unit), pk=enrolment.pk).exists():
        raise Refusal(
            _("Nobody is there to be helped: the person died, everybody left the household, or the record was merged. Let this one exit.")
        )


def check_place_left(programme: Programme) -> None:
    """Refuse where all places are taken."""
    if free_places(programme) == 0:
        raise Refusal(_("All %(count)s places of this programme are taken."), count=programme.max_beneficiaries)


def check_places_left(programme: Programme, count: int) -> None:
    """Refuse where fewer places are left than are needed."""
    free = free_places(programme)
    if free is not None and free < count:
        raise Refusal(_("%(count)s places are needed and %(free)s are left. Choose fewer."), count=count, free=free)


def check_transition(from_status: str, to_status: Status, reason: Reason, note: str) -> None:
    """Refuse a change that is not in the table of changes, a reason that does not fit it, or “other” without a note."""
    reasons = TRANSITIONS.get((from_status, to_status))
    if reasons is None:
        came_from = Status(from_status).label if from_status else _("not enrolled")
        raise Invalid(
            _("A beneficiary cannot go from “%(old)s” to “%(new)s”."),
            {"change": [_("This change is not possible.")]}, old=came_from, new=to_status.label,
        )  # fmt: skip
    if reason not in reasons:
        sentence = _("This reason does not fit the change. Choose another one.")
        raise Invalid(sentence, {"change": [sentence]})
    if reason == Reason.OTHER and not note.strip():
        sentence = _("Say the reason in the note.")
        raise Invalid(sentence, {"note": [sentence]})


def check_note(note: str) -> str:
    """The note without blanks around it; a longer one than can be kept is refused."""
    if len(note.strip()) > 300:
        sentence = _("A note has at most 300 signs.")
        raise Invalid(sentence, {"note": [sentence]})
    return note.strip()
