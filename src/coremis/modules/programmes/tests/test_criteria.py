"""The usual criteria of a programme (requirement TGT-14)."""

import pytest

from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.kernel.testing.cast import everywhere
from coremis.modules.programmes import services
from coremis.modules.programmes.forms import EnrolMatchingForm
from coremis.modules.programmes.models import DefaultCriteria, Status
from coremis.modules.programmes.tests.sample import make_programme

LARGE = {"about": "household", "where": {"fact": "registry.household.size", "is": "least", "value": 5}}
ACTOR = everywhere(services.store_criteria.name, "registry.view_household", "filters.view_savedfilter")


@pytest.mark.django_db
def test_it_works(country):
    """One for each status; the form of an enrolment offers it."""
    programme = make_programme()
    services.store_criteria(programme=programme, status=Status.ACTIVE, filter=LARGE, actor=ACTOR)
    services.store_criteria(programme=programme, status=Status.ACTIVE, filter=LARGE, condition="head_age > 60", actor=ACTOR)
    kept = DefaultCriteria.objects.get()
    assert kept.condition == "head_age > 60" and "5" in kept.filter_words
    form = EnrolMatchingForm(actor=ACTOR, permission="programmes.enrol_matching", target=programme)
    assert form.fields["filter"].clean("usual-ACTIVE") == kept.filter


@pytest.mark.django_db
def test_what_is_not_understood_is_refused(country):
    """pitfall M18"""
    programme = make_programme()
    with pytest.raises(Invalid):
        services.store_criteria(programme=programme, status=Status.ACTIVE, actor=ACTOR)
    with pytest.raises(Refusal):
        services.store_criteria(programme=programme, status=Status.ACTIVE, filter={"about": "moon"}, actor=ACTOR)
