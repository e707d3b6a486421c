"""The frame: band, languages, and nothing worked out for a partial."""

from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.utils import translation

from coremis.kernel.screens.context import frame


def framed(settings, environment="demo"):
    settings.COREMIS_ENVIRONMENT = environment
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    return frame(request)["frame"]


def test_it_works(settings):
    band = framed(settings).band
    assert (band.code, band.title) == ("demo", "Demo")
    assert band.sentence


def test_every_environment_is_worded(settings):
    assert all(framed(settings, code).band.sentence for code in ("demo", "training", "uat", "production"))


def test_each_language_has_its_own_name(settings, db):
    with translation.override("fr"):
        ready = framed(settings)
        assert {"English", "Français", "Português"} <= {language.name for language in ready.languages}
        assert ready.language.code == "fr"


def test_a_stranger_has_no_menu_no_place_and_no_search(settings):
    ready = framed(settings)
    assert (ready.menu, ready.top, ready.place, ready.search) == ([], [], "", None)


def test_the_database_is_not_asked_before_the_template_asks(settings):
    framed(settings)  # without the database fixture any query would fail
