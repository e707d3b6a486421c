"""Looking behind a mask: an action with a reason, so that the history says who saw what of whom."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor, required
from coremis.kernel.actions.models import Change, Record
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.modules.registry.dictionary import OF_HOUSEHOLDS, OF_PERSONS, variables_of
from coremis.modules.registry.models import Household, Person
from coremis.modules.registry.sight import DOCUMENT, PHONE, REVEALING, VARIABLE, Sight


@action(_("Reveal what is masked"))
def reveal_person(*, person: Person, reason: str, actor: Actor) -> Person:
    """Show this reader the masked facts of one person for some minutes."""
    note_revealed(person, reason, actor, (PHONE, DOCUMENT), OF_PERSONS)
    return person


@action(_("Reveal what is masked"))
def reveal_household(*, household: Household, reason: str, actor: Actor) -> Household:
    """Show this reader the masked facts of a household, and the phones and documents of its members, for some minutes."""
    note_revealed(household, reason, actor, (PHONE, DOCUMENT), OF_HOUSEHOLDS)
    return household


REVEALING.update({reveal_person.name, reveal_household.name})


def note_revealed(
    record: Record, reason: str, actor: Any, built_in: tuple[str, ...], subjects: tuple[str, ...], programme: int | None = None
) -> None:
    """Write into the record's own history what stands open to this reader from now on; refused where nothing would."""
    if not reason.strip():
        raise Invalid(_("Write why you need to see it."), {"reason": [_("This is required.")]})
    sight = Sight(actor, record)
    opened = [permission.partition(".")[2] for permission in built_in if sight.may(permission)]
    if sight.may(VARIABLE):
        opened += [f"data.{found.code}" for found in variables_of(*subjects, programme=programme) if found.masked and sight.shows(found)]
    if not opened:
        raise Refusal(_("You may see nothing more than is shown here. Ask an administrator if you need to."))
    event = required().event
    area = (record.place_ids() or [None])[0]
    Change.objects.create(event=event, kind=record.kind(), record_id=record.pk, area_id=area, before={"revealed": opened})
