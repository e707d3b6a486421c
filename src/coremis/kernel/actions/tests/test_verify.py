"""What is done behind the product's back is found and named."""

from datetime import timedelta

import pytest
from django.db import connection

from coremis.kernel.actions import triggers
from coremis.kernel.actions.guard import unguarded
from coremis.kernel.actions.models import Change, Event, Seal
from coremis.kernel.actions.seals import seal_events, unsealed, verify
from coremis.kernel.testing.racing import at_once


@pytest.fixture
def history(country, root, sample_app):
    """Six events of which all are sealed; the one in the middle is tampered with."""
    house = sample_app.build_house(area=country["Almond"], owner="Ada", actor=root)
    for color in ("BLUE", "RED", "BLUE"):
        sample_app.paint_house(house=house, color=color, actor=root)
    while seal_events():
        pass
    return Event.objects.filter(action="actions.paint_house").order_by("pk")[1]


@pytest.fixture
def behind(history):
    """Write without the product noticing: no triggers, no guard; both stand again afterwards."""

    def act(work):
        triggers.remove()
        with unguarded("behind the back"):
            result = work()
        triggers.install_after_migrate()
        return result

    return act


def run(sql, params=()):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def found():
    return [(finding.event_id, finding.sentence) for finding in verify()]


def named(event, word):
    """Something was found, it names the event, and nothing else is suspected."""
    findings = found()
    assert findings and {event_id for event_id, _sentence in findings} == {event.pk}, findings
    assert any(word in sentence and str(event.pk) in sentence for _event, sentence in findings), findings


def test_it_works(history, root, sample_app):
    assert found() == [] and not unsealed().exists()
    sample_app.write_memo(text="x", actor=root)
    assert found() == [] and seal_events() == 1 and found() == []


CHANGED = [
    ("action", "actions.build_house"), ("actor_name", "somebody"), ("actor_id", 999), ("address", "1.2.3.4"), ("area_id", 999), ("cause_id", 1),
    ("job_id", 5), ("request_id", 5), ("deciders", ["x"]), ("unapproved", True), ("inputs_digest", "x"), ("stamp", "x"),
]  # fmt: skip


@pytest.mark.parametrize(("column", "value"), CHANGED)
def test_changed_event_is_found(history, behind, column, value):
    behind(lambda: Event.objects.filter(pk=history.pk).update(**{column: value}))
    named(history, "was changed")


def test_a_microsecond_is_found(history, behind):
    for column in ("recorded_at", "happened_at"):
        moved = {column: getattr(history, column) + timedelta(microseconds=1)}
        behind(lambda moved=moved: Event.objects.filter(pk=history.pk).update(**moved))
        named(history, "was changed")
        behind(lambda column=column: Event.objects.filter(pk=history.pk).update(**{column: getattr(history, column)}))
        assert found() == []


def test_removed_event_is_found(history, behind):
    behind(
        lambda: (
            run("DELETE FROM actions_change WHERE event_id = %s", [history.pk]),
            run("DELETE FROM actions_event WHERE id = %s", [history.pk]),
        )
    )
    named(history, "was removed")


def test_inserted_event_is_found_before_and_after_it_is_sealed(history, behind):
    forged = Event.objects.get(pk=history.pk)
    forged.pk, forged.actor_name = None, "somebody"
    forged.save(force_insert=True)
    named(forged, "was inserted")
    seal_events()
    named(forged, "inserted by something else")


def test_copied_event_is_found_before_and_after_it_is_sealed(history, behind):
    """A copy carries a good stamp: the stamp says when, so no two events share one."""
    copy = Event.objects.get(pk=history.pk)
    copy.pk = None
    copy.save(force_insert=True)
    named(copy, "is a copy")
    seal_events()
    named(copy, "is a copy")


@pytest.mark.parametrize("change", [{"before": {"color": "GREEN"}}, {"record_id": 999}, {"kind": "x"}, {"area_id": 999}])
def test_changed_detail_is_found(history, behind, change):
    detail = Change.objects.filter(event=history, kind="sample.house")
    behind(lambda: detail.update(**change))
    named(history, "A detail of entry")


def test_changed_inputs_are_found(history, behind):
    behind(lambda: Change.objects.filter(event=history, kind=Change.INPUTS).update(before={"color": "GREEN"}))
    named(history, "A detail of entry")


def test_removed_and_added_details_are_found(history, behind):
    behind(lambda: run("DELETE FROM actions_change WHERE event_id = %s AND kind = 'sample.house'", [history.pk]))
    named(history, "had 2 details and has 1")
    Change.objects.create(event=history, kind="sample.house", record_id=1, before={"color": "RED"})
    named(history, "A detail of entry")
    Change.objects.create(event=history, kind="sample.house", record_id=1, before={})
    named(history, "has 3 now")


def test_details_moved_to_another_event_are_found(history, behind):
    other = Event.objects.filter(pk__gt=history.pk).first()
    behind(lambda: Change.objects.filter(event=history).update(event=other))
    assert {event_id for event_id, _sentence in found()} == {history.pk, other.pk}


def test_broken_and_removed_seals_are_found(history, behind):
    seal = Seal.objects.get(event_id=history.pk)
    for column in ("hash", "event_hash"):
        behind(lambda column=column: Seal.objects.filter(pk=seal.pk).update(**{column: "0" * 64}))
        assert any(event_id == history.pk for event_id, _sentence in found()), column
        behind(lambda column=column: Seal.objects.filter(pk=seal.pk).update(**{column: getattr(seal, column)}))
    behind(lambda: run("DELETE FROM actions_seal WHERE id = %s", [seal.pk]))
    following = Seal.objects.filter(pk__gt=seal.pk).first()
    assert [event_id for event_id, _sentence in found()] == [following.event_id] and "chain is broken" in found()[0][1]
    seal_events()
    assert found(), "a new seal at the end does not mend the chain"


def test_forged_seal_over_a_forged_event_is_found(history, behind):
    """Without the key outside the database, a whole new chain cannot be made."""

    def forge():
        Event.objects.filter(pk=history.pk).update(actor_name="somebody")
        run("DELETE FROM actions_seal")

    behind(forge)
    while seal_events():
        pass
    named(history, "was changed")


def test_cut_off_end_is_found_by_the_hash_kept_outside(history, behind, tmp_path):
    """The newest entries and their seals removed together leave a whole chain: only what was published shows it."""
    newest = Seal.objects.latest("pk")
    (tmp_path / "2026-01.txt").write_text(f"2026-01-31T10:00:00+00:00 {newest.pk} {newest.hash}\n")
    assert list(verify(tmp_path)) == []

    def cut():
        run("DELETE FROM actions_seal WHERE id = %s", [newest.pk])
        run("DELETE FROM actions_change WHERE event_id = %s", [newest.event_id])
        run("DELETE FROM actions_event WHERE id = %s", [newest.event_id])

    behind(cut)
    assert found() == []
    (finding,) = verify(tmp_path)
    assert "cut off" in finding.sentence and "2026-01-31" in finding.sentence


def test_sealing_reads_a_stream_and_a_constant_number_of_queries(country, root, sample_app, django_assert_max_num_queries):
    """pitfall P1"""
    for _n in range(30):
        sample_app.build_house(area=country["Almond"], actor=root)
    with django_assert_max_num_queries(8):
        assert seal_events() > 30
    with django_assert_max_num_queries(9):
        assert found() == []


@pytest.mark.django_db(transaction=True)
def test_two_sealers_at_once_make_one_chain(root, sample_app):
    for number in range(40):
        sample_app.write_memo(text=str(number), actor=root)
    assert sum(at_once(*[lambda: seal_events(limit=15)] * 4)) == 40
    assert Seal.objects.count() == 40 and found() == []
