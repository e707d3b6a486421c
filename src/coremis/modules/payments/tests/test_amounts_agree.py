"""The set-based computation against the slow one, on random rules, households and histories."""

import json
from datetime import date
from random import Random

import pytest
from django.db import connection
from django.db.models import Case, IntegerField, Value, When

from coremis.kernel.actions.services import maintenance
from coremis.kernel.base.formula.evaluate import whole_years
from coremis.modules.benefits.definition import read_rule
from coremis.modules.benefits.formulas import Facts, reckon
from coremis.modules.benefits.names import member_names, unit_names
from coremis.modules.benefits.queries import PAST
from coremis.modules.benefits.tests.sample import random_definition
from coremis.modules.payments.selection import Asked, reckoning
from coremis.modules.payments.tests.sample import enrol, make_cycle, make_programme
from coremis.modules.programmes.models import Enrolment
from coremis.modules.registry.tests.factories import make_household, make_variable

pytestmark = pytest.mark.django_db
DAY = date(2026, 1, 20)
RULES = 150
PAID_BEFORE = {"payments": [0, 1, 2], "to_recover": [0, 0, 7, 1_234, -7, -1_234]}


def random_person(random, place):
    """Somebody; a few died, were born after, or have no birth date."""
    born = random.choice([None, date(random.randint(1940, 2025), random.randint(1, 12), random.randint(1, 28)), date(2008, 1, 20)])
    data = random.choice([{}, {"grade": random.randint(0, 6)}, {"grade": "x", "at_school": True}, {"at_school": False}])
    died = random.choice([None, None, None, None, date(2026, 1, 20), date(2026, 1, 21)]) if place else None
    return {"birth_date": born, "data": data, "sex": random.choice(["female", "male"]), "death_date": died}


def random_households(random, programme, area, count=12):
    """Households of all sizes, with facts missing and facts of the wrong kind."""
    for _number in range(count):
        people = [random_person(random, place) for place in range(random.randint(1, 7))]
        data = random.choice([{}, {"rooms": random.randint(0, 5)}, {"rooms": "two", "urban": True}, {"rooms": 2.5, "urban": False}])
        household = make_household(area, people=people, data=data)
        for membership in household.memberships.exclude(relationship="head"):
            if random.random() < 0.2:
                with maintenance("somebody moved"):
                    membership.left_on = random.choice([date(2026, 1, 20), date(2026, 1, 21)])
                    membership.save()
        enrol(programme, household)


def facts_of(enrolment, past):
    """The same facts, read one by one."""
    members = []
    for one in enrolment.household.memberships.select_related("person"):
        gone = one.joined_on > DAY or (one.left_on and one.left_on <= DAY) or (one.person.death_date and one.person.death_date <= DAY)
        if not gone:
            person = one.person
            age = whole_years(person.birth_date, DAY) if person.birth_date else None
            members.append({**person.data, "age": age, "sex": person.sex, "relationship": one.relationship})
    head = next((member for member in members if member["relationship"] == "head"), {})
    values = {
        **enrolment.household.data, "size": len(members), "head_sex": head.get("sex"), "head_age": head.get("age"),
        "registered_on": enrolment.household.registered_on,
    }  # fmt: skip
    return Facts(values, members, None, *past)


def from_sets(asked):
    """What the query says about everybody."""
    chain = reckoning(asked)
    sql, params = chain.select("id, left_out, is_held, amount_minor, carried_minor, entitled_minor, backlog_minor, recovered_minor, parts")
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return {row[0]: row[1:] for row in cursor.fetchall()}


def test_it_works(country, monkeypatch):
    """Pitfalls M5, M17, M18, M21: on random rules and households both computations give the same parts, to the last unit."""
    random = Random(20260120)
    for code, kind, subject in (("rooms", "NUMBER", "dwelling"), ("urban", "BOOLEAN", "household"), ("grade", "NUMBER", "person"), ("at_school", "BOOLEAN", "person")):  # fmt: skip
        make_variable(code, kind, subject)
    programme = make_programme()
    random_households(random, programme, country["Almond"])
    cycle, seen = make_cycle(programme), set()
    names, members = unit_names("household"), member_names("household")
    for _number in range(RULES):
        rule = read_rule(random_definition(random), names, members, random.choice([0, 2, 3]), True)
        history = {key: tuple(random.choice(PAID_BEFORE.get(name, [0, 0, 7, 1_234, 60_000])) for name in PAST)
                   for key in Enrolment.objects.values_list("pk", flat=True)}  # fmt: skip
        monkeypatch.setattr("coremis.modules.payments.selection.past_of", lambda *_anything, history=history: [_stored(history)])
        asked = Asked(cycle, (country["North"].pk,), "base", rule, names, members)
        found = from_sets(asked)
        for enrolment in Enrolment.objects.select_related("household"):
            known = history[enrolment.pk] if asked.looks_back else (0,) * 5
            said = reckon(rule, facts_of(enrolment, known))
            seen.add(said.left_out)
            left_out, held, amount, carried, entitled, backlog, recovered, parts = found[enrolment.pk]
            assert left_out == said.left_out, (rule, known, said, found[enrolment.pk])
            assert carried == said.carried
            if not left_out:
                got = (amount, entitled, backlog, recovered, bool(held), [tuple(one) for one in json.loads(parts)])
                assert got == (said.amount, said.entitled, said.backlog, said.recovered, said.held, list(said.parts)), (rule, known)
                assert sum(one[1] for one in said.parts) == amount + carried
    assert seen == {"", "MAX_PAYMENTS", "MISSING_FACT", "ZERO", "CAP_REACHED", "BELOW_MINIMUM"}


def _stored(history):
    columns = {
        f"v{place}": Case(*[When(pk=key, then=Value(values[place])) for key, values in history.items()], output_field=IntegerField())
        for place in range(5)
    }
    return Enrolment.objects.order_by().annotate(**columns).values_list("pk", *columns)
