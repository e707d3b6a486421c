"""The pages of simulations and of their comparison."""

from decimal import Decimal

import pytest
from django.urls import reverse

from coremis.kernel.access.permissions import known_permissions
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import build_country, make_user
from coremis.modules.simulation.models import Simulation
from coremis.modules.simulation.services import compare_simulations
from coremis.modules.simulation.tests.sample import ACTOR, make_people, make_run, score, simulated

pytestmark = pytest.mark.django_db


@pytest.fixture
def land(client):
    """A country whose manager of everything is signed in."""
    land = build_country()
    client.force_login(make_user("everything", *known_permissions(), area=land["Testland"]))
    return land


def test_it_works(land, client):
    """List, form, result and comparison open, and lead to each other."""
    run = make_run(land["Testland"])
    for place, (household, *_rest) in enumerate(make_people([land["Almond"]], 10)):
        score(run, household, float(place))
    asked = {"run": run, "rule": Simulation.Rule.CUTOFF, "poor": "poor_by_survey", "amount": None}
    first, second = (simulated(title=title, cutoff=Decimal(cutoff), **asked) for title, cutoff in (("Low", "3"), ("High", "6.5")))
    comparison = compare_simulations(first=first, second=second, actor=ACTOR)
    run_until_idle()
    listed = client.get(reverse("simulation:simulation_list")).content.decode()
    shown = client.get(reverse("simulation:simulation_detail", args=[first.pk])).content.decode()
    other = client.get(reverse("simulation:simulation_detail", args=[second.pk])).content.decode()
    beside = client.get(reverse("simulation:comparison_detail", args=[comparison.pk])).content.decode()
    page = reverse("simulation:simulation_detail", args=[first.pk])
    assert page in listed and page in beside and "Low" in listed
    assert "<dd>3</dd>" in shown and "<dd>6.500</dd>" in other


def test_the_form_begins_with_the_newest_scores(land, client):
    make_run(land["Testland"], "old")
    newest = make_run(land["Testland"], "new")
    form = client.get(reverse("simulation:simulate")).content.decode()
    assert f'<option value="{newest.pk}" selected>' in form


def test_without_simulations_the_list_says_what_they_are_for(land, client):
    assert "before anybody decides" in client.get(reverse("simulation:simulation_list")).content.decode()
