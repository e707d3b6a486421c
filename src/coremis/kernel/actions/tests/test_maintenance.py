"""Maintenance and work in chunks: they write too, and leave their events."""

import pytest

from coremis.kernel.actions.context import current
from coremis.kernel.actions.models import Change, Event
from coremis.kernel.actions.services import maintain, maintenance
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import last_event


@pytest.fixture
def model(sample_app):
    from coremis.kernel.actions.tests.sample.models import House

    return House


def test_it_works(country, model):
    with maintenance("bring the old register over"):
        house = model(area=country["Almond"])
        house.save()
        model._base_manager.update(owner="x")
    event = last_event(maintain.name)
    assert house.created_event_id == event.pk and event.actor_name == "system"
    assert Change.objects.get(event=event, kind=Change.INPUTS).before == {"reason": "bring the old register over"}


def test_what_fails_under_maintenance_leaves_nothing(country, model):
    events = Event.objects.count()
    with pytest.raises(KeyError), maintenance("oops"):
        model(area=country["Almond"]).save()
        raise KeyError
    assert not model.objects.exists() and Event.objects.count() == events and current() is None
    with pytest.raises(Refusal):
        model(area=country["Almond"]).save()


def test_each_chunk_has_an_event_caused_by_the_action(country, northerner, sample_app, model):
    """pitfall D1, P3: what a job writes says on whose behalf."""
    job = sample_app.build_village(area_id=country["Almond"].pk, count=6, actor=northerner)
    ordered = last_event("actions.build_village")
    run_until_idle()
    assert Job.objects.get(pk=job.pk).state == "DONE" and model.objects.count() == 6
    chunks = Event.objects.filter(action="actions.build_village", cause_id=ordered.pk)
    assert {event.job_id for event in chunks} == {job.pk} and {event.actor_name for event in chunks} == {"system"}
    assert set(model.objects.values_list("created_event_id", flat=True)) == set(chunks.values_list("pk", flat=True))


def test_a_job_writes_only_where_its_maker_could(country, northerner, sample_app, model):
    """pitfall S10: rights are fixed when the work is ordered, and hold in every chunk."""
    job = sample_app.build_village(area_id=country["Fig"].pk, count=6, actor=northerner)
    run_until_idle()
    assert Job.objects.get(pk=job.pk).state == "FAILED" and not model.objects.exists()


def test_inner_actions_of_a_job_need_to_be_covered(country, root, sample_app, model):
    """The system in a job holds the right of its own action only."""
    job = sample_app.build_village(area_id=country["Fig"].pk, count=6, memo=True, actor=root)
    run_until_idle()
    assert Job.objects.get(pk=job.pk).state == "FAILED" and not model.objects.exists()
