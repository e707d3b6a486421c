"""A small country and people with rights, made for tests under maintenance."""

from datetime import date
from typing import Any

from coremis.kernel.access.models import Assignment, Profile, User
from coremis.kernel.actions.models import Event
from coremis.kernel.actions.services import maintenance
from coremis.kernel.actions.system import System, system
from coremis.kernel.approvals.models import Route, RouteLevel
from coremis.kernel.areas.models import Area
from coremis.kernel.areas.services import define_levels, load_areas

PASSWORD = "Long-enough-9"
TREE = {
    "Testland": ("TL", None),
    "North": ("N", "TL"), "South": ("S", "TL"),
    "Northfield": ("N1", "N"), "Northlake": ("N2", "N"), "Southfield": ("S1", "S"), "Southlake": ("S2", "S"),
    "Almond": ("N1A", "N1"), "Beech": ("N1B", "N1"), "Cedar": ("N2A", "N2"),
    "Date palm": ("S1A", "S1"), "Ebony": ("S1B", "S1"), "Fig": ("S2A", "S2"),
}  # fmt: skip


def everywhere(*permissions: str) -> System:
    """A system actor with these rights in the whole country."""
    return system(*permissions)


def build_country() -> dict[str, Area]:
    """Four levels, thirteen units; by name."""
    levels = [{"en": "Country", "fr": "Pays", "pt": "País"}, {"en": "Province"}, {"en": "Commune"}, {"en": "Village"}]
    define_levels(names=levels, actor=everywhere(define_levels.name))
    rows = [{"name": name, "code": code, "parent": parent or ""} for name, (code, parent) in TREE.items()]
    load_areas(rows=rows, actor=everywhere(load_areas.name))
    return {area.name: area for area in Area.objects.select_related("parent", "level")}


def make_user(username: str, *permissions: str, area: Area | None = None, profile: Profile | None = None, **fields: Any) -> User:
    """A user who holds exactly these permissions in ``area`` (a profile of their own), or the given profile there."""
    user = User.objects.create_user(username, PASSWORD, **{"name": username.title(), "language": "en", **fields})
    if area is not None:
        held = profile or make_profile(f"only-{username}"[-40:], *permissions)
        with maintenance("test users"):
            Assignment(user=user, profile=held, area=area, valid_from=date(2020, 1, 1)).save()
    return user


def make_profile(code: str, *permissions: str) -> Profile:
    """A profile with these permissions."""
    with maintenance("test profiles"):
        profile = Profile(code=code, names={"en": code}, permissions=list(permissions))
        profile.save()
    return profile


def make_route(action: str, area: Area, *levels: Profile, min_amount: int = 0, people: int = 1) -> Route:
    """A route with these profiles as its levels; without levels, one that needs no approval."""
    with maintenance("test routes"):
        route = Route(action=action, area=area, min_amount=min_amount, no_approval=not levels)
        route.save()
        for position, profile in enumerate(levels):
            RouteLevel(route=route, position=position, profile=profile, people=people).save()
    return route


def again(user: User) -> User:
    """The same user as the next request would read it."""
    return User.objects.get(pk=user.pk)


def last_event(action: str) -> Event:
    """The newest event of an action."""
    return Event.objects.filter(action=action).latest("pk")
