"""Searching the help."""

import pytest

from coremis.kernel.testing.cast import make_user
from coremis.modules.help.search import place_of, search


def test_it_works():
    """Every word must occur; the page with the word in its title comes first."""
    found = search("Possible duplicates", "en")
    assert found[0].page.path == "modules/duplicates"
    assert search("duplicates xylophone", "en") == [] and search("  ", "en") == []


def test_accents_and_capitals_do_not_matter():
    assert [hit.page.path for hit in search("RECONCILIATIÓN", "en")] == [hit.page.path for hit in search("reconciliation", "en")] != []


def test_the_word_is_marked_where_it_stands():
    text = "Élargir l'accès: œuvre faite."
    assert [text[slice(*place_of(word, text))] for word in ("acces", "oeuvre", "elargir")] == ["accès", "œuvre", "Élargir"]
    assert place_of("nothing", text) is None


@pytest.mark.django_db
def test_the_page_shows_what_was_found_and_escapes_what_was_asked(client):
    client.force_login(make_user("reader"))
    assert "<mark>" in client.get("/help/search/?words=waiting+list").content.decode()
    page = client.get("/help/search/?words=%3Cscript%3Exyz").content.decode()
    assert "<script>xyz" not in page and "&lt;script&gt;xyz" in page and "Try fewer or other words" in page
    assert "Type one or two words" in client.get("/help/search/").content.decode()
