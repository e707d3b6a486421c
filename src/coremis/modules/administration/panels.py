"""Panels this module adds to its own pages."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from coremis.kernel.access.models import Assignment, Profile, User
from coremis.kernel.areas.models import Area
from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.contributions import Shown
from coremis.modules.administration.permissions import grouped_permissions


def user_assignments(request: HttpRequest, user: User) -> Shown:
    """What a user holds, where and until when."""
    reader: Any = request.user
    held = Assignment.objects.visible_to(reader, "access.view_assignment").filter(user=user)
    may_end = reader.has_perm("access.end_assignment")
    rows = [
        {
            "profile": str(item.profile), "area": item.area.name, "since": text_of(item.valid_from),
            "until": text_of(item.valid_until),
            "end": reverse("administration:end_assignment", args=[item.pk]) if may_end and item.valid_until is None else "",
        }
        for item in held.select_related("profile", "area").order_by("-valid_from")
    ]  # fmt: skip
    return {"rows": rows}


def profile_permissions(request: HttpRequest, profile: Profile) -> Shown:
    """The permissions of a profile, by module and in words."""
    groups = grouped_permissions(profile.permission_names())
    return {"groups": [(heading, [title for _name, title in held]) for heading, held in groups]}


def units_inside(request: HttpRequest, area: Area) -> Shown:
    """The units directly inside."""
    reader: Any = request.user
    inside = Area.objects.visible_to(reader, "areas.view_area").filter(parent=area, valid_until=None).order_by("search_name")[:200]
    links: list[dict[str, Any]] = [
        {"title": f"{unit.name} ({unit.code})", "url": reverse("administration:area", args=[unit.pk])} for unit in inside
    ]
    return {"links": links} if links else {"text": _("There are no units inside.")}
