"""An officer of one place works on that place of a campaign that reaches many."""

import pytest
from django.test import Client

from coremis.kernel.base.refusal import OutsidePlaces
from coremis.kernel.testing.cast import build_country, make_user
from coremis.modules.targeting.services import close_validation, confirm_others
from coremis.modules.targeting.tests.sample import everything
from coremis.modules.validation import services
from coremis.modules.validation.tests.sample import HELD, WRITES, open_validation

pytestmark = pytest.mark.django_db
CAME = {"held_on": HELD, "facilitator": "Ada", "women": 12, "men": 9}


@pytest.fixture
def land(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return build_country()


def test_it_works(land):
    """The list of the own village, its meeting and its answers; of another village nothing, although both are on one list."""
    run = open_validation([land["Almond"], land["Fig"]])
    officer = make_user("officer", *WRITES, "targeting.confirm_others", area=land["Almond"])
    assert services.take_village_list(run=run, area=land["Almond"], actor=officer)
    meeting = services.record_meeting(run=run, area=land["Almond"], actor=officer, **CAME)
    assert meeting.area_id == land["Almond"].pk
    confirm_others(run=run, area=land["Almond"], actor=officer)
    for act in (services.take_village_list, confirm_others):
        with pytest.raises(OutsidePlaces):
            act(run=run, area=land["Fig"], actor=officer)
    with pytest.raises(OutsidePlaces):
        services.record_meeting(run=run, area=land["Fig"], actor=officer, **CAME)


def test_a_closed_list_is_only_printed(land):
    """The page of a list offers the village lists for the answers as long as the village may answer, afterwards as a print."""
    run = open_validation([land["Almond"]], silence=True)
    officer = make_user("officer", *WRITES, "targeting.view_campaign", "targeting.view_stageentry", area=land["Testland"])
    client = Client()
    client.force_login(officer)
    page = f"/targeting/lists/{run.pk}/"
    assert "Take the village lists" in client.get(page).content.decode()
    close_validation(run=run, actor=everything())
    closed = client.get(page).content.decode()
    assert "Take the village lists" not in closed and "Print the village lists" in closed
