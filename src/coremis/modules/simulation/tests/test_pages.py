"""The pages of simulations: each needs its right, shows nothing from outside the places, and asks as much for many as for few."""

from decimal import Decimal

import pytest
from django.test import RequestFactory
from django.urls import reverse

from coremis.kernel.actions.bulk import update_from
from coremis.kernel.actions.services import maintenance
from coremis.kernel.areas.models import AreaLevel
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import build_country, make_user
from coremis.modules.geography.tests.sample import make_figure, make_kind
from coremis.modules.registry.models import VariableDefinition
from coremis.modules.simulation.models import Comparison, Simulation
from coremis.modules.simulation.panels import by_place
from coremis.modules.simulation.queries import total_of
from coremis.modules.simulation.services import compare_simulations
from coremis.modules.simulation.tests.sample import ACTOR, make_people, make_run, score, simulated
from coremis.modules.simulation.views import notes
from coremis.modules.targeting.models import Stage

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


def fields_of(page):
    """The names of the fields that a person sees."""
    form = page.context["form"]
    return {field.name for line in form.lines() for field in line}


@pytest.mark.parametrize(
    ("rule", "its"), [("CUTOFF", {"cutoff"}), ("PLACES", {"places"}), ("SHARED", {"places", "weights"}), ("QUOTAS", {"stage"})]
)
def test_only_the_fields_of_the_chosen_rule_are_shown(country, client, rule, its):
    """Choosing another rule shows the form anew as typed, without scripts by a button; nothing is wrong yet."""
    run = make_run(country["North"])
    client.force_login(make_user("maker", "simulation.simulate", *SEES, area=country["North"]))
    address, of_rules = reverse("simulation:simulate"), {"cutoff", "places", "weights", "stage"}
    first = client.get(address)
    assert fields_of(first) & of_rules == {"cutoff"} and '<noscript><button class="button button--small"' in first.content.decode()
    typed = {"title": "", "run": run.pk, "rule": rule, "cutoff": "abc", "places": "12", "key": "k", "step": "edit"}
    shown = client.post(address, typed)
    assert shown.status_code == 200 and fields_of(shown) & of_rules == its and 'class="error"' not in shown.content.decode()
    assert 'value="12"' in shown.content.decode() and 'value="abc"' in shown.content.decode()  # comes along, seen or not
    part = client.post(address, typed, headers={"hx-request": "true"})
    assert b"<html" not in part.content and not Simulation.objects.exists()


def test_what_belongs_to_another_rule_is_not_kept(country, client):
    """Typed before the rule was changed, it is no part of what is asked, and cannot stop it."""
    run = make_run(country["North"])
    score(run, make_people([country["Almond"]], 1)[0][0], 5.0)
    client.force_login(make_user("maker", "simulation.simulate", *SEES, area=country["North"]))
    sent = {"title": "x", "run": run.pk, "rule": "CUTOFF", "cutoff": "5", "places": "-3", "weights": "POOR", "stage": "99", "key": "k"}
    assert client.post(reverse("simulation:simulate"), {**sent, "step": "confirm"}).status_code == 303
    found = Simulation.objects.get()
    assert (found.cutoff, found.places, found.weights, found.stage) == (5.0, None, "", None)


def test_a_cutoff_beyond_all_scores_is_told(country, client):
    """Before, the form says between which scores it makes a difference; after, the page says that it made none."""
    run = make_run(country["North"])
    for place, (household, *_rest) in enumerate(make_people([country["Almond"]], 5)):
        score(run, household, 10.0 + place)
    client.force_login(make_user("maker", "simulation.simulate", *SEES, area=country["North"]))
    assert "The scores lie between 10 and 14." in client.get(reverse("simulation:simulate")).content.decode()
    beyond, within = (simulated(run=run, rule=Simulation.Rule.CUTOFF, cutoff=Decimal(limit), title=limit) for limit in ("9", "12"))
    page = client.get(reverse("simulation:simulation_detail", args=[beyond.pk])).content.decode()
    assert "The cut-off 9 lies beyond all scores, which go from 10 to 14." in page
    assert "beyond all scores" not in client.get(reverse("simulation:simulation_detail", args=[within.pk])).content.decode()


def test_the_form_begins_with_the_newest_scores(country, client):
    make_run(country["North"], "old")
    newest = make_run(country["North"], "new")
    client.force_login(make_user("maker", "simulation.simulate", *SEES, area=country["North"]))
    form = client.get(reverse("simulation:simulate")).content.decode()
    assert f'<option value="{newest.pk}" selected>' in form


def test_without_simulations_the_list_says_what_they_are_for(country, client):
    client.force_login(make_user("reader", *SEES, area=country["North"]))
    assert "before anybody decides" in client.get(reverse("simulation:simulation_list")).content.decode()


def test_places_of_one_name_are_told_apart(country, client):
    """Two villages called alike each have their line; the lines come to the total."""
    with maintenance("two of one name"):
        country["Beech"].name = country["Almond"].name
        country["Beech"].save()
    run, people = make_run(country["North"]), make_people([country["Almond"], country["Beech"]], 12)
    for place, (household, *_rest) in enumerate(people):
        score(run, household, float(place))
    found = simulated(run=run, rule=Simulation.Rule.PLACES, places=5, level=AreaLevel.objects.get(position=3))
    request = RequestFactory().get("/")
    request.user = make_user("reader", *SEES, area=country["North"])
    rows = by_place(request, found)["table"]["rows"]
    assert len(rows) == 2 and "N1A" in str(rows[0]) and "N1B" in str(rows[1])


def test_facts_that_the_reader_may_not_see_are_not_counted_for_them(country, client):
    """Whoever made it may use a masked and a sensitive fact; another reader gets neither the poor nor the disabled of a village."""
    simulation, comparison = made(country)
    pages = [reverse("simulation:simulation_detail", args=[simulation.pk]), reverse("simulation:comparison_detail", args=[comparison.pk])]
    client.force_login(make_user("reader", *SEES, "registry.view_household", "registry.view_person", area=country["North"]))
    before = [client.get(page).content.decode() for page in pages]
    assert "a member has a disability" in before[0] and "Known for" in before[0]
    with maintenance("the ministry decides"):
        update_from(VariableDefinition.objects.filter(code="poor_by_survey"), masked=True)
        update_from(VariableDefinition.objects.filter(code="disability"), sensitive=True)
    after = [client.get(page).content.decode() for page in pages]
    assert "a member has a disability" not in after[0] and "Known for" not in after[0] and "Poor reached" not in after[0]
    assert "by facts that you may not see" in after[0] and "Would be selected" in after[0]
    assert "only by the second" in after[1] and after[1] != before[1]
    rights = ("registry.view_household", "registry.view_person", "registry.reveal_variable", "registry.reveal_sensitive")
    client.force_login(make_user("trusted", *SEES, *rights, area=country["North"]))
    assert "a member has a disability" in client.get(pages[0]).content.decode()


def test_places_without_figures_are_named(country, client):
    """They share in nothing; the page says so instead of showing no selected there without a word."""
    kind = make_kind("households")
    make_figure(country["Almond"], kind, 100)
    run, people = make_run(country["North"]), make_people([country["Almond"], country["Beech"]], 12)
    for place, (household, *_rest) in enumerate(people):
        score(run, household, float(place))
    level = AreaLevel.objects.get(position=3)
    found = simulated(run=run, rule=Simulation.Rule.SHARED, places=6, level=level, weights=Simulation.Weights.HOUSEHOLDS)
    client.force_login(make_user("reader", *SEES, area=country["North"]))
    count = sum(household.area == country["Beech"] for household, *_rest in people)
    page = client.get(reverse("simulation:simulation_detail", args=[found.pk])).content.decode()
    assert f"{count} households got no place because their places have no such figures: Beech." in page
    by_rate = {"rule": Simulation.Rule.SHARED, "weights": Simulation.Weights.POOR, "level": level, "places": 6}
    make_figure(country["Beech"], kind, 50)
    make_figure(country["Almond"], make_kind("poverty_rate", "%"), 40)
    page = client.get(reverse("simulation:simulation_detail", args=[simulated(run=run, **by_rate).pk])).content.decode()
    assert f"{count} households got no place" in page


@pytest.mark.parametrize(("field", "value"), [("run", "²"), ("run", "9" * 30), ("places", "99999999999"), ("places", "0"), ("level", "²")])
def test_what_is_no_number_or_too_large_is_a_sentence(country, client, field, value):
    """Sent by hand or typed by mistake: the form comes back as typed."""
    run = make_run(country["North"])
    client.force_login(make_user("maker", "simulation.simulate", *SEES, area=country["North"]))
    sent = {"title": "x", "run": run.pk, "rule": "PLACES", "places": "5", "key": "k", "step": "confirm", field: value}
    assert client.post(reverse("simulation:simulate"), sent).status_code == 422 and not Simulation.objects.exists()


def test_a_condition_that_names_no_fact(country):
    """Everybody is poor: said without any fact, it is computed on both databases."""
    run = make_run(country["North"])
    for place, (household, *_rest) in enumerate(make_people([country["Almond"]], 4)):
        score(run, household, float(place))
    found = simulated(run=run, rule=Simulation.Rule.PLACES, places=2, poor="1 = 1")
    assert (total_of(found).known, total_of(found).poor, total_of(found).poor_chosen) == (4, 4, 2)


@pytest.mark.parametrize(("settings", "told"), [({}, 0), ({"shares": [{"code": "women"}]}, 1), ({"reserve": "5"}, 1)])
def test_a_stage_that_divides_its_places_is_told(settings, told):
    """The simulation gives them all by rank, so it may select others than the campaign."""
    simulation = Simulation(rule=Simulation.Rule.QUOTAS, stage=Stage(kind="QUOTA", settings=settings))
    assert len(notes(RequestFactory().get("/"), simulation)) == told
