"""Adding and closing meeting places."""

from coremis_sample.models import MeetingPlace
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.numbers import next_number
from coremis.kernel.areas.models import Area


@action(_("Add a meeting place"))
def add_meeting_place(*, area: Area, name: str, actor: Actor) -> MeetingPlace:
    """Add a place under its own number."""
    place = MeetingPlace(area=area, name=name.strip(), number=next_number(MeetingPlace))
    place.save()
    return place


@action(_("Close a meeting place"), approvable=True)
def close_meeting_place(*, place: MeetingPlace, reason: str, actor: Actor) -> MeetingPlace:
    """Close a place; it stays in the list."""
    place.is_open = False
    place.save()
    return place
