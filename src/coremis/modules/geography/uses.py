"""What the system keeps about a place, counted before the place changes."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.models import Assignment
from coremis.kernel.actions.bulk import copy_into
from coremis.kernel.actions.context import Actor
from coremis.kernel.approvals.models import Route
from coremis.kernel.areas.models import Area
from coremis.kernel.areas.queries import below
from coremis.kernel.areas.uses import AreaUse
from coremis.kernel.module.contributions import contributions
from coremis.modules.geography.models import AreaFigure, GroupPlace
from coremis.modules.registry.models import Household, Person

Counts = list[tuple[Any, int]]
BELONGS = ("group", "area", "valid_from", "valid_until")


def _lying(model: Any, **only: Any) -> Any:
    return lambda areas: model.objects.filter(area__in=areas, **only).count()


def running_rights(area_ids: Iterable[int]) -> Any:
    """The assignments to these very places that have not ended, those that begin later too."""
    rows = Assignment.objects.filter(area__in=area_ids).filter(Q(valid_until=None) | Q(valid_until__gte=timezone.localdate()))
    return rows.order_by("valid_from", "pk")


def _follow_groups(old: Area, new: Sequence[Area], day: date, actor: Actor) -> None:
    """The new places belong to the groups of the old one."""
    held = set(GroupPlace.objects.filter(area__in=new, valid_until=None).values_list("group_id", "area_id"))
    groups = GroupPlace.objects.filter(area=old, valid_until=None).values_list("group_id", flat=True)
    wanted = [(group, area.pk) for group in groups for area in new]
    copy_into(GroupPlace, BELONGS, [(*one, day, None) for one in wanted if one not in held])


USES = [
    AreaUse(_("Households"), _lying(Household), order=10),
    AreaUse(_("Persons"), _lying(Person), order=20),
    AreaUse(_("Assignments of users"), lambda areas: running_rights(areas).count(), order=30),
    AreaUse(_("Approval routes"), _lying(Route, is_active=True), order=40),
    AreaUse(_("Figures of places"), _lying(AreaFigure), order=60),
    AreaUse(_("Groups of places"), _lying(GroupPlace, valid_until=None), _follow_groups, order=70),
]


def counted_uses(areas: Sequence[Area], inside: bool = False) -> Counts:
    """(what, how many) of everything that lies in these very places, or also below them; one query for each kind."""
    keys = [area.pk for area in areas]
    if inside:
        keys = list(below(keys))
    found = [(use.title, use.count(keys)) for use in sorted(contributions(AreaUse), key=lambda use: use.order)]
    units = Area.objects.filter(Q(parent__in=[area.pk for area in areas]), valid_until=None).count()
    return [(_("Units inside"), units), *found]
