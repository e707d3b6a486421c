"""The pages of simulations: each needs its right, shows nothing from outside the places, and asks as much for many as for few."""

from decimal import Decimal

import pytest
from django.urls import reverse

from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import build_country, make_user
from coremis.modules.simulation.models import Comparison, Simulation
from coremis.modules.simulation.services import compare_simulations
from coremis.modules.simulation.tests.sample import ACTOR, make_people, make_run, score, simulated

pytestmark = pytest.mark.django_db
SEES = ("simulation.view_simulation", "simulation.view_comparison", "scoring.view_scorerun")


@pytest.fixture
def country():
    return build_country()


def made(country):
    """Two simulations over one scoring, and their comparison."""
    run = make_run(country["North"])
    for place, (household, *_rest) in enumerate(make_people([country["Almond"]], 12)):
        score(run, household, float(place))
    inputs = {"rule": Simulation.Rule.CUTOFF, "poor": "poor_by_survey", "disability": "disability"}
    first, second = (simulated(run=run, cutoff=Decimal(limit), title=f"Up to {limit}", **inputs) for limit in (4, 8))
    comparison = compare_simulations(first=first, second=second, actor=ACTOR)
    run_until_idle()
    return first, Comparison.objects.get(pk=comparison.pk)


def test_it_works(country, client):
    simulation, comparison = made(country)
    client.force_login(make_user("reader", *SEES, area=country["North"]))
    listed = client.get(reverse("simulation:simulation_list")).content.decode()
    assert "Up to 4" in listed and "Up to 8" in listed
    page = client.get(reverse("simulation:simulation_detail", args=[simulation.pk])).content.decode()
    assert "Coverage of the poor" in page and "Share of all households" in page and "Other cut-offs" in page
    page = client.get(reverse("simulation:comparison_detail", args=[comparison.pk])).content.decode()
    assert "only by the second" in page


def test_nothing_from_outside_the_places(country, client):
    simulation, comparison = made(country)
    client.force_login(make_user("stranger", *SEES, area=country["South"]))
    assert "Up to 4" not in client.get(reverse("simulation:simulation_list")).content.decode()
    assert client.get(reverse("simulation:simulation_detail", args=[simulation.pk])).status_code == 404
    assert client.get(reverse("simulation:comparison_detail", args=[comparison.pk])).status_code == 404


def test_without_the_right_nothing_is_seen(country, client):
    client.force_login(make_user("guest", area=country["North"]))
    assert client.get(reverse("simulation:simulation_list")).status_code == 403
    assert client.get(reverse("simulation:simulate")).status_code == 403


def test_a_simulation_is_asked_for_on_the_page(country, client):
    run = make_run(country["North"])
    for place, (household, *_rest) in enumerate(make_people([country["Almond"]], 10)):
        score(run, household, float(place))
    client.force_login(make_user("maker", "simulation.simulate", *SEES, area=country["North"]))
    address = reverse("simulation:simulate")
    assert "Who would be selected" in client.get(address).content.decode()
    sent = {
        "title": "Three",
        "run": run.pk,
        "rule": "PLACES",
        "places": "3",
        "likelihoods": "0-4 90\n5-9 10",
        "weights": "SCORED",
        "key": "k1",
    }
    wrong = client.post(address, {**sent, "likelihoods": "nonsense"})
    assert wrong.status_code == 422 and "Line 1" in wrong.content.decode()
    answer = client.post(address, sent)
    run_until_idle()
    found = Simulation.objects.get()
    assert answer.status_code == 303 and found.likelihoods == [[0.0, 90.0], [5.0, 10.0]]
    like = client.get(f"{address}?like={found.pk}").content.decode()
    assert "Three" in like
