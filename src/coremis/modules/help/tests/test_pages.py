"""The pages of the help: who reads them, in which language, and what they never do."""

from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from coremis.kernel.testing.cast import build_country, make_profile, make_user
from coremis.modules.help import library
from coremis.modules.help.library import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    client.force_login(make_user("reader"))
    return client


def text_of(answer):
    return answer.content.decode()


def test_it_works(reader):
    """Whoever is signed in finds every part, opens a page, and sees its neighbours."""
    index = text_of(reader.get("/help/"))
    assert "What each part does" in index and "/help/develop/pitfalls/" in index
    page = text_of(reader.get("/help/modules/administration/"))
    assert "<h1>Administration</h1>" in page and 'aria-current="page"' in page and "This page exists only" not in page


def test_strangers_are_sent_to_the_sign_in(client):
    for address in ("/help/", "/help/guide/index/", "/help/search/?words=a", "/help/pictures/images/home.png"):
        assert client.get(address).status_code == 302, address


def test_what_is_not_there_is_not_found(reader):
    for address in ("/help/guide/nothing/", "/help/../pyproject/", "/help/pictures/../pyproject.toml", "/help/pictures/guide/index.md"):
        assert reader.get(address).status_code == 404, address
    assert reader.post("/help/").status_code == 405


def test_a_picture_is_sent_as_one(reader):
    answer = reader.get("/help/pictures/images/house.svg")
    assert answer["Content-Type"] == "image/svg+xml" and answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


def test_a_seat_finds_its_own_guide(client, tmp_path, monkeypatch):
    """The guides of the seats one holds stand first; without a seat the guide for guests."""
    guides = {name: page_in(tmp_path, f"guide/{name}", f"# For {name}\n") for name in ("commune", "guest", "index")}
    monkeypatch.setattr("coremis.modules.help.views.pages", lambda: {page.path: page for page in guides.values()})
    client.force_login(make_user("officer", area=build_country()["North"], profile=make_profile("commune")))
    assert [entry["title"] for entry in client.get("/help/").context["mine"]] == ["For commune"]
    client.force_login(make_user("visitor"))
    assert [entry["title"] for entry in client.get("/help/").context["mine"]] == ["For guest"]


def test_readers_get_their_language_where_it_exists(client, tmp_path, monkeypatch):
    """French where there is a French page; else the English one, which says so."""
    page = page_in(tmp_path, "guide/commune", "# Commune officer\n", fr="# Agent communal\n")
    other = page_in(tmp_path, "guide/it", "# IT administrator\n")
    monkeypatch.setattr("coremis.modules.help.views.pages", lambda: {one.path: one for one in (page, other)})
    client.force_login(make_user("lecteur", language="fr"))
    french, english = client.get("/help/guide/commune/"), client.get("/help/guide/it/")
    assert '<article class="prose" lang="fr">' in text_of(french) and "Agent communal" in text_of(french)
    assert not french.context["only_english"] and english.context["only_english"]
    assert '<article class="prose" lang="en">' in text_of(english)


def page_in(folder, path, english, **others):
    files = []
    for code, text in {"en": english, **others}.items():
        file = folder / code / f"{path}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        files.append((code, file))
    return Page(path, path.split("/")[0], tuple(files))


def test_a_part_that_is_off_leaves_no_page(tmp_path, monkeypatch):
    payments = page_in(tmp_path, "modules/reconciliation", "<!-- module: payments -->\n# Reconciliation\n")
    registry, home = page_in(tmp_path, "modules/registry", "# People\n"), page_in(tmp_path, "modules/home", "# Home\n")
    monkeypatch.setattr(library, "apps", SimpleNamespace(is_installed=lambda name: name != "coremis.modules.payments"))
    assert [one.is_shown() for one in (payments, registry, home)] == [False, True, True]


def test_help_leads_from_a_page_to_what_explains_it(client):
    """“Help” in the top bar of the users' page leads to the page about administration."""
    client.force_login(make_user("ada", "access.view_user", area=build_country()["Testland"]))
    assert f'href="{reverse("help:page", kwargs={"page": "modules/administration"})}' in text_of(client.get("/administration/users/"))
    assert 'href="/help/' in text_of(client.get("/"))
    assert 'href="/help/' not in text_of(Client().get("/account/login/"))
