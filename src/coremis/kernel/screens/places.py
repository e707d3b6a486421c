"""Choosing a place: by a list that goes down level by level, or by typing a part of its name; only one's own places."""

from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from coremis.kernel.areas.models import Area
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.base.text import fold
from coremis.kernel.screens.screen import Screen, whole_number

MOST = 40


class AreaOption(NamedTuple):
    """One place to choose, as the template prints it."""

    value: int
    words: str
    chosen: bool


def own_areas(user: Any, permission: str, current: bool = False) -> QuerySet[Any]:
    """The places where this person holds the permission; `current` leaves out those that no longer exist."""
    rows: QuerySet[Any] = Area.objects.visible_to(user, permission)
    return rows.filter(valid_until=None) if current else rows


def read_area(value: str, text: str, user: Any, permission: str, current: bool = False) -> Area | None:
    """The place chosen by its id, or typed by name or code; None where neither is given. Refuses what is none of one's places."""
    areas = own_areas(user, permission, current)
    chosen = None
    if value:
        chosen = areas.filter(pk=whole_number(value) or 0).first()
        if chosen is None:
            raise Refusal(_("This place does not exist, or is not one of yours. Choose another."))
    if not text or (chosen and fold(text) in chosen.search_name):
        return chosen
    found = list(matching(areas, text)[:MOST])
    exact = [area for area in found if area.search_name == fold(text) or area.code == text]
    if len(exact or found) == 1:
        only: Area = (exact or found)[0]
        return only
    if found:
        raise Refusal(_("Several places fit “%(text)s”. Choose one of them."), text=text[:60])
    raise Refusal(_("None of your places is called “%(text)s”. Check the spelling."), text=text[:60])


def matching(areas: QuerySet[Any], text: str) -> QuerySet[Any]:
    """The places whose name holds every word, or whose code begins so; higher levels first."""
    if "\x00" in text or not fold(text):
        return areas.none()
    named = Q()
    for word in fold(text).split()[:6]:
        named &= Q(search_name__contains=word)
    return areas.filter(named | Q(code__startswith=text)).order_by("level__position", "search_name", "pk")


def area_options(chosen: list[str], text: str, user: Any, permission: str, current: bool = False) -> list[AreaOption]:
    """What to offer: those that fit the text; else the chosen ones and what lies just below; else one's highest places."""
    areas = own_areas(user, permission, current).select_related("level", "parent")
    picked = {number for value in chosen if (number := whole_number(value))}
    if text:
        found = list(matching(areas, text)[:MOST])
    elif picked:
        found = list(areas.filter(Q(pk__in=picked) | Q(parent__in=picked)).order_by("level__position", "search_name")[:MOST])
    else:
        top = areas.exclude(parent__in=own_areas(user, permission, current))
        found = list(top.order_by("level__position", "search_name", "pk")[:MOST])
        if len(found) == 1:
            found += areas.filter(parent=found[0]).order_by("search_name", "pk")[:MOST]
    return [AreaOption(area.pk, area_words(area), area.pk in picked) for area in found]


def area_words(area: Area) -> str:
    """“Ruhinga (commune, Province Nord)”: the name, its level and what it lies in."""
    about = [str(area.level), *([area.parent.name] if area.parent else [])]
    return f"{area.name} ({', '.join(about)})"


class AreaChoices(Screen):
    """The places that fit what is being typed, for the area control of forms and filters."""

    def respond(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Radio buttons or checkboxes; what was already chosen stays."""
        name = request.GET.get("name", "area")
        chosen, text = request.GET.getlist(name), request.GET.get(f"{name}_text", "").strip()
        permission = request.GET.get("permission", "")
        options = area_options(chosen, text, request.user, permission, current=request.GET.get("current") == "yes")
        many, blank = (request.GET.get(asked) == "yes" for asked in ("many", "blank"))
        return render(request, "screens/_area_options.html", {"options": options, "name": name, "many": many, "blank": blank})


area_choices = AreaChoices(permission=None, title="")
