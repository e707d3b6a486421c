"""Saved mappings: kept under a name, for oneself or for all, proposed when a file with the same titles comes again."""

import pytest

from coremis.kernel.actions.models import Change
from coremis.kernel.base.refusal import Invalid, NotPermitted, Refusal
from coremis.kernel.exchange.models import SavedMapping
from coremis.kernel.exchange.saved import fitted_mapping, proposed_mappings, retire_mapping, save_mapping
from coremis.kernel.testing.cast import make_user

pytestmark = pytest.mark.django_db

RIGHTS = ("exchange.save_mapping", "exchange.retire_mapping")
HEADERS = ["Réf. paiement", "Montant", "Reçu"]
MAPPING = {"reference": "Réf. paiement", "amount": ["Montant"], "receipt": "Reçu"}


@pytest.fixture
def maker(country):
    return make_user("keeper", *RIGHTS, area=country["North"])


def save(actor, name="Bank", **changes):
    given = {"import_kind": "tests.results", "mapping": MAPPING, "options": {"day_first": True}, "headers": HEADERS, **changes}
    return save_mapping(name=name, actor=actor, **given)


def proposed(user, headers, kind="tests.results"):
    return [saved.name for saved in proposed_mappings(kind, headers, user=user, permission="exchange.save_mapping")]


def test_it_works(maker):
    """Folded titles are the same titles; columns that the file lacks are left out."""
    saved = save(maker)
    assert proposed(maker, ["REF PAIEMENT", "montant", "Recu", "more"]) == ["Bank"]
    assert fitted_mapping(saved, ["more", "REF PAIEMENT", "montant"]) == {"reference": ["REF PAIEMENT"], "amount": ["montant"]}
    assert proposed(maker, ["Name", "Village"]) == []
    assert proposed(maker, HEADERS, "tests.other") == []


def test_mine_or_shared(maker, country):
    other = make_user("other", *RIGHTS, area=country["North"])
    save(maker)
    assert proposed(other, HEADERS) == []
    save(maker, shared=True)
    assert proposed(other, HEADERS) == ["Bank"] and SavedMapping.objects.count() == 1
    assert proposed(make_user("nobody", area=country["North"]), HEADERS) == []
    with pytest.raises(Invalid, match="Somebody else shares"):
        save(other, shared=True)
    save(other, name=" bank ")
    assert proposed(other, HEADERS) == ["bank", "Bank"]


def test_saving_again_makes_a_new_version(maker):
    save(maker)
    again = save(maker, mapping={"reference": "Reçu"})
    assert (again.version, again.mapping) == (2, {"reference": ["Reçu"]})
    assert Change.objects.get(kind="exchange.savedmapping").before["mapping"]["amount"] == ["Montant"]


def test_out_of_use(maker, country):
    other = make_user("other", *RIGHTS, area=country["North"])
    saved = save(maker)
    with pytest.raises(NotPermitted):
        retire_mapping(saved_mapping=saved, actor=other)
    retire_mapping(saved_mapping=save(maker, shared=True), actor=other)
    assert proposed(maker, HEADERS) == []
    with pytest.raises(Refusal, match="already"):
        retire_mapping(saved_mapping=SavedMapping.objects.get(), actor=maker)
    assert save(maker).pk != saved.pk


def test_a_mapping_must_fit_its_file(maker):
    for mapping in ({}, {"reference": "Nothing"}):
        with pytest.raises(Refusal, match="does not fit"):
            save(maker, mapping=mapping)
    with pytest.raises(Invalid):
        save(maker, name="  ")
