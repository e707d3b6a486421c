"""The pages of this module."""

from coremis_sample import forms, services
from coremis_sample.models import MeetingPlace
from coremis_sample.tables import MeetingPlaceTable, place_url, state_of
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.details import DetailScreen, Fact
from coremis.kernel.screens.lists import EmptyState, ListScreen
from coremis.kernel.screens.screen import ActionLink

ADD = ActionLink(_("Add a meeting place"), "sample_places:add_meeting_place", services.add_meeting_place.name, "primary")

place_list = ListScreen(
    MeetingPlaceTable,
    title=_("Meeting places"),
    lead=_("Where families come together."),
    actions=[ADD],
    empty=EmptyState(_("No meeting places yet"), _("Families come together somewhere. Add the first place."), ADD),
)
place_detail = DetailScreen(
    MeetingPlace,
    permission="sample_places.view_meetingplace",
    title=lambda place: place.name,
    status=state_of,
    facts=lambda _request, place: [Fact(_("Place"), place.area.name)],
    prepare=lambda rows: rows.select_related("area"),
    actions=[
        ActionLink(
            _("Close"),
            "sample_places:close_meeting_place",
            services.close_meeting_place.name,
            "danger",
            show=lambda place: place.is_open,
        )
    ],
)
add_meeting_place = ActionScreen(
    services.add_meeting_place, form=forms.MeetingPlaceForm, done=place_url, back=lambda _target: reverse("sample_places:place_list")
)
close_meeting_place = ActionScreen(
    services.close_meeting_place, form=forms.ClosingForm, target=(MeetingPlace, "pk"), done=place_url, back=place_url, danger=True
)
