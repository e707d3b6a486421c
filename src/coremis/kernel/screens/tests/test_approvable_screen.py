"""The page of an action that waits for others, and two browsers that send the same page at the same moment."""

import re
from threading import Barrier, Thread

import pytest
from django import forms
from django.db import connection
from django.test import Client
from django.urls import include, path

from coremis.kernel.access.models import Profile
from coremis.kernel.access.services import save_profile
from coremis.kernel.actions.models import Event
from coremis.kernel.approvals.models import Request
from coremis.kernel.areas.models import Area
from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.forms import ActionForm
from coremis.kernel.screens.tests.sample_urls import urlpatterns as sample
from coremis.kernel.testing.cast import build_country, make_profile, make_route, make_user


class ProfileForm(ActionForm):
    code = forms.SlugField(label="Code")


save = ActionScreen(
    save_profile, form=ProfileForm, back=lambda target: "/",
    inputs=lambda cleaned, target: {"code": cleaned["code"], "names": {"en": cleaned["code"]}, "permissions": []},
)  # fmt: skip
urlpatterns = [path("t/", include(([path("save/", save, name="save_profile")], "t"))), *sample]
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def maker(country, client):
    user = make_user("maker", save_profile.name, "approvals.submit_request", area=country["Testland"])
    client.force_login(user)
    return user


def sent(client, **typed):
    key = re.search(r'name="key" value="([^"]+)"', client.get("/t/save/").content.decode())[1]
    return {"key": key, "step": "confirm", **typed}


def test_it_works(maker, client, country):
    make_route(save_profile.name, country["Testland"], make_profile("checkers"))
    assert "Other people must agree" in client.get("/t/save/").content.decode()
    data = sent(client, code="clerk", approval_note="A new seat")
    for _time in range(2):
        assert client.post("/t/save/", data).status_code == 303
    request = Request.objects.get()
    assert request.note == "A new seat" and request.maker == maker and not Profile.objects.filter(code="clerk").exists()


def test_without_a_route_there_is_a_sentence(maker, client):
    answer = client.post("/t/save/", sent(client, code="clerk"))
    assert answer.status_code == 422 and 'value="clerk"' in answer.content.decode() and not Request.objects.exists()


def test_a_route_may_say_that_nobody_must_agree(maker, client, country):
    make_route(save_profile.name, country["Testland"])
    data = sent(client, code="clerk")
    for _time in range(2):
        assert client.post("/t/save/", data).status_code == 303
    assert Profile.objects.filter(code="clerk").count() == 1 and Event.objects.filter(action=save_profile.name).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_browsers_send_the_same_page():
    """pitfall M4"""
    country = build_country()
    user = make_user("clerk", "areas.rename_area", area=country["North"])
    first = Client()
    first.force_login(user)
    url = f"/sample/areas/{country['Almond'].pk}/rename/"
    html = first.get(url).content.decode()
    key, version = (re.search(rf'name="{name}" value="([^"]*)"', html)[1] for name in ("key", "version"))
    data = {"key": key, "version": version, "step": "confirm", "name": "Once", "code": "N1A"}
    together, answers = Barrier(2), []

    def send():
        try:
            browser = Client()
            browser.cookies = first.cookies
            together.wait(10)
            answers.append(browser.post(url, data).status_code)
        finally:
            connection.close()

    browsers = [Thread(target=send) for _browser in range(2)]
    [browser.start() for browser in browsers]
    [browser.join(30) for browser in browsers]
    assert answers == [303, 303]
    assert Event.objects.filter(action="areas.rename_area").count() == 1 and Area.objects.get(code="N1A").version == 2
