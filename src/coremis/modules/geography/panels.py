"""What this module shows on the page of a place and of a group."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from coremis.kernel.areas.models import Area
from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.contributions import Shown
from coremis.kernel.screens.details import Fact
from coremis.kernel.screens.tables import small_table
from coremis.modules.geography.imports import HOMES
from coremis.modules.geography.measures import COVERAGE, measures_for
from coremis.modules.geography.models import AreaGroup
from coremis.modules.geography.services.figures import set_figure
from coremis.modules.geography.services.files import send_places
from coremis.modules.geography.services.moving import move_people, people_in
from coremis.modules.geography.services.reorganising import merge_units, split_unit
from coremis.modules.geography.services.units import close_unit, move_unit, rename_unit
from coremis.modules.geography.tables import FigureTable, GroupPlaceTable, LinkTable
from coremis.modules.geography.views.map import SEE as SEES_MAP
from coremis.modules.registry.models import Household

FIRST = 60
ALWAYS = ("registered-households", "registered-persons", COVERAGE)
CHANGES = (rename_unit, move_unit, merge_units, split_unit, close_unit)


def figures(request: HttpRequest, area: Area) -> Shown:
    """What is registered there, how far registration has come, and the figures that were entered, newest first."""
    user: Any = request.user
    rows = list(FigureTable.visible(user).filter(area=area).order_by("kind__code", "-year", "-pk")[:FIRST])
    links = []
    if area.valid_until is None and user.may(set_figure.name, [area.pk]):
        links.append({"url": reverse("geography:set_figure", args=[area.pk]), "title": _("Enter a figure")})
    if user.may(SEES_MAP, [area.pk]) and Area.objects.filter(parent=area, valid_until=None).exists():
        links.append({"url": f"{reverse('geography:map')}?area={area.pk}", "title": _("Map of the units inside")})
    omit = ["area", "code", *([] if user.may("geography.end_figure", [area.pk]) else ["end"])]
    return {
        "facts": [fact.ready() for fact in registered(user, area)],
        "table": small_table(FigureTable, rows, user, omit) if rows else None,
        "links": links,
    }


def registered(user: Any, area: Area) -> list[Fact]:
    """Registered households and persons with all below, and the share of the households that were counted."""
    found = []
    for measure in measures_for(user):
        if measure.code in ALWAYS:
            value = measure.values(user, [area.pk], timezone.localdate()).get(area.pk)
            if value is not None:
                found.append(Fact(measure.title, measure.words(value), measure.address(area.pk) if measure.address else ""))
    return found


def former_codes(request: HttpRequest, area: Area) -> Shown:
    """Which codes lead here, and where this place went."""
    mine = Q(area=area) | Q(former_area=area)
    rows = list(LinkTable.visible(request.user).filter(mine).order_by("-valid_from", "former_code")[:FIRST])
    return {"table": small_table(LinkTable, rows, request.user)} if rows else None


def groups(request: HttpRequest, area: Area) -> Shown:
    """The groups that this place belongs to, itself or by a place above."""
    rows = GroupPlaceTable.visible(request.user).filter(group__is_active=True, valid_until=None)
    found = list(rows.filter(Q(area=area) | Q(area__in=area.ancestors_of.values("ancestor"))).order_by("group__code")[:FIRST])
    return {"table": small_table(GroupPlaceTable, found, request.user, ["end"])} if found else None


def changes(request: HttpRequest, area: Area) -> Shown:
    """What may become of this unit."""
    user: Any = request.user
    if area.valid_until is not None:
        return left_behind(user, area)
    possible = CHANGES if area.parent_id else (rename_unit,)
    allowed = [action for action in possible if user.may(action.name, [area.pk])]
    return {
        "links": [{"url": reverse(f"geography:{action.__name__}", args=[area.pk]), "title": str(action.title)} for action in allowed],
        "text": _("Each of these is dated and needs a second person."),
    } if allowed else None  # fmt: skip


def left_behind(user: Any, area: Area) -> Shown:
    """People who still live in a closed unit, and where to move them."""
    count = people_in(Household, [area.pk]).count()
    if not count or not user.may(move_people.name, [area.pk]):
        return None
    told = _("%(count)s households are still registered in this closed unit. Say where they belong now.") % {"count": text_of(count)}
    links = [{"url": reverse("geography:move_people", args=[area.pk]), "title": str(move_people.title)}]
    if user.has_perm(send_places.name):
        links.append({"url": f"{reverse('geography:send')}?kind={HOMES.name}", "title": _("Send a list of households with their places")})
    return {"text": told, "links": links}


def places_of_group(request: HttpRequest, group: AreaGroup) -> Shown:
    """The places of a group, those that left it last."""
    rows = list(GroupPlaceTable.visible(request.user).filter(group=group).order_by("-valid_until", "area__search_name")[:FIRST])
    rows.sort(key=lambda row: (row.valid_until is not None, row.area.search_name))
    if not rows:
        return {"text": _("No place belongs to this group yet. Add places to it.")}
    return {"table": small_table(GroupPlaceTable, rows, request.user, ["group"])}
