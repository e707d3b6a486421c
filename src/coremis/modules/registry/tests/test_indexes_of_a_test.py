"""A test that is rolled back leaves no index to the next one, whatever jobs it ran."""

import pytest
from django.db import IntegrityError, transaction

from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import everywhere
from coremis.modules.registry.indexing import present_indexes
from coremis.modules.registry.services import define_variable
from coremis.modules.registry.tests.factories import make_person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("_time", [1, 2])
def test_it_works(country, _time):
    """Made inside the test, in force there, and gone when the same test runs again."""
    assert present_indexes() == {}
    actor = everywhere(define_variable.name)
    define_variable(subject="person", code="card", names={"en": "Card"}, kind="TEXT", unique=True, filterable=True, actor=actor)
    run_until_idle()
    assert len(present_indexes()) == 2 and all(present_indexes().values()) and not Job.objects.exclude(traceback="").exists()
    make_person(country["Almond"], data={"card": "A1"})
    with pytest.raises(IntegrityError), transaction.atomic():
        make_person(country["Almond"], data={"card": "A1"})
