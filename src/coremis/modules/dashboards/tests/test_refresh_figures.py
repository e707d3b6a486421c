"""Counting ahead: on demand, by the hour, once however often it is asked for, and whole even where a worker dies."""

from datetime import timedelta

import pytest
from django.utils import timezone

from coremis.kernel.datasets.dataset import find_dataset
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.schedule import Schedule, enqueue_due
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.module.contributions import contributions
from coremis.kernel.testing.cast import make_user
from coremis.kernel.testing.racing import at_once
from coremis.modules.dashboards import counting, jobs
from coremis.modules.dashboards.models import Counting, Tally
from coremis.modules.dashboards.services import refresh_figures
from coremis.modules.dashboards.tests.sample import SYSTEM, households, lines, refresh, watcher
from coremis.modules.registry.tests.factories import make_household

pytestmark = pytest.mark.django_db
KIND = jobs.count_figures.name


def test_it_works(country):
    households(country, Almond=3, Beech=2, Fig=1)
    refresh()
    assert lines(watcher(country["North"])) == {"Northfield": [5]}
    assert lines(watcher(country["Testland"])) == {"North": [5], "South": [1]}


def test_pressed_often_it_is_counted_once(country):
    for _press in range(5):
        refresh_figures(actor=SYSTEM)
    assert Job.objects.filter(kind=KIND).count() == 1
    run_until_idle()
    refresh_figures(actor=SYSTEM)
    assert Job.objects.filter(kind=KIND).count() == 2


def test_it_is_on_the_timetable_of_every_hour(country):
    assert [one.every for one in contributions(Schedule) if one.kind is jobs.count_figures] == ["hour"]
    now = timezone.now()
    assert KIND in [job.kind for job in enqueue_due(now)]
    assert KIND not in [job.kind for job in enqueue_due(now)]


def test_a_new_counting_takes_the_place_of_the_former_one(country):
    households(country, Almond=1)
    refresh()
    former = Counting.objects.get(dataset="registry.households")
    make_household(country["Almond"])
    assert lines(watcher(country["Almond"])) == {"Almond": [1]}
    refresh()
    assert lines(watcher(country["North"])) == {"Northfield": [2]}
    assert Tally.objects.filter(counting_id=former.pk).exists()  # for a page that is just being made
    refresh()
    assert not Tally.objects.filter(counting_id=former.pk).exists()
    assert Counting.objects.filter(dataset="registry.households").count() == 2


def test_an_older_counting_that_ends_late_never_hides_a_newer_one(country):
    households(country, Almond=1)
    refresh()
    Counting.objects.update(as_of=timezone.now() + timedelta(hours=1))
    make_household(country["Almond"])
    refresh()
    assert lines(watcher(country["North"])) == {"Northfield": [1]}


def test_a_dataset_that_breaks_leaves_the_former_figures_and_the_others(country, monkeypatch):
    households(country, Almond=1)
    refresh()
    make_household(country["Almond"])
    whole, counted = counting.insert, []

    def break_off(dataset, new):
        if dataset.name == "registry.persons" and not counted:
            counted.append(whole(dataset, new))
            raise RuntimeError("the machine stopped")
        return whole(dataset, new)

    monkeypatch.setattr(counting, "insert", break_off)
    refresh_figures(actor=SYSTEM)
    run_until_idle()
    job = Job.objects.filter(kind=KIND).latest("pk")
    assert job.state == "WAITING" and job.cursor == {"last": "registry.households"}
    assert lines(watcher(country["North"])) == {"Northfield": [2]}
    assert Counting.objects.filter(dataset="registry.persons").count() == 1  # of the broken run nothing is left
    Job.objects.update(not_before=timezone.now())
    run_until_idle()
    job.refresh_from_db()
    assert job.state == "DONE" and job.done == len(set(Counting.objects.values_list("dataset", flat=True)))


@pytest.mark.django_db(transaction=True)
def test_two_countings_at_the_same_moment(country):
    """A scheduled run and a refresh: whoever ends last, one whole counting stands."""
    households(country, Almond=2, Fig=1)
    dataset = find_dataset("registry.households")
    results = at_once(*[lambda: counting.count(dataset)] * 3)
    assert not [problem for problem in results if isinstance(problem, Exception)]
    assert lines(watcher(country["Testland"])) == {"North": [2], "South": [1]}


def test_it_is_a_right(country, client):
    client.force_login(make_user("nobody", "dashboards.view_dashboard", area=country["Testland"]))
    assert client.post("/dashboards/refresh/", {"key": "k"}).status_code == 403
    client.force_login(make_user("somebody", "dashboards.view_dashboard", refresh_figures.name, area=country["Almond"]))
    assert client.post("/dashboards/refresh/", {"key": "k"}).status_code == 303
    assert Job.objects.filter(kind=KIND).count() == 1


def test_as_many_statements_whatever_the_size(country, django_assert_num_queries):
    dataset = find_dataset("registry.households")
    households(country, Almond=1)
    counting.count(dataset)
    households(country, Beech=5, Fig=4)
    for statements in (6, 9, 9):  # from the third time on, something is deleted
        with django_assert_num_queries(statements, exact=False):
            counting.count(dataset)
