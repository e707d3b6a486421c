"""Sessions, cookies and headers as somebody would bend them who is no browser: nothing is taken over, told or kept."""

import json
import re

import pytest
from django.test import Client

from coremis.kernel.access.models import Assignment
from coremis.kernel.access.services import end_assignment
from coremis.kernel.screens.home import home
from coremis.kernel.screens.security import HEADERS
from coremis.kernel.testing.cast import PASSWORD, everywhere, make_user
from coremis.project.tests.test_seat_switch import start
from tests.proof.world import browser

pytestmark = pytest.mark.django_db
LOGIN, HOUSEHOLDS = "/account/login/", "/people/households/"
COOKIES = """
import django, json; django.setup()
from django.conf import settings
names = ("SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_SECURE", "CSRF_COOKIE_HTTPONLY",
         "SECURE_HSTS_SECONDS", "SECURE_PROXY_SSL_HEADER", "SESSION_EXPIRE_AT_BROWSER_CLOSE", "DEBUG", "USE_X_FORWARDED_HOST")
print(json.dumps({name: getattr(settings, name) for name in names}))
"""


@pytest.fixture
def ada(country):
    return make_user("ada", "registry.view_household", "screens.export_list", area=country["North"])


def signed_in(client):
    return client.get("/").status_code == 200


def test_it_works(ada):
    """A session that somebody else prepared is not the one that is signed in, and one that was left is no session any more."""
    client = Client()
    client.cookies["sessionid"] = "prepared-by-somebody-else-0000000"
    client.get(LOGIN)
    client.post(LOGIN, {"login": "ada", "password": PASSWORD})
    taken = client.cookies["sessionid"].value
    assert signed_in(client) and taken != "prepared-by-somebody-else-0000000"
    client.post("/account/logout/")
    client.cookies["sessionid"] = taken
    assert not signed_in(client)


def test_signing_in_again_begins_anew(ada):
    """The session and the token of whoever sat there before are of no use to the next one."""
    make_user("bo")
    client = Client()
    client.post(LOGIN, {"login": "ada", "password": PASSWORD})
    first, secret = client.cookies["sessionid"].value, client.cookies.get("csrftoken")
    client.post("/account/logout/")
    client.post(LOGIN, {"login": "bo", "password": PASSWORD})
    assert client.cookies["sessionid"].value != first and client.cookies.get("csrftoken") != secret


def test_rights_end_with_the_assignment(ada):
    """Pitfall S6: in a session that is open."""
    client = browser(ada)
    assert client.get(HOUSEHOLDS).status_code == 200
    end_assignment(assignment=Assignment.objects.get(user=ada), actor=everywhere("access.end_assignment"))
    assert client.get(HOUSEHOLDS).status_code == 403
    assert client.post(HOUSEHOLDS, {"do": "export", "format": "csv"}).status_code == 403


def test_cookies_of_an_installation_with_https(tmp_path):
    done = start(tmp_path, COOKIES, COREMIS_ENVIRONMENT="production", COREMIS_HTTPS="yes")
    told = json.loads(done.stdout)
    assert told.pop("SECURE_HSTS_SECONDS") >= 31_536_000 and told.pop("SECURE_PROXY_SSL_HEADER") == ["HTTP_X_FORWARDED_PROTO", "https"]
    assert not told.pop("DEBUG") and not told.pop("USE_X_FORWARDED_HOST") and told.pop("SESSION_COOKIE_SAMESITE") == "Lax"
    assert all(told.values()), told


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "https://testserver.evil.example"}, 403),
        ({"referer": "https://evil.example/people/"}, 403),
        ({}, 403),
        ({"origin": "https://testserver"}, 303),
        ({"referer": "https://testserver/people/"}, 303),
    ],
)
def test_forms_come_from_here(ada, headers, status):
    """Pitfall S11: over https a form must say that it comes from a page of ours, even with a token that fits."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada, backend="coremis.kernel.access.backends.AssignmentBackend")
    token = re.search(r'"X-CSRFToken": "(\w+)"', client.get("/", secure=True).content.decode())[1]
    answer = client.post(HOUSEHOLDS, {"do": "search", "csrfmiddlewaretoken": token}, secure=True, headers=headers)
    assert answer.status_code == status
    without = client.post(f"{HOUSEHOLDS}?csrfmiddlewaretoken={token}", {"do": "search"}, secure=True, headers=headers)
    assert without.status_code == 403


@pytest.mark.parametrize("host", ["evil.example", "testserver@evil.example", "testserver,evil.example", "testserver/..", "testserver evil"])
def test_foreign_host_names(ada, host):
    assert browser(ada).get("/", headers={"host": host}).status_code == 400


def test_headers_that_would_make_it_another_request(ada):
    """Neither host, method nor person can be given by a header."""
    forged = {
        "X-Forwarded-Host": "evil.example", "X-HTTP-Method-Override": "POST", "X-Original-URL": "/administration/users/",
        "Remote-User": "root", "X-Remote-User": "root", "Authorization": "Basic cm9vdDpyb290",
    }  # fmt: skip
    answer = browser(ada).get("/", headers=forged)
    assert answer.status_code == 200 and "evil.example" not in answer.content.decode()
    assert Client().get("/", headers=forged)["Location"].startswith(LOGIN)
    assert browser(ada).get("/language/?_method=POST", headers=forged).status_code == 405


def answers(ada, monkeypatch):
    """One of every kind."""
    client, stranger = browser(ada), Client()
    client.raise_request_exception = False
    yield "a page", client.get("/")
    yield "a list", client.get(HOUSEHOLDS)
    yield "a part", client.get(HOUSEHOLDS + "?clear=1", headers={"HX-Request": "true"})
    yield "a file", client.post(HOUSEHOLDS, {"do": "export", "format": "csv"})
    yield "a picture", client.get("/people/photos/1/")
    yield "403", client.get("/administration/users/")
    yield "404", client.get("/nowhere/")
    yield "405", client.put("/")
    yield "400", client.get("/", headers={"host": "evil.example"})
    yield "no session", stranger.get("/")
    yield "sign-in", stranger.get(LOGIN)

    def fall(*_given, **_more):
        raise RuntimeError("the inside of the product")

    monkeypatch.setattr(type(home), "respond", fall)
    yield "500", client.get("/")


def test_headers_of_every_answer(ada, monkeypatch):
    """The policy stands on refusals and faults too; what belongs to somebody is kept by no browser; a fault tells nothing."""
    wrong = []
    for name, answer in answers(ada, monkeypatch):
        missing = [header for header, text in HEADERS.items() if answer.get(header) != text]
        kept = "no-store" not in answer.get("Cache-Control", "") and name not in ("400", "no session")
        told = not answer.streaming and re.search(rb"inside of the product|Traceback|django", answer.content)
        if missing or kept or told or answer.get("X-Frame-Options", "DENY") != "DENY" or "Server" in answer:
            wrong.append((name, answer.status_code, missing, answer.get("Cache-Control"), told))
        if name[:1].isdigit():
            assert answer.status_code == int(name)
    assert not wrong


def test_files_of_the_product_are_for_its_own_pages():
    answer = Client().get("/static/screens/built/app.js")
    assert answer.status_code == 200 and "Access-Control-Allow-Origin" not in answer and answer["X-Content-Type-Options"] == "nosniff"
