"""How the database answers: a condition on members is one grouped query for all households, never one for each."""

from datetime import date

import pytest
from django.db import connection

from coremis.kernel.actions.context import required
from coremis.kernel.actions.services import maintenance
from coremis.modules.filters.queries import matching
from coremis.modules.registry.models import Household
from coremis.modules.registry.tests.factories import make_household

DAY = date(2026, 6, 1)
YOUNG = {"fact": "registry.person.age", "is": "most", "value": 4}
HOUSEHOLDS = 50_000


def members(count):
    return {"link": "registry.household:members", "count": count, "where": YOUNG}


def rows_for(where):
    return matching(Household.objects.all(), {"about": "household", "where": where}, DAY)


def plan_of(rows):
    return rows.order_by().values("pk").explain()


@pytest.mark.django_db
def test_it_works(country, django_assert_num_queries):
    """The reading of a filter costs no query that grows with the rows."""
    for _number in range(3):
        make_household(country["Almond"], people=[{}, {"birth_date": date(2025, 1, 1)}])
    tree = {"all": [members(1), {"not": members(2)}, {"any": [members(0), members(1)]}]}
    with django_assert_num_queries(1):
        assert rows_for(tree).count() == 3


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="a plan of PostgreSQL")
def test_members_are_grouped_once_for_all_households(country):
    fill(country["Almond"])
    for where in (members(1), members(2), members(0), {"any": [members(2), members(0)]}, {"not": {"all": [members(1), members(2)]}}):
        plan = plan_of(rows_for(where))
        assert "SubPlan" not in plan, plan
        assert "loops=50000" not in rows_for(where).order_by().values("pk").explain(analyze=True), plan
    assert rows_for(members(2)).count() == HOUSEHOLDS // 2
    assert rows_for(members(0)).count() == 0


def fill(area):
    """Households with an adult and one or two small children each."""
    with maintenance("many households"), connection.cursor() as cursor:
        stamps = f"1, {required().event.pk}, {required().event.pk}"
        named = "uid, number, area_id, data, source, external_id, registered_on, search_name"
        same = f"{area.pk}, '{{}}', '', '', DATE '2024-01-01', 'ada'"
        cursor.execute(
            f"INSERT INTO registry_household ({named}, head_name, size, address, version, event_id, created_event_id) "
            f"SELECT gen_random_uuid(), i, {same}, '', 3, '', {stamps} FROM generate_series(1, {HOUSEHOLDS}) AS i"
        )
        born = "CASE WHEN k = 1 OR k = 3 AND i % 2 = 0 THEN DATE '1980-01-01' ELSE DATE '2024-06-01' END"
        cursor.execute(
            f"INSERT INTO registry_person ({named}, given_names, surname, sex, birth_precision, phone, phone_owner, birth_date, version, event_id,"
            f" created_event_id) SELECT gen_random_uuid(), i * 10 + k, {same}, 'Ada', '', 'female', 'DAY', '', '', {born}, {stamps}"
            f" FROM generate_series(1, {HOUSEHOLDS}) AS i, generate_series(1, 3) AS k"
        )
        cursor.execute(
            "INSERT INTO registry_membership (household_id, person_id, relationship, joined_on, version, event_id, created_event_id) "
            f"SELECT h.id, p.id, 'child', DATE '2024-01-01', {stamps} FROM registry_person p JOIN registry_household h ON h.number = p.number / 10"
        )
        cursor.execute("ANALYZE registry_household, registry_person, registry_membership")
