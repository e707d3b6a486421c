"""A country set up by the first-run assistant, with a person on every seat, and how these tests fill in a page."""

import io
import re
from datetime import date

from django.test import Client

from coremis.kernel.access.models import Profile, User
from coremis.kernel.access.seats import SEATS
from coremis.kernel.areas.models import Area
from coremis.kernel.testing.cast import make_user

ADMINS = ("ada", "bela")
SECRETS = ("Garden-gate-41", "River-stone-87")
SETUP = "/administration/setup/"
UNITS = "code,name,parent\nN,North,\nS,South,\nN1,Northfield,N\nS1,Southfield,S\nN1A,Almond,N1\nS1A,Date palm,S1\n"


def typed(**changes):
    """What somebody types into the assistant."""
    people = {}
    for number, (username, secret) in enumerate(zip(ADMINS, SECRETS, strict=True), 1):
        people |= {f"name{number}": username.title(), f"username{number}": username, f"password{number}": secret}
    told = {"country": "Sanzira", "code": "SZ", "languages": ["en", "fr", "pt"], "currency": "SZF", "decimals": "0"}
    return {**told, "levels": "Province\nCommune\nColline", "units": units_file(), **people, **changes}


def units_file(text=UNITS, name="units.csv"):
    file = io.BytesIO(text.encode())
    file.name = name
    return file


def set_up():
    """An installation as the assistant leaves it, and one more person on every seat; users by seat."""
    assert Client().post(SETUP, typed()).status_code == 302
    User.objects.update(must_change_password=False)
    root = Area.objects.get(code="SZ")
    people = {seat: make_user(f"{seat}-person", area=root, profile=Profile.objects.get(code=seat)) for seat in SEATS}
    return {**people, **{name: User.objects.get(username=name) for name in ADMINS}}


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())[1]


def send(client, url, **values):
    """Open an action's page, fill it in, look at the preview where there is one, and confirm."""
    page = client.get(url)
    assert page.status_code == 200, (page.status_code, url)
    data = {"key": hidden(page, "key"), "version": hidden(page, "version"), "step": "confirm", **values}
    answer = client.post(url, data)
    if answer.status_code == 200 and b'name="seen"' in answer.content:
        answer = client.post(url, {**data, "seen": hidden(answer, "seen")})
    return answer


def agree(user, request, verdict="approve", note="good"):
    """Another person's decision, by the form on the request's own page."""
    client = signed_in(user)
    page = client.get(f"/administration/approvals/{request.pk}/")
    data = {"key": hidden(page, "key"), "version": hidden(page, "version"), "step": "confirm", "note": note}
    return client.post(f"/administration/approvals/{request.pk}/{verdict}/", data)


TODAY = date.today()
