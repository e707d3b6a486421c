"""Meeting places: added in one's own places, closed with a second person's agreement, shown to nobody else."""

import pytest
from coremis_sample.models import MeetingPlace
from coremis_sample.services import add_meeting_place, close_meeting_place

from coremis.kernel.base.refusal import NeedsApproval, OutsidePlaces
from coremis.kernel.testing.cast import build_country, everywhere, make_user
from coremis.kernel.testing.check_module import check_module

pytestmark = pytest.mark.django_db
RIGHTS = ("sample_places.view_meetingplace", add_meeting_place.name, close_meeting_place.name)


def make_place(area):
    return add_meeting_place(area=area, name=f"Hall of {area.name}", actor=everywhere(add_meeting_place.name))


def test_it_works():
    """An officer adds a place in the own commune, and it is there."""
    country = build_country()
    officer = make_user("officer", *RIGHTS, area=country["North"])
    place = add_meeting_place(area=country["Almond"], name=" Hall ", actor=officer)
    assert MeetingPlace.objects.visible_to(officer, RIGHTS[0]).get() == place and place.name == "Hall"


def test_elsewhere_is_refused():
    country = build_country()
    officer = make_user("officer", *RIGHTS, area=country["North"])
    with pytest.raises(OutsidePlaces):
        add_meeting_place(area=country["Ebony"], name="Hall", actor=officer)


def test_closing_needs_a_second_person():
    country = build_country()
    officer = make_user("officer", *RIGHTS, area=country["North"])
    with pytest.raises(NeedsApproval):
        close_meeting_place(place=make_place(country["Almond"]), reason="empty", actor=officer)


def test_every_page_is_checked():
    """Rights, places, parts, exports and the number of queries, for every page of urls.py."""
    check_module("sample_places", samples=lambda area: {MeetingPlace: make_place(area)})
