"""Writing events: who, when, from where, what was asked, on whose approval."""

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from coremis.kernel.actions import context
from coremis.kernel.actions.models import Change, Event
from coremis.kernel.actions.values import digest, keyed, plain, stored_value

if TYPE_CHECKING:
    from coremis.kernel.actions.action import Action

STAMPED = (
    "action", "actor_id", "actor_name", "happened_at", "recorded_at", "address", "area_id",
    "cause_id", "job_id", "request_id", "deciders", "unapproved", "inputs_digest",
)  # fmt: skip


def write_event(
    action: "Action[Any]", actor: Any, values: dict[str, Any], outer: "context.Writing | None", given: "context.Authority | None"
) -> Event:
    """The event of an action that is about to run; its inputs lie beside it, so that they can be redacted."""
    stored = plain(action.to_stored(values))
    event = new_event(
        action.name,
        actor,
        area_id=_single_place(values),
        cause_id=outer.event.pk if outer else context.source().cause_id,
        request_id=given.request_id if given else None,
        deciders=list(given.deciders) if given else [],
        unapproved=given.route_says_none if given else False,
        inputs_digest=digest(stored),
    )
    if stored:
        Change.objects.create(event=event, kind=Change.INPUTS, record_id=event.pk, area_id=event.area_id, before=stored)
    return event


def new_event(name: str, actor: Any, **fields: Any) -> Event:
    """Insert one stamped event; ``actor`` None means nobody is known (a failed sign-in, maintenance)."""
    now = timezone.now()
    event = Event(
        action=name,
        actor_id=actor.pk if actor else None,
        actor_name=actor.get_username()[:150] if actor else "",
        happened_at=now,
        recorded_at=now,
        address=context.source().address,
        job_id=context.source().job_id,
        **fields,
    )
    event.stamp = stamp_of(event)
    event.save(force_insert=True)
    return event


def stamp_of(event: Event) -> str:
    """The keyed digest of an event's content; the key lies outside the database."""
    return keyed(digest(stamped(event)))


def stamped(event: Event) -> list[Any]:
    """What the stamp of an event covers: everything but its number."""
    fields = {field.attname: field for field in Event._meta.concrete_fields}
    return [stored_value(fields[name], event) for name in STAMPED]


def _single_place(values: dict[str, Any]) -> int | None:
    places = {
        place
        for value in values.values()
        for item in (value if isinstance(value, list) else [value])
        if hasattr(item, "place_ids")
        for place in item.place_ids() or []
    }
    return places.pop() if len(places) == 1 else None
