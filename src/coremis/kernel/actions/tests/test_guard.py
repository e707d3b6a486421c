"""Records are guarded at the connection: whatever path a write takes, it comes by here."""

import json
from pathlib import Path

import pytest
from django.core import serializers
from django.db import connection, models, transaction

from coremis.kernel.actions.guard import check_statement, removing_prepared
from coremis.kernel.base.refusal import Refusal

STAMP = '"version", "event_id", "created_event_id"'


@pytest.fixture
def house(country, root, sample_app):
    return sample_app.build_house(area=country["Almond"], owner="Ada", actor=root)


def run(sql, params=None):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def refused(work):
    with pytest.raises(Refusal), transaction.atomic():
        work()
    return True


@pytest.fixture
def told(root, sample_app):
    """Run something inside an action."""

    def inside(work):
        sample_app.TOLD[0] = work
        return sample_app.do_as_told(actor=root)

    return inside


def test_it_works(house, told):
    """The same statement that nobody may run is run by save()."""
    refused(house.save)
    refused(lambda: run("UPDATE sample_house SET owner = 'x'"))
    house.owner = "Bo"
    told(house.save)
    assert type(house).objects.get().owner == "Bo"


WRITES = [
    "UPDATE sample_house SET owner = 'x'",
    'update "sample_house" set owner = 1',
    "UPDATE\n\tSAMPLE_HOUSE\nSET owner = 'x'",
    "UPDATE [sample_house] SET owner = 'x'",
    "UPDATE `sample_house` SET owner = 'x'",
    "UPDATE ONLY sample_house SET owner = 'x'",
    "UPDATE OR IGNORE sample_house SET owner = 'x', event_id = 1",
    "UPDATE main.sample_house SET owner = 'x'",
    'UPDATE "base" . "public"."sample_house" SET owner = 1',
    "UPDATE/* x */sample_house SET owner = 'x'",
    "UPDATE -- x\n sample_house SET owner = 'x'",
    "SELECT '--'; UPDATE sample_house SET owner = 'x'",
    "SELECT '/*'; UPDATE sample_house SET owner = 'x' WHERE '*/' = ''",
    "SELECT 'it''s'; UPDATE sample_house SET owner = 'x'",
    r"SELECT E'\''; UPDATE sample_house SET owner = 'x' WHERE '' = ''",
    "SELECT '--'; UPDATE/**/sample_house SET owner = 'x'",
    "WITH x AS (UPDATE sample_house SET owner = 'x' RETURNING id) SELECT * FROM x",
    "WITH x AS (SELECT 1) INSERT INTO sample_house (owner) SELECT 'x'",
    "DO $$ BEGIN UPDATE sample_house SET owner = 'x'; END $$",
    "INSERT INTO sample_house (owner) VALUES ('x')",
    "INSERT INTO sample_house SELECT * FROM other",
    "INSERT OR IGNORE INTO sample_house (owner) VALUES ('x')",
    "INSERT INTO sample_tour_areas (tour_id, area_id) VALUES (1, 1)",
    "DELETE FROM sample_house",
    "DELETE FROM 'sample_house'",
    "DELETE FROM ONLY (sample_house)",
    "DELETE FROM sample_tour_areas",
    "REPLACE INTO sample_house (id, event_id) VALUES (1, 1)",
    "INSERT OR REPLACE INTO sample_house (id, event_id) VALUES (1, 1)",
    "TRUNCATE sample_house",
    "TRUNCATE TABLE actions_actionkey, sample_house CASCADE",
    "MERGE INTO sample_house USING x ON x.id = id WHEN MATCHED THEN DELETE",
    "COPY sample_house (owner) FROM STDIN",
]


@pytest.mark.parametrize("sql", WRITES)
def test_no_statement_writes_a_record_outside_an_action(sql):
    with pytest.raises(Refusal):
        check_statement(sql)


ALLOWED = [
    "SELECT * FROM sample_house WHERE owner = 'DELETE FROM sample_house'",
    "SELECT 1 -- DELETE FROM sample_house",
    "SELECT 1 /* UPDATE sample_house SET */",
    "SELECT * FROM sample_house FOR UPDATE",
    "SELECT * FROM sample_house FOR UPDATE OF sample_house",
    "UPDATE actions_actionkey SET result = NULL WHERE id IN (SELECT id FROM sample_house)",
    "INSERT INTO actions_change (kind) SELECT owner FROM sample_house",
    "INSERT INTO sample_house_copy (owner) VALUES ('x')",
    "DELETE FROM django_session",
]


@pytest.mark.parametrize("sql", ALLOWED)
def test_reading_and_other_tables_are_left_alone(sql):
    check_statement(sql)


def test_every_way_of_the_orm_is_refused_outside_an_action(house, country, root, sample_app):
    """pitfall S13, S14: managers, base managers, fixtures, links."""
    model = type(house)
    stored = json.dumps(
        [{"model": "sample.house", "pk": house.pk, "fields": {"area": house.area_id, "version": 9, "event_id": 1, "created_event_id": 1}}]
    )
    tour = sample_app.plan_tour(title="x", area_ids=[country["Almond"].pk], actor=root)
    ways = [
        lambda: model(area=country["Fig"]).save(),
        lambda: model.objects.create(area=country["Fig"]),
        lambda: model.objects.bulk_create([model(area=country["Fig"], event_id=1, created_event_id=1)]),
        lambda: model._base_manager.bulk_create([model(area=country["Fig"], event_id=1, created_event_id=1)]),
        lambda: model._base_manager.bulk_update([house], ["owner"]),
        lambda: model.objects.update_or_create(owner="Ada", defaults={"owner": "x"}),
        lambda: model.objects.get_or_create(owner="nobody", defaults={"area": country["Fig"]}),
        lambda: model.objects.update(owner="x"),
        lambda: model._base_manager.update(owner="x"),
        lambda: model._base_manager.filter(pk=house.pk).update(owner="x", event_id=5),
        lambda: models.QuerySet(model).update(owner="x"),
        lambda: models.Model.save(house),
        lambda: house.save_base(raw=True),
        lambda: model.objects.all().delete(),
        lambda: model._base_manager.all().delete(),
        lambda: model._base_manager.all()._raw_delete("default"),
        lambda: house.delete(),
        lambda: models.Model.delete(house),
        lambda: [item.save() for item in serializers.deserialize("json", stored)],
        lambda: tour.areas.add(country["Fig"]),
        lambda: tour.areas.through.objects.create(tour_id=tour.pk, area_id=1),
        lambda: connection.cursor().executemany("UPDATE sample_house SET owner = %s", [["x"], ["y"]]),
    ]
    for number, way in enumerate(ways):
        assert refused(way), number
    fresh = model.objects.get()
    assert (fresh.owner, fresh.version) == ("Ada", 1)


def test_inside_an_action_an_update_must_keep_what_was_before(house, told):
    """Even with an event: only save() and update_from note the former values."""
    model = type(house)
    ways = [
        lambda: run("UPDATE sample_house SET owner = 'x'"),
        lambda: run("UPDATE sample_house SET owner = 'x', event_id = 5"),
        lambda: run("UPDATE sample_house SET owner = 'x' WHERE event_id = 5"),
        lambda: model._base_manager.update(owner="x", event_id=5),
        lambda: run(f"INSERT INTO sample_house (id, {STAMP}) VALUES (1, 1, 1, 1) ON CONFLICT (id) DO UPDATE SET owner = 'x'"),
        lambda: run("INSERT INTO sample_house (owner) VALUES ('x')"),
        lambda: run("INSERT INTO sample_house (owner, created_event_id) VALUES ('x', 1)"),
        lambda: model.objects.update(owner="x"),
    ]
    for way in ways:
        assert refused(lambda way=way: told(way))


def test_nothing_is_deleted_inside_an_action_either(house, told, country, root, sample_app):
    """pitfall M13, M15"""
    tour = sample_app.plan_tour(title="x", area_ids=[country["Fig"].pk], actor=root)
    for way in (house.delete, type(house)._base_manager.all().delete, lambda: tour.areas.clear(), lambda: run("TRUNCATE sample_house")):
        assert refused(lambda way=way: told(way))


def test_links_are_written_inside_an_action(country, root, sample_app, told):
    tour = sample_app.plan_tour(title="x", area_ids=[country["Fig"].pk], actor=root)
    told(lambda: tour.areas.add(country["Almond"]))
    assert tour.areas.count() == 2


def test_prepared_rows_can_be_taken_away_by_the_action_that_made_them(house, told):
    def remove():
        with removing_prepared():
            run("DELETE FROM sample_house")

    assert refused(remove)
    told(remove)
    assert not type(house).objects.exists()


def test_composed_statements_are_read_as_they_will_run(house):
    if connection.vendor != "postgresql":
        return
    from psycopg import sql

    assert refused(lambda: run(sql.SQL("DELETE FROM {}").format(sql.Identifier("sample_house"))))
    assert refused(lambda: run(b"DELETE FROM sample_house"))


def test_a_migration_may_fill_an_empty_column(house):
    """A column that stops being empty is filled by the migration itself; nothing else is touched."""
    run('UPDATE "sample_house" SET "nickname" = \'none\' WHERE "nickname" IS NULL')
    with pytest.raises(Refusal):
        check_statement('UPDATE "sample_house" SET "nickname" = \'none\' WHERE "owner" IS NULL')


@pytest.mark.django_db(transaction=True)
def test_a_column_can_stop_being_empty(root, sample_app):
    """The real schema editor on both databases, with a row in the table."""
    from coremis.kernel.actions.tests.sample.models import Memo

    sample_app.write_memo(text="x", actor=root)
    empty, filled = models.CharField(max_length=9, null=True), models.CharField(max_length=9, default="none")
    for field in (empty, filled):
        field.set_attributes_from_name("word")
        field.model = Memo
    with connection.schema_editor() as editor:
        editor.add_field(Memo, empty)
    with connection.schema_editor() as editor:
        editor.alter_field(Memo, empty, filled)
    with connection.cursor() as cursor:
        cursor.execute("SELECT word FROM sample_memo")
        assert cursor.fetchall() == [("none",)]
    with connection.schema_editor() as editor:
        editor.remove_field(Memo, filled)


def test_copy_is_used_in_one_place_only():
    """PostgreSQL's COPY passes the guard by: only copy_into, which asks for the action, may call it (and the bench, which measures against it)."""
    product = Path(__file__).resolve().parents[3]
    sources = [path for path in product.rglob("*.py") if not {"tests", "bench"} & set(path.parts)]
    found = {
        path.name
        for path in sources
        if any(
            word in path.read_text()
            for word in ("cursor.copy(", "copy_expert", "connection.connection.cursor", "connection.connection.copy")
        )
    }
    assert found == {"bulk.py"}
