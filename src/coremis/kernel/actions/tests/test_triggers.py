"""The history is append-only: the database itself says no."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction

from coremis.kernel.actions import triggers
from coremis.kernel.actions.models import Change, Event, Seal
from coremis.kernel.actions.seals import seal_events

EVERY = [Event, Change, Seal]


@pytest.fixture
def history(country, root, sample_app):
    house = sample_app.build_house(area=country["Almond"], owner="Ada", actor=root)
    sample_app.paint_house(house=house, color="BLUE", actor=root)
    seal_events()


def refused(work):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        work()


def run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_it_works(history):
    """pitfall S13, M13: what happened is never edited."""
    for model in EVERY:
        table, row = model._meta.db_table, model.objects.first()
        assert row is not None
        refused(lambda model=model: model.objects.all()._raw_delete("default"))
        refused(lambda model=model: model.objects.update(id=1))
        refused(lambda table=table: run(f"DELETE FROM {table} WHERE id = (SELECT min(id) FROM {table})"))
        refused(lambda table=table: run(f"UPDATE {table} SET id = id WHERE id = (SELECT min(id) FROM {table})"))
    refused(lambda: Event.objects.update(recorded_at=models.F("recorded_at") - timedelta(days=1)))
    refused(lambda: Change.objects.update(before=None))
    refused(lambda: Change.objects.update(redacted_digest="x"))


def test_truncate_is_refused(history):
    if connection.vendor != "postgresql":
        return
    from coremis.kernel.actions.guard import unguarded

    run("SET CONSTRAINTS ALL IMMEDIATE")
    for model in EVERY:
        with unguarded("the guard stands aside, the database does not"):
            refused(lambda model=model: run(f"TRUNCATE {model._meta.db_table} CASCADE"))


def test_a_row_is_not_replaced_either(history):
    """SQLite's INSERT OR REPLACE removes the old row, by default without asking its triggers."""
    if connection.vendor != "sqlite":
        return
    first = Event.objects.order_by("pk").first()
    names = ", ".join(field.column for field in Event._meta.concrete_fields)
    refused(lambda: run(f"INSERT OR REPLACE INTO actions_event ({names}) SELECT {names} FROM actions_event WHERE id = {first.pk}"))


def test_redaction_touches_the_content_only(history):
    """The one permitted update empties a detail and keeps its digest; nothing else moves with it."""
    change = Change.objects.order_by("pk").first()
    mine = Change.objects.filter(pk=change.pk)
    refused(lambda: mine.update(before=None, redacted_digest=""))
    refused(lambda: mine.update(before={}, redacted_digest="x"))
    for other in ({"area_id": 99}, {"record_id": 99}, {"kind": "x"}, {"event_id": Event.objects.latest("pk").pk}):
        refused(lambda other=other: mine.update(before=None, redacted_digest="x", **other))
    mine.update(before=None, redacted_digest="x")
    refused(lambda: mine.update(before=None, redacted_digest="y"))


def check():
    return [problem.msg for problem in triggers.check_triggers(None, databases=["default"])]


def test_missing_trigger_stops_the_start(history):
    assert check() == []
    for table, verb in triggers._pairs(connection.vendor):
        name = f"{table}_no_{verb.lower()}"
        with transaction.atomic():
            run(f'DROP TRIGGER "{name}"' + (f' ON "{table}"' if connection.vendor == "postgresql" else ""))
            assert len(check()) == 1 and table in check()[0]
            triggers.install_after_migrate()
    assert check() == []


def test_switched_off_trigger_stops_the_start(history):
    if connection.vendor != "postgresql":
        return
    for state in ("DISABLE", "ENABLE REPLICA"):
        with transaction.atomic():
            run(f"ALTER TABLE actions_event {state} TRIGGER actions_event_no_update")
            assert len(check()) == 1
            run("ALTER TABLE actions_event ENABLE TRIGGER actions_event_no_update")


@pytest.mark.django_db(transaction=True)
def test_triggers_survive_a_migration_that_rebuilds_the_table(root, sample_app):
    """On SQLite a changed column means a new table, and its triggers vanish silently: migrate puts them back."""
    old, new = Event._meta.get_field("address"), models.CharField(max_length=46, blank=True)
    new.set_attributes_from_name("address")
    new.model = Event
    sample_app.write_memo(text="x", actor=root)
    with connection.schema_editor() as editor:
        editor.alter_field(Event, old, new)
    try:
        assert bool(check()) == (connection.vendor == "sqlite")
        call_command("migrate", verbosity=0)
        assert check() == []
        refused(lambda: Event.objects.update(address="x"))
    finally:
        with connection.schema_editor() as editor:
            editor.alter_field(Event, new, old)
        call_command("migrate", verbosity=0)


def test_append_only_records_have_triggers_too():
    assert ("sample_stone", "UPDATE") in triggers._pairs("sqlite") and ("sample_house", "UPDATE") not in triggers._pairs("sqlite")
