"""Fields for places, records, money, partly known dates and texts in several languages."""

from datetime import date

import pytest
from django.http import QueryDict

from coremis.kernel.access.models import Profile
from coremis.kernel.areas.models import Area
from coremis.kernel.base.dates import YEAR, PartialDate
from coremis.kernel.base.money import Money
from coremis.kernel.screens.forms import ActionForm, AreaField, LabelField, MoneyField, PartialDateField, RecordField
from coremis.kernel.testing.cast import make_profile, make_user


class Sample(ActionForm):
    place = AreaField()
    places = AreaField(many=True, required=False)
    amount = MoneyField(currency="XOF", required=False)
    born = PartialDateField(required=False)
    names = LabelField(required=False)
    profile = RecordField(Profile, "access.view_profile", required=False, choose=lambda rows: rows.exclude(code="other"))
    within = RecordField(Area, "areas.view_area", required=False)


@pytest.fixture
def fill(country):
    user = make_user("clerk", "areas.add_area", "areas.view_area", "access.view_profile", area=country["North"])
    return lambda query: Sample(QueryDict(query), actor=user, permission="areas.add_area")


def test_it_works(fill, country):
    form = fill(f"place={country['Almond'].pk}&amount=30 000&born=1950&names_en=Hello&names_fr=Bonjour")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["place"] == country["Almond"] and form.cleaned_data["places"] == []
    assert form.cleaned_data["amount"] == Money(30000, "XOF")
    assert form.cleaned_data["born"] == PartialDate(date(1950, 1, 1), YEAR)
    assert form.cleaned_data["names"] == {"en": "Hello", "fr": "Bonjour"}


@pytest.mark.parametrize("query, field", [
    ("", "place"), ("place_text=Atlantis", "place"), ("place_text=orth", "place"), ("place=x", "place"),
    ("place=99999999999999999999", "place"),
    ("amount=12,5x", "amount"), ("amount=-5", "amount"), ("amount=0", "amount"), ("amount=1.5", "amount"), ("born=31/02/1990", "born"),
    ("born=%00", "born"), ("within=99999", "within"), ("profile=x", "profile"),
])  # fmt: skip
def test_mistakes_are_sentences(fill, query, field):
    form = fill(query)
    assert not form.is_valid() and form.errors[field]
    assert str(form[field]) is not None


def test_only_ones_own_places_and_records(fill, country):
    """pitfall S10: dropdowns too"""
    make_profile("other")
    form = fill(f"place={country['Fig'].pk}&within={country['Fig'].pk}")
    assert not form.is_valid() and set(form.errors) == {"place", "within"}
    html = "".join(str(field) for field in form)
    assert "Fig" not in html and "South" not in html and "Almond" in html and ">other<" not in html


def test_typing_a_name_is_enough(fill, country):
    form = fill("place_text=almond&places_text=beech")
    assert form.is_valid() and form.cleaned_data["place"] == country["Almond"] and form.cleaned_data["places"] == [country["Beech"]]


def test_several_places(fill, country):
    form = fill(f"place_text=N2A&places={country['Almond'].pk}&places={country['Cedar'].pk}")
    assert form.is_valid() and form.cleaned_data["places"] == [country["Almond"], country["Cedar"]]
    assert str(form["places"]).count("checked") == 2 and 'type="checkbox"' in str(form["places"])


def test_what_is_known_is_filled_in(fill, country, settings):
    user = make_user("other", "areas.add_area", area=country["Testland"])
    born, names = PartialDate(date(1950, 1, 1), YEAR), {"fr": "Salut"}
    known = {"place": country["Almond"], "amount": Money(1234567, "XOF"), "born": born, "names": names}
    html = "".join(str(field) for field in Sample(actor=user, permission="areas.add_area", initial=known))
    for part in (f'value="{country["Almond"].pk}" checked', 'value="1950"', 'value="Salut"', 'lang="fr"', "1,234,567"):
        assert part in html, part
