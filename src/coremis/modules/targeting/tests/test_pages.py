"""The pages of campaigns: what is the next step, what an outcome rests on, and the forms of categories and of places after appeals."""

import pytest
from django.test import Client

from coremis.kernel.actions.services import maintenance
from coremis.kernel.testing.cast import make_profile, make_route, make_user
from coremis.modules.programmes.models import Enrolment
from coremis.modules.registry.models import Household
from coremis.modules.targeting import services
from coremis.modules.targeting.models import Appeal, Kind, Stage, StageEntry
from coremis.modules.targeting.queries import current_run_of
from coremis.modules.targeting.tests.sample import approved, carry_out, everything, set_stage, stage_of
from coremis.modules.targeting.tests.test_after_appeals import accepted, taken_over
from coremis.modules.targeting.tests.test_results import decided
from coremis.modules.targeting.tests.test_shares import WOMEN, listed

pytestmark = pytest.mark.django_db
SEES = (
    "targeting.view_campaign",
    "targeting.view_stageentry",
    "targeting.view_quota",
    "targeting.view_appeal",
    "programmes.view_enrolment",
)
DOES = (
    "approvals.submit_request",
    *(f"targeting.{name}" for name in ("approve_results", "enrol_selected", "fill_places", "set_stage", "run_stage", "give_place")),
)


def signed_in(area):
    """Somebody with these rights in the whole country."""
    while area.parent is not None:
        area = area.parent
    client = Client()
    client.force_login(make_user("manager", *SEES, *DOES, area=area))
    return client


def primary(client, page):
    """What stands as the next step on a page."""
    text = client.get(page).content.decode()
    return [part.split(">", 1)[1].split("<")[0] for part in text.split("<a ")[1:] if "button--primary" in part.split(">")[0]]


def test_it_works():
    """The one primary button is what comes next: approve, then enrol; afterwards there is none."""
    village, campaign = decided()
    client, page = signed_in(village), f"/targeting/{campaign.pk}/"
    assert primary(client, page) == ["Approve the result"]
    approved(services.approve_results, campaign=campaign, actor=everything())
    assert primary(client, page) == ["Enrol the selected"]
    approved(services.enrol_selected, campaign=campaign, areas=[village], actor=everything())
    assert primary(client, page) == []
    text = client.get(page).content.decode()
    assert "Enrol the selected" in text and "Fill free places" not in text and "Take over the rest" not in text
    with maintenance("test"):
        leaving = Enrolment.objects.filter(status="ACTIVE").first()
        leaving.status = "EXITED"
        leaving.save()
    assert "Fill free places" in client.get(page).content.decode()


def test_an_outcome_says_by_which_category_it_came_in():
    """The category of the score by its name, that of the quota too, in the reader's language; and what fits."""
    country, campaign = listed(30)
    set_stage(campaign, Kind.QUOTA, shares=[WOMEN])
    services.set_quotas(stage=stage_of(campaign, Kind.QUOTA), places={str(country["Almond"].pk): 10}, actor=everything())
    run = carry_out(campaign, Kind.LISTING, Kind.SCORING, Kind.QUOTA)
    client = signed_in(country["Almond"])
    woman = StageEntry.objects.filter(run=run, came_by="women").first()
    text = client.get(f"/targeting/outcomes/{woman.pk}/").content.decode()
    assert "category “Women”" in text and "Fits the categories" in text
    by_rank = StageEntry.objects.filter(run=run, came_by="", outcome="SELECTED").first()
    assert ">rank<" in client.get(f"/targeting/outcomes/{by_rank.pk}/").content.decode()
    version = woman.score.run.formula_version
    with maintenance("test"):
        version.definition = {**version.definition, "categories": [{"code": "POOR-1", "names": {"en": "The poorest"}}]}
        version.save()
        woman.category = "POOR-1"
        woman.save()
    text = client.get(f"/targeting/outcomes/{woman.pk}/").content.decode()
    assert "The poorest" in text and "POOR-1" not in text


def test_categories_are_typed_on_a_page_of_their_own():
    """They are kept when the other settings of the stage are changed, and an allocation above 100 percent stays on the page."""
    country, campaign = listed(3)
    stage, client = stage_of(campaign, Kind.QUOTA), signed_in(country["Almond"])
    page = f"/targeting/stages/{stage.pk}/categories/"
    key = client.get(page).content.decode().split('name="key" value="')[1].split('"')[0]
    typed = {"key": key, "names_1_en": "Women", "condition_1": "women = 1", "share_1": "40", "reserve": "10"}
    too_much = client.post(page, {**typed, "share_1": "95"})
    assert too_much.status_code == 422 and "never pass 100" in too_much.content.decode()
    assert client.post(page, typed).status_code == 303
    held = Stage.objects.get(pk=stage.pk).settings
    assert [(share["code"], share["share"], share["condition"]) for share in held["shares"]] == [("women", "40.00", "women = 1")]
    assert held["reserve"] == "10.00"
    settings = f"/targeting/stages/{stage.pk}/set/"
    key = client.get(settings).content.decode().split('name="key" value="')[1].split('"')[0]
    assert client.post(settings, {"key": key, "multiplier": "3", "seed": "5"}).status_code == 303
    after = Stage.objects.get(pk=stage.pk).settings
    assert after["shares"] == held["shares"] and after["multiplier"] == "3.00"
    assert "Women" in client.get(f"/targeting/stages/{stage.pk}/").content.decode()


def test_an_accepted_appeal_asks_for_a_place():
    """The campaign says that one is open, its page offers what is possible, and an approver is asked."""
    village, campaign = taken_over()
    appeal = accepted(campaign, 12)
    client = signed_in(village)
    assert "1 accepted appeal has no place yet" in client.get(f"/targeting/{campaign.pk}/").content.decode()
    shown = client.get("/targeting/appeals/?state=UPHELD&given=no&kind=WRONGLY_OUT&kind=WRONG_DATA").content.decode()
    assert f"/targeting/appeals/{appeal.pk}/" in shown
    page = f"/targeting/appeals/{appeal.pk}/give/"
    form = client.get(page).content.decode()
    assert 'value="WAITING"' in form and form.split('value="WAITING"')[1].split(">")[0].count("checked") == 1
    key = form.split('name="key" value="')[1].split('"')[0]
    preview = client.post(page, {"key": key, "remedy": "BEYOND"}).content.decode()
    assert "Beyond the quota afterwards" in preview
    country = village.parent.parent.parent
    make_route("targeting.give_place", country, make_profile("approver", "targeting.view_appeal"))
    seen = preview.split('name="seen" value="')[1].split('"')[0]
    assert client.post(page, {"key": key, "remedy": "BEYOND", "step": "confirm", "seen": seen}).status_code == 303
    assert Appeal.objects.get(pk=appeal.pk).remedy == "" and current_run_of(campaign).selected == 4


def test_a_list_begins_with_who_it_is_about():
    """On a phone the first column is the head of each card."""
    village, campaign = decided(count=3)
    text = signed_in(village).get(f"/targeting/lists/{current_run_of(campaign).pk}/entries/").content.decode()
    first = text.split("<tbody")[1].split("<td")[1]
    assert Household.objects.first().head_name.split()[0] in first
