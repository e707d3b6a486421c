"""Defining programmes."""

from datetime import date

import pytest

from coremis.kernel.base.refusal import Invalid, NotPermitted, Refusal
from coremis.kernel.testing.cast import make_user
from coremis.modules.programmes import services
from coremis.modules.programmes.models import Programme
from coremis.modules.programmes.tests.sample import approved, enrol, make_household, make_programme

pytestmark = pytest.mark.django_db


def change(programme, **inputs):
    given = {"names": {"en": "Net"}, "starts_on": date(2026, 1, 1), **inputs}
    return approved(services.change_programme, programme=programme, run=False, **given)


def test_it_works(country):
    programme = change(make_programme(), names={"fr": "Filet social"}, max_beneficiaries=10)
    assert (str(programme), programme.max_beneficiaries, programme.version) == ("Filet social", 10, 2)


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "a b"},
        {"code": "net"},
        {"currency": "xof"},
        {"names": {"en": " "}},
        {"ends_on": date(2025, 1, 1)},
        {"max_beneficiaries": -1},
    ],
)
def test_what_cannot_be(country, wrong):
    make_programme("NET")
    with pytest.raises(Invalid):
        make_programme(**{"code": "TWO", **wrong})
    assert Programme.objects.count() == 1


def test_never_fewer_places_than_are_taken(country):
    """pitfall M5"""
    programme = make_programme()
    for _number in range(2):
        enrol(programme, make_household(country["Almond"]))
    with pytest.raises(Invalid, match="2 places are taken"):
        change(programme, max_beneficiaries=1)


def test_an_ended_programme_enrols_nobody(country):
    with pytest.raises(Refusal):
        enrol(make_programme(ends_on=date(2026, 2, 1)), make_household(country["Almond"]))


def test_only_with_the_right(country):
    user = make_user("nobody", area=country["Testland"])
    with pytest.raises(NotPermitted):
        services.create_programme(
            code="X", names={"en": "X"}, unit=Programme.Unit.PERSON, currency="XOF", starts_on=date(2026, 1, 1), actor=user
        )
