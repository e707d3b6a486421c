"""Indexes of a test go with it; and what only the database still refuses is said in a sentence."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from coremis.kernel.actions.services import maintenance
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import everywhere, make_user
from coremis.modules.registry.indexing import present_indexes
from coremis.modules.registry.models import Person
from coremis.modules.registry.module import KEEPS, SEES
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


def test_what_the_database_refuses_is_a_sentence(country, client):
    """Values may stand twice again, but the worker has not taken the index away yet: no error page, and nothing is half done."""
    actor = everywhere(define_variable.name)
    card = define_variable(subject="person", code="card", names={"en": "Card"}, kind="TEXT", unique=True, actor=actor)
    run_until_idle()
    with maintenance("test"):
        card.unique = False
        card.save()
    make_person(country["Almond"], data={"card": "A1"})
    other = make_person(country["Almond"], "Ben")
    client.force_login(make_user("clerk", *SEES, *KEEPS, area=country["Testland"]))
    page, typed = (
        reverse("registry:change_person", args=[other.pk]),
        {"key": "k", "step": "preview", "given_names": "Ben", "data_card": "A1"},
    )
    seen = client.post(page, typed)
    answer = client.post(page, {**typed, "step": "confirm", "seen": seen.context["seen"]})
    assert answer.status_code == 422 and "at the same moment" in answer.content.decode()
    assert Person.objects.get(pk=other.pk).data == {}
    run_until_idle()
