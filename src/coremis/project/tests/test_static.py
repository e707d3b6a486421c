"""Styles and scripts: a browser keeps them for good, and asks for others after an upgrade."""

import re

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.test import Client

from coremis.project import static

pytestmark = pytest.mark.no_database
ICON = "screens/icon.svg"


@pytest.fixture(autouse=True)
def afresh():
    static.digest_of.cache_clear()
    yield
    static.digest_of.cache_clear()


def test_it_works():
    assert re.fullmatch(r"/static/screens/icon\.svg\?v=[0-9a-f]{12}", staticfiles_storage.url(ICON))


def test_another_content_has_another_address(monkeypatch, tmp_path):
    before = staticfiles_storage.url(ICON)
    (tmp_path / "icon.svg").write_text("<svg/>")
    monkeypatch.setattr(static.finders, "find", lambda name: str(tmp_path / "icon.svg"))
    assert staticfiles_storage.url(ICON) == before
    static.digest_of.cache_clear()
    assert staticfiles_storage.url(ICON) != before


def test_what_is_not_there_has_a_plain_address():
    assert staticfiles_storage.url("screens/nothing.css") == "/static/screens/nothing.css"


def test_a_browser_may_keep_it():
    """Served by the product itself, for ever, and to pages of its own only."""
    answer = Client().get(staticfiles_storage.url(ICON))
    assert answer.status_code == 200 and "immutable" in answer["Cache-Control"] and "max-age=315360000" in answer["Cache-Control"]
    assert "Access-Control-Allow-Origin" not in answer
