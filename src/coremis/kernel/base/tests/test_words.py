"""Folding for search, labels in several languages, and sentences that say no."""

import pytest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from coremis.kernel.base.refusal import Invalid, NotPermitted, Refusal, Stale
from coremis.kernel.base.text import fold, label, visible


def test_it_works():
    assert fold("  Nhâ-Ñúñez d’ÉTÉ\u00a0l'Œuvre ") == "nha nunez d ete l oeuvre"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ß", "ss"),
        ("Straße", "strasse"),
        ("Łódź", "lodz"),
        ("Ærø", "aero"),
        ("İstanbul", "istanbul"),
        ("ﬁn", "fin"),
        ("N'Djamena", "n djamena"),
        ("a_b-c.d", "a b c d"),
        ("—", ""),
        ("", ""),
        ("Kĩkũyũ", "kikuyu"),
        ("São João", "sao joao"),
        ("محمد", "محمد"),
        ("Ma\u200bri\u00ada\u2060", "maria"),
        ("\u202eMaria\ufe0f\u3164", "maria"),
    ],
)
def test_folding(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "shown"), [("Ma\u200bria \u202e21", "Maria 21"), ("\ufeffA\u2066b\u2069", "Ab"), ("می\u200cخواهم", "می\u200cخواهم")]
)
def test_nothing_unseen_is_kept(text, shown):
    """But the joints that some scripts write with."""
    assert visible(text) == shown


@given(st.text(max_size=40))
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text) and "  " not in fold(text)


def test_labels():
    names = {"en": "Household", "fr": "Ménage", "pt": ""}
    assert [label(names, language) for language in ("fr", "fr-ca", "pt", "sw", "en")] == [
        "Ménage",
        "Ménage",
        "Household",
        "Household",
        "Household",
    ]
    assert label({"fr": "Ménage"}, "en") == "Ménage" and label({}, "en") == label(None, "en") == ""


def test_a_refusal_speaks_the_readers_language():
    """It is translated when it is shown, not when it is raised."""
    refusal = Refusal(_("This is required."))
    with override("fr"):
        french = str(refusal)
    assert str(refusal) == "This is required." and isinstance(french, str) and french


def test_a_refusal_fills_in_what_it_is_about():
    assert (
        str(Refusal("“%(text)s” is 100 %% wrong.", text="%s <b>")) == "“%s <b>” is 100 % wrong."
        and str(Refusal("100 % sure")) == "100 % sure"
    )
    wrong = Invalid("Look at %(name)s.", {"name": ["x"]}, name="it")
    assert str(wrong) == "Look at it." and wrong.errors == {"name": ["x"]} and Invalid("x").errors == {}
    assert issubclass(NotPermitted, Refusal) and issubclass(Stale, Refusal)
