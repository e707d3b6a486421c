"""Submitting, deciding, returning and taking back; a decision and its effect share one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.models import Profile, User
from coremis.kernel.actions.action import Action, action, find_action
from coremis.kernel.actions.context import Actor, Authority, approved_by
from coremis.kernel.actions.keys import store_result
from coremis.kernel.actions.models import Record
from coremis.kernel.approvals.models import Decision, Request, Route, RouteLevel
from coremis.kernel.approvals.queries import waiting_for
from coremis.kernel.approvals.routes import approvable, area_of, find_route, subject_of
from coremis.kernel.areas.models import Area
from coremis.kernel.base.refusal import KeptRefusal, NotPermitted, Refusal, Stale

State = Request.State
OWN = _("Nobody decides what they asked for. Another person must decide.")
DECIDED = _("You have decided on this already. Another person must decide at the next level.")
NOT_YOURS = _("This level is decided by others. You do not hold the profile that is asked here.")
NOT_PENDING = _("This request was already decided: %(state)s.")
OWN_REFUSED = "approvals.own_request_refused"  # in the history: somebody tried to decide what they had asked for


@dataclass(frozen=True)
class Outcome:
    """What came of submitting: the result at once, or a request that waits."""

    result: Any = None
    request: Request | None = None


def submit(target: Action[Any], inputs: dict[str, Any], *, actor: User, note: str = "", key: str | None = None) -> Outcome:
    """Ask for an approvable action: its right, places and inputs are checked now and again when it runs.

    Where the route says that no approval is needed, it runs at once and its event says so.
    """
    values = target.check_inputs(inputs)
    target.check_permission(actor)
    target.check_places(actor, target.name, values)
    item = approvable(target)
    amount = item.amount(values)
    route = find_route(target.name, area_of(item, values), amount.amount_minor if amount else None)
    if route.no_approval:
        with approved_by(Authority(target.name, None, route_says_none=True)):
            return Outcome(result=target(actor=actor, key=key, **values))
    return Outcome(request=submit_request(action=target.name, inputs=target.to_stored(values), note=note, actor=actor, key=key))


@action(_("Submit for approval"))
def submit_request(*, action: str, inputs: dict[str, Any], note: str = "", actor: Actor) -> Request:
    """Store what is asked, with the versions of what it is about and the levels that must agree."""
    target = find_action(action)
    if not target.approvable:
        raise Refusal(_("This action never waits for approval. Choose another one."))
    values = target.check_inputs(target.from_stored(inputs))
    target.check_permission(actor)
    target.check_places(actor, target.name, values)
    item = approvable(target)
    subject, amount = subject_of(item, values), item.amount(values)
    _check_fresh(inputs, values, lock=subject)
    if subject is not None and _waiting_about(target.name, subject):
        raise Refusal(_("The same is already waiting for approval. Look under “My work”."))
    route = find_route(target.name, area_of(item, values), amount.amount_minor if amount else None)
    if route.no_approval:
        raise Refusal(_("This needs no approval. Do it directly."))
    levels = [
        {"position": level.position, "profile": level.profile_id, "people": level.people} for level in route.levels.filter(is_active=True)
    ]
    request = Request(
        action=target.name, inputs=inputs, note=note, maker_id=actor.pk, levels=levels, level=0, level_profile_id=levels[0]["profile"],
        subject_kind=subject._meta.label_lower if subject else "", subject_id=subject.pk if subject else None,
        subject_version=getattr(subject, "version", None), area=area_of(item, values),
        amount_minor=amount.amount_minor if amount else None, currency=amount.currency if amount else "",
    )  # fmt: skip
    request.save()
    return request


@action(_("Approve"))
def approve_request(*, request: Request, note: str = "", actor: Actor) -> Request:
    """Say yes at the level that is due. The last yes runs the action in the same transaction, for the maker.

    A request whose subject changed meanwhile is marked overtaken and goes back; nothing else happens.
    """
    request = _claim(request, actor)
    values = _fresh_inputs(request)
    if values is None:
        request.state, request.level_profile = State.STALE, None
        request.save()
        return request
    _decide(request, actor, Decision.Verdict.APPROVED, note)
    said = Decision.objects.filter(request=request, level=request.level, verdict=Decision.Verdict.APPROVED).count()
    if said >= request.level_now()["people"]:
        request.level += 1
    if request.level < len(request.levels):
        request.level_profile_id = request.level_now()["profile"]
        request.save()
        return request
    request.state, request.level, request.level_profile = State.APPROVED, len(request.levels) - 1, None
    request.result = _carry_out(request, values)
    request.save()
    return request


@action(_("Reject"))
def reject_request(*, request: Request, note: str, actor: Actor) -> Request:
    """Say no, with the reason; the request ends."""
    return _end(request, actor, Decision.Verdict.REJECTED, State.REJECTED, note)


@action(_("Return for correction"))
def return_request(*, request: Request, note: str, actor: Actor) -> Request:
    """Send it back to the maker with what to correct."""
    return _end(request, actor, Decision.Verdict.RETURNED, State.RETURNED, note)


@action(_("Take back a request"))
def recall_request(*, request: Request, actor: Actor) -> Request:
    """The maker takes the request back before the last decision."""
    request = Request.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if request.maker_id != actor.pk:
        raise NotPermitted(_("Only the person who asked can take a request back."))
    _require_pending(request)
    request.state, request.level_profile = State.RECALLED, None
    request.save()
    return request


@action(_("Save an approval route"), approvable=True)
def save_route(
    *,
    action: str,
    area: Area,
    min_amount: int,
    levels: list[dict[str, Any]],
    no_approval: bool = False,
    route: Route | None = None,
    actor: Actor,
) -> Route:
    """Create or change a route; ``levels`` are {profile, people} in order. A route with neither levels nor the waiver is refused."""
    if not find_action(action).approvable:
        raise Refusal(_("This action never waits for approval. Choose another one."))
    if not levels and not no_approval:
        raise Refusal(_("A route needs at least one level, or the statement that no approval is needed."))
    if (levels and no_approval) or min_amount < 0:
        raise Refusal(_("A route has levels or needs no approval, never both; its amount is not negative."))
    same = Route.objects.filter(action=find_action(action).name, area=area, min_amount=min_amount, is_active=True).first()
    if route is not None and same not in {None, route}:
        raise Refusal(_("Another route in use has the same action, place and amount. Change or close that one."))
    found = route or same or Route()
    found.action, found.area, found.min_amount, found.no_approval = find_action(action).name, area, min_amount, no_approval
    found.save()
    existing = {level.position: level for level in found.levels.all()}
    for position in range(max(len(levels), len(existing))):
        level = existing.get(position) or RouteLevel(route=found, position=position)
        level.is_active = position < len(levels)
        if level.is_active:
            level.profile, level.people = _level(levels[position])
        level.save()
    return found


@action(_("Close an approval route"), approvable=True)
def close_route(*, route: Route, actor: Actor) -> Route:
    """Take a route out of use; what has no other route can no longer be approved."""
    route.is_active = False
    route.save()
    return route


def _level(given: dict[str, Any]) -> tuple[Profile, int]:
    profile, people = Profile.objects.filter(code=given.get("profile")).first(), given.get("people", 1)
    if profile is None or not isinstance(people, int) or not 1 <= people <= 20:
        raise Refusal(_("Each level needs an access profile and the number of people who must agree, from 1 to 20."))
    return profile, people


def may_decide(request: Request, person: User) -> bool:
    """Whether this person may decide this request now."""
    return request.state == State.PENDING and not reason_against(request, person)


def reason_against(request: Request, person: User) -> str:
    """Why this person does not decide the level that is due; nothing where this person may."""
    try:
        _check_decider(request, person)
    except Refusal as problem:
        return str(problem)
    return ""


def reasons_against(requests: Sequence[Request], person: User) -> dict[int, str]:
    """Why this person does not decide these, by id; those that this person may decide are not in it. A constant number of statements."""
    ids = [request.pk for request in requests]
    mine = set(waiting_for(person).filter(pk__in=ids).values_list("pk", flat=True))
    before = set(Decision.objects.filter(request__in=ids, person=person).values_list("request", flat=True))
    return {request.pk: _reason(request, person, before) for request in requests if request.pk not in mine}


def _reason(request: Request, person: User, decided: set[int]) -> str:
    if request.state != State.PENDING:
        return str(Refusal(NOT_PENDING, state=request.get_state_display()))
    return str(OWN if request.maker_id == person.pk else DECIDED if request.pk in decided else NOT_YOURS)


def _claim(request: Request, actor: Any) -> Request:
    locked = Request.objects.select_for_update(of=("self",)).select_related("maker", "area").get(pk=request.pk)
    _require_pending(locked)
    _check_decider(locked, actor)
    return locked


def _check_decider(request: Request, actor: Any) -> None:
    if request.maker_id == actor.pk:
        tried = {"area_id": request.area_id, "request_id": request.pk}
        raise KeptRefusal(OWN, OWN_REFUSED, tried)
    if request.decisions.filter(person_id=actor.pk).exists():
        raise NotPermitted(DECIDED)
    if not actor.places_as(request.level_now()["profile"]).cover([request.area_id]):
        raise NotPermitted(NOT_YOURS)
    asked = find_action(request.action)
    if (refuses := approvable(asked).decider) is not None:
        refuses(asked.from_stored(request.inputs), actor)


def _require_pending(request: Request) -> None:
    if request.state != State.PENDING:
        raise Refusal(NOT_PENDING, state=request.get_state_display())


def _decide(request: Request, actor: Any, verdict: Decision.Verdict, note: str) -> None:
    Decision(request=request, person_id=actor.pk, level=request.level, verdict=verdict, note=note).save()


def _end(request: Request, actor: Any, verdict: Decision.Verdict, state: State, note: str) -> Request:
    if not note.strip():
        raise Refusal(_("Write the reason, so that the person who asked knows what to do."))
    claimed = _claim(request, actor)
    _decide(claimed, actor, verdict, note)
    claimed.state, claimed.level_profile = state, None
    claimed.save()
    return claimed


def _fresh_inputs(request: Request) -> dict[str, Any] | None:
    values = find_action(request.action).from_stored(request.inputs)
    subject = subject_of(approvable(find_action(request.action)), values)
    try:
        _check_fresh(request.inputs, values)
    except Stale:
        return None
    return values if getattr(subject, "version", None) == request.subject_version else None


def _check_fresh(inputs: dict[str, Any], values: dict[str, Any], lock: Any = None) -> None:
    """Refuse where a record among the inputs is no longer what it was when it was asked; ``lock`` is the one to keep still."""
    if lock is not None:
        type(lock)._base_manager.select_for_update(of=("self",)).get(pk=lock.pk)
    for name, value in values.items():
        items, asked = (value, inputs[name]) if isinstance(value, list) else ([value], [inputs[name]])
        for item, stored in zip(items, asked, strict=True):
            if isinstance(item, Record) and item.version != stored["version"]:
                raise Stale(_("“%(thing)s” was changed meanwhile. Look at it again before you ask."), thing=str(item))


def _carry_out(request: Request, values: dict[str, Any]) -> Any:
    deciders = tuple(
        f"{decision.person.get_username()} ({request.levels[decision.level]['position'] + 1})"
        for decision in request.decisions.filter(verdict=Decision.Verdict.APPROVED).select_related("person").order_by("pk")
    )
    with transaction.atomic(), approved_by(Authority(find_action(request.action).name, request.pk, deciders)):
        return store_result(find_action(request.action)(actor=request.maker, **values))


def _waiting_about(name: str, subject: Any) -> bool:
    return Request.objects.filter(action=name, subject_kind=subject._meta.label_lower, subject_id=subject.pk, state=State.PENDING).exists()
