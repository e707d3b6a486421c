"""A household goes to live in another place: proposed where it leaves, accepted where it arrives; it keeps its number."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions import context
from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor, Places
from coremis.kernel.actions.system import make_places
from coremis.kernel.areas.models import Area
from coremis.kernel.base.refusal import Invalid, NotPermitted, OutsidePlaces, Refusal
from coremis.modules.registry.models import Household, HouseholdMove, Person
from coremis.modules.registry.rules import clean_text
from coremis.modules.registry.services.hooks import follow_moves
from coremis.modules.registry.services.living import lock, members_now

State = HouseholdMove.State
OWN_MOVE = _("You proposed this move. Somebody who looks after the other place must accept it.")
DECIDED = _("This move is decided already. Look at the household.")
ELSEWHERE = _("This is outside the places where you may do this. Ask an administrator to extend your assignment.")


@dataclass
class Mover:
    """Whoever accepts a move, with the two places of that move and nothing else."""

    actor: Actor
    areas: frozenset[int]
    pk: Any = None

    def get_username(self) -> str:
        """The person's own."""
        return self.actor.get_username()

    def has_perm(self, name: str) -> bool:
        """What the person may do."""
        return self.actor.has_perm(name)

    def places_for(self, permission: str) -> Places:
        """The two places of the move."""
        return make_places[0](False, self.areas)

    def may(self, permission: str, area_ids: Iterable[int | None]) -> bool:
        """Whether all these are the places of the move."""
        places: Any = self.places_for(permission)
        return bool(places.cover(area_ids))


@action(_("Propose a move to another place"))
def propose_move(*, household: Household, to_area_id: int, reason: str, address: str = "", actor: Actor) -> HouseholdMove:
    """Ask those who look after the other place to take a household in. Nothing changes before they accept."""
    household = lock(household)
    to_area = Area.objects.filter(pk=to_area_id, valid_until=None).first()
    if to_area is None or to_area.pk == household.area_id:
        sentence = _("Choose another place, where the household goes to live.")
        raise Invalid(sentence, {"to_area": [sentence]})
    if not reason.strip():
        raise Invalid(_("Write why the household moves."), {"reason": [_("This is required.")]})
    if HouseholdMove.objects.filter(household=household, state=State.PROPOSED).exists():
        raise Refusal(_("A move of this household is proposed already. Take that one back first."))
    move = HouseholdMove(
        household=household, from_area=household.area, to_area=to_area, reason=clean_text(reason), address=clean_text(address),
        proposed_by=actor.pk or 0, proposed_name=actor.get_username()[:150],
    )  # fmt: skip
    move.save()
    return move


@action(_("Accept a move"))
def accept_move(*, move: HouseholdMove, note: str = "", actor: Actor) -> HouseholdMove:
    """The household lives here from now on, with everybody in it; history and the right to read it come along."""
    move = _open(move)
    _check_right(accept_move.name, move.to_area_id, actor)
    if move.proposed_by == actor.pk:
        raise NotPermitted(OWN_MOVE)
    household = lock(move.household)
    if household.area_id != move.from_area_id:
        raise Refusal(_("This household has moved meanwhile. Reject this move, or ask for a new one."))
    here = Mover(actor, frozenset({move.from_area_id, move.to_area_id}), actor.pk)
    with context.writing_as(replace(context.required(), actor=here)):
        if move.address:
            household.address = move.address
        relocate(household, move.to_area, here)
        household.save()
    return _decide(move, State.ACCEPTED, note, actor)


@action(_("Reject a move"))
def reject_move(*, move: HouseholdMove, note: str, actor: Actor) -> HouseholdMove:
    """The other place does not take the household in, and says why."""
    move = _open(move)
    _check_right(reject_move.name, move.to_area_id, actor)
    if not note.strip():
        raise Invalid(_("Write why the move is rejected."), {"note": [_("This is required.")]})
    return _decide(move, State.REJECTED, note, actor)


@action(_("Take back a move"))
def recall_move(*, move: HouseholdMove, note: str = "", actor: Actor) -> HouseholdMove:
    """The place where the household lives takes the proposal back."""
    move = _open(move)
    _check_right(recall_move.name, move.from_area_id, actor)
    return _decide(move, State.RECALLED, note, actor)


def relocate(household: Household, area: Area, actor: Actor) -> None:
    """Give a household and everybody in it another place, and let the other modules follow. The caller saves nothing before."""
    household.area = area
    household.save()
    people = [member.person for member in members_now(household)]
    for person in people:
        person.area = area
        person.save()
    follow_moves(Household, [household.pk], actor)
    follow_moves(Person, [person.pk for person in people], actor)


def _open(move: HouseholdMove) -> HouseholdMove:
    found = HouseholdMove.objects.select_for_update(of=("self",)).select_related("household", "from_area", "to_area").get(pk=move.pk)
    if found.state != State.PROPOSED:
        raise Refusal(DECIDED)
    return found


def _check_right(permission: str, area_id: int, actor: Actor) -> None:
    if not actor.may(permission, [area_id]):
        raise OutsidePlaces(ELSEWHERE)


def _decide(move: HouseholdMove, state: State, note: str, actor: Actor) -> HouseholdMove:
    move.state, move.decided_by, move.decided_on, move.answer = state, actor.pk, timezone.localdate(), clean_text(note)
    move.save()
    return move
