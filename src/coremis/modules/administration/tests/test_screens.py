"""Every page of the module: nothing without the right, nothing from elsewhere, page and part, constant queries."""

import pytest

from coremis.kernel.access.models import Assignment, Profile, User
from coremis.kernel.access.services import assign
from coremis.kernel.actions.events import new_event
from coremis.kernel.actions.models import Event
from coremis.kernel.actions.services import maintenance
from coremis.kernel.approvals.models import Request, Route
from coremis.kernel.areas.models import Area
from coremis.kernel.testing.cast import make_profile, make_route, make_user
from coremis.kernel.testing.check_module import check_module
from coremis.modules.administration.tables import ProfileTable, UserTable

# The assistant is for strangers only; work belongs to a person and not to a place (see test_pages_by_seat and test_running_work).
OTHERWISE = ["first_run", "jobs", "job", "cancel_job", "retry_job"]


def samples(area):
    number = User.objects.count()
    user = make_user(f"person-{area.code}-{number}", "areas.view_area", area=area)
    profile, _made = (
        Profile.objects.get_or_create(code="shared") if Profile.objects.filter(code="shared") else (make_profile("shared"), True)
    )
    if Route.objects.filter(area=area).exists():
        route = Route.objects.filter(area=area).first()
    else:
        route = make_route("access.assign", area, profile)
    with maintenance("samples"):
        inside = Area(level=area.level, parent=area.parent, name=f"{area.name} {number}", code=f"{area.code}-{number}")
        inside.save()
        request = Request(
            action=assign.name, inputs=assign.to_stored({"user": user, "profile": profile, "area": area}), area=area,
            maker=user, levels=[{"position": 0, "profile": profile.pk, "people": 1}],
            level_profile=profile, note=f"note-{area.code}-{number}",
        )  # fmt: skip
        request.save()
    event = new_event("access.assign", user, area_id=area.pk)
    held = Assignment.objects.get(user=user)
    user.held = 1  # as the list counts them
    return {Area: area, User: user, Profile: profile, Route: route, Request: request, Event: event, Assignment: held}


@pytest.mark.django_db
def test_it_works(monkeypatch):
    """pitfall S4, S10; the check itself makes more people than a page holds, and a second page costs one count."""
    for table in (UserTable, ProfileTable):
        monkeypatch.setattr(table, "page_size", 500)
    check_module("administration", samples, leave_out=[f"administration:{name}" for name in OTHERWISE])
