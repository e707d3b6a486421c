"""Groups of places that are no administrative units: catchments, hotspots, phases. They may overlap, and each place has its days."""

from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.areas.models import Area
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.modules.geography.models import AreaGroup, GroupPlace


@action(_("Define a group of places"))
def save_group(*, code: str, names: dict[str, str], purpose: str = "", group: AreaGroup | None = None, actor: Actor) -> AreaGroup:
    """A new group, or another name and purpose for one that is there."""
    if group is None and AreaGroup.objects.filter(code=code).exists():
        raise Invalid(_("Another group has this code."), {"code": [_("Another group has this code. Choose a new one.")]})
    if not names:
        raise Invalid(_("A group needs a name."), {"names": [_("This is required.")]})
    found = group or AreaGroup(code=code)
    found.names, found.purpose = names, purpose.strip()
    found.save()
    return found


@action(_("Put a group of places out of use"))
def retire_group(*, group: AreaGroup, actor: Actor) -> AreaGroup:
    """It is no longer offered; what it held stays in the history."""
    group.is_active = False
    group.save()
    return group


@action(_("Add places to a group"))
def join_group(*, group: AreaGroup, areas: list[Area], since: date, actor: Actor) -> int:
    """Places, with everything below them, belong to the group from a day on; those that do already are left as they are."""
    if not group.is_active:
        raise Refusal(_("This group is out of use. Choose another one."))
    held = set(GroupPlace.objects.filter(group=group, area__in=areas, valid_until=None).values_list("area_id", flat=True))
    fresh = [area for area in areas if area.pk not in held]
    if not fresh:
        raise Refusal(_("These places belong to the group already."))
    for area in fresh:
        GroupPlace(group=group, area=area, valid_from=since).save()
    return len(fresh)


@action(_("Take a place out of a group"))
def leave_group(*, place: GroupPlace, until: date, actor: Actor) -> GroupPlace:
    """The last day on which the place belongs to the group."""
    if place.valid_until is not None:
        raise Refusal(_("This ended already."))
    if until < place.valid_from - timedelta(days=1):
        raise Invalid(_("This began after that day. Choose a later one."), {"until": [_("Choose a later day.")]})
    place.valid_until = until
    place.save()
    return place
