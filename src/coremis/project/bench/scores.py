"""Scoring everybody: a formula with two strata, member counts, tables and figures of places, beside the same score in typed SQL."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection

from coremis.kernel.actions.context import required
from coremis.kernel.actions.services import maintenance
from coremis.kernel.areas.models import Area
from coremis.modules.geography.models import AreaFigure, FigureKind
from coremis.modules.registry.models import VariableDefinition
from coremis.modules.registry.services import define_variable
from coremis.modules.scoring.models import FormulaVersion, ScoreRun
from coremis.modules.scoring.services import activate_version, save_formula, score_households
from coremis.project.bench.data import series_sql, set_sequences
from coremis.project.bench.floors import json_of, run
from coremis.project.bench.thread import Bench
from coremis.project.demo.seats import agreed, work_off

DAY = date(2024, 7, 15)
CHILDREN = 3
SIZES = [("0", "0"), ("-0.068", "-0.346"), ("-0.165", "-0.533"), ("-0.268", "-0.696"), ("-0.321", "-0.807"), ("-0.415", "-0.941")]
SCHOOL = [("0", ("0", "0")), ("1-6", ("0.058", "0.074")), ("7-9", ("0.128", "0.109")), ("10+", ("0.252", "0.292"))]
GROUPS = [("0,1", ("-0.097", "0")), ("2,3", ("0.014", "0.048")), ("4,5", ("-0.187", "0.078"))]


def prepared(bench: Bench) -> FormulaVersion:
    """A formula in use, with the members, facts and figures that it reads; made once."""
    kept = FormulaVersion.objects.filter(state=FormulaVersion.State.ACTIVE).first()
    if kept is not None:
        return kept
    add_children(bench.rows)
    for subject, code in (("dwelling", "rooms"), ("person", "schooling")):
        if not VariableDefinition.objects.filter(code=code).exists():
            kind = VariableDefinition.Kind.NUMBER
            define_variable(subject=VariableDefinition.Subject(subject), code=code, names={"en": code}, kind=kind, actor=bench.people[0])
    add_figures()
    return formula(bench)


def measure_scores(bench: Bench) -> None:
    """Score every household of the country."""
    version = prepared(bench)
    with maintenance("bench floor"):
        spare = ScoreRun(formula_version=version, area=bench.root, area_ids=[bench.root.pk], day=DAY, state="STOPPED")
        spare.save()

    def score() -> None:
        score_households(version=version, areas=[bench.root], day=DAY, actor=bench.people[0])
        work_off()

    bench.measure("score", lambda event: floor(event, spare.pk), score)
    done = ScoreRun.objects.latest("pk")
    assert (done.scored, done.not_assessed) == (bench.rows, 0), done


def add_children(rows: int) -> None:
    """Three more members for every household."""
    postgres = connection.vendor == "postgresql"
    uid = "gen_random_uuid()" if postgres else "lower(hex(randomblob(16)))"
    born = "DATE '2005-01-01' + (h.id * {n} % 6000)::int" if postgres else "date('2005-01-01', '+' || (h.id * {n} % 6000) || ' days')"
    with maintenance("bench data"), connection.cursor() as cursor:
        stamps = f"1, {required().event.pk}, {required().event.pk}"
        empty = "'{}'::jsonb" if postgres else "'{}'"
        day = "DATE '2024-01-01'" if postgres else "'2024-01-01'"
        for n in range(1, CHILDREN + 1):
            number = f"(({rows} * {n} + g.i) * 100 + 98 - (({rows} * {n} + g.i) * 100) % 97)"
            own = "(g.i * 100 + 98 - (g.i * 100) % 97)"
            cursor.execute(
                "INSERT INTO registry_person (uid, number, area_id, given_names, surname, search_name, sex, birth_date, birth_precision, phone, phone_owner, data, source, external_id, registered_on, version, event_id, created_event_id) "
                f"SELECT {uid}, {number}, h.area_id, 'child', '', 'child', 'female', {born.format(n=n)}, 'DAY', '', '', {empty}, '', '', {day}, {stamps} "
                f"FROM ({series_sql(rows)}) AS g JOIN registry_household h ON h.number = {own}"
            )
            cursor.execute(
                "INSERT INTO registry_membership (household_id, person_id, relationship, joined_on, version, event_id, created_event_id) "
                f"SELECT h.id, p.id, 'child', {day}, {stamps} FROM ({series_sql(rows)}) AS g JOIN registry_household h ON h.number = {own} JOIN registry_person p ON p.number = {number}"
            )
    set_sequences(rows * (1 + CHILDREN))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def add_figures() -> None:
    """Which communes are towns, and the group of each province."""
    with maintenance("bench figures"):
        for code, level in (("urban", 2), ("province", 1)):
            kind = FigureKind(code=code, names={"en": code})
            kind.save()
            for place, area in enumerate(Area.objects.filter(level__position=level).order_by("pk")):
                value = place % 2 if code == "urban" else place
                AreaFigure(area=area, kind=kind, value=value, year=2024, source="bench", valid_from=date(2024, 1, 1)).save()


def formula(bench: Bench) -> FormulaVersion:
    """A formula of eight terms, two of them over members, two over figures of places."""
    maker, checker = bench.people[:2]
    version = save_formula(code="bench", names={"en": "Bench"}, actor=maker).versions.get()
    with maintenance("bench formula"):
        version.definition = definition()
        version.save()
    agreed(activate_version, {"version": version}, maker, checker)
    return FormulaVersion.objects.select_related("formula").get(pk=version.pk)


def both(town: str, land: str) -> dict[str, str]:
    """A weight in each stratum."""
    return {"urban": town, "rural": land}


def term(code: str, formula: str, **rest: Any) -> dict[str, Any]:
    """A term as it is stored."""
    return {"code": code, "names": {"en": code}, "formula": formula, "missing": "REFUSE", **rest}


def table(rows: Sequence[tuple[str, tuple[str, str]]]) -> dict[str, Any]:
    """The lines of a table: answers, weights."""
    return {"kind": "TABLE", "rows": [{"match": match.split(","), "weights": both(*weights)} for match, weights in rows]}


def number(town: str, land: str) -> dict[str, Any]:
    """A weight times the value."""
    return {"kind": "NUMBER", "weights": both(town, land)}


def definition() -> dict[str, Any]:
    """As it is stored."""
    counts = {"members_0_14": "age <= 14", "members_15_64": "age between 15 and 64", "members_65": "age >= 65"}
    facts = {"dependency": "(members_0_14 + members_65) / max(members_15_64, 1)", "per_person": "rooms / max(size, 1)"}
    sizes = [(f"{place}{'+' if place == len(SIZES) else ''}", weights) for place, weights in enumerate(SIZES, 1)]
    values = {"members": [], "values": {
        "size": 4, "head_age": 40, "head_sex": "male", "rooms": 2, "head_schooling": 7, "area_urban": 0, "area_province": 1, "members_0_14": 2,
        "members_15_64": 2, "members_65": 0,
    }}  # fmt: skip
    return {
        "direction": "LOWER_IS_POORER", "scale": "1000", "rounding": "TRUNCATE", "decimals": 0,
        "strata": [
            {"code": "urban", "names": {"en": "Urban"}, "condition": "area_urban = 1", "constant": "9.397"},
            {"code": "rural", "names": {"en": "Rural"}, "condition": "area_urban = 0", "constant": "9.835"},
        ],
        "member_facts": [{"code": code, "names": {"en": code}, "how": "COUNT", "condition": condition} for code, condition in counts.items()],
        "facts": [{"code": code, "names": {"en": code}, "formula": text} for code, text in facts.items()],
        "terms": [
            term("male", "head_sex = 'male'", **number("0.132", "0.117")), term("age", "head_age", **number("-0.005", "-0.002")),
            term("size", "size", **table(sizes)), term("dependency", "dependency", **number("0.048", "0.036")),
            term("schooling", "head_schooling", **table(SCHOOL)), term("per_person", "per_person", **number("0.261", "0.231")),
            term("many_rooms", "rooms >= 4", **number("0.191", "0.346")), term("province", "area_province", **table(GROUPS)),
        ],
        "categories": [{"code": "POOR", "names": {"en": "Poor"}}, {"code": "OTHER", "names": {"en": "Other"}}],
        "cutoffs": [{"category": "POOR", "limit": "9200"}],
        "examples": [{"name": "One", "facts": values, "expected": {"value": "9436"}}],
    }  # fmt: skip


def floor(event: int, run_id: int) -> None:
    """The same score for everybody in one typed statement, with what it read, and the counts by place."""
    postgres = connection.vendor == "postgresql"
    years = "CAST(date_part('year', age(DATE '2024-07-15', p.birth_date)) AS double precision)" if postgres else (
        "CAST(2024 - strftime('%%Y', p.birth_date) - (strftime('%%m%%d', p.birth_date) > '0715') AS REAL)")  # fmt: skip
    cast = "::double precision" if postgres else " * 1.0"
    members = (
        f"SELECT s.household_id AS id, COUNT(*) AS size, COUNT(*) FILTER (WHERE NOT {born_by(15)}) AS young, "
        f"COUNT(*) FILTER (WHERE {born_by(15)} AND NOT {born_by(65)}) AS adult, COUNT(*) FILTER (WHERE {born_by(65)}) AS old, "
        f"MAX(p.sex) FILTER (WHERE s.relationship = 'head') AS head_sex, MAX({years}) FILTER (WHERE s.relationship = 'head') AS head_age, "
        f"MAX({json_number('p', 'schooling')}) FILTER (WHERE s.relationship = 'head') AS school "
        "FROM registry_membership s JOIN registry_person p ON p.id = s.person_id "
        "WHERE s.joined_on <= '2024-07-15' AND (s.left_on IS NULL OR s.left_on > '2024-07-15') AND p.death_date IS NULL GROUP BY s.household_id"
    )
    known = (
        f"SELECT h.id, h.area_id, m.size, m.young, m.adult, m.old, m.head_sex, m.head_age, m.school, {json_number('h', 'rooms')} AS rooms, u.value AS urban, g.value AS province "
        "FROM registry_household h JOIN m ON m.id = h.id JOIN areas_area v ON v.id = h.area_id JOIN areas_area c ON c.id = v.parent_id "
        "JOIN geography_areafigure u ON u.area_id = c.id JOIN geography_areafigure g ON g.area_id = c.parent_id "
        "WHERE h.retired_on IS NULL AND h.ended_on IS NULL AND h.registered_on <= '2024-07-15'"
    )
    stored = json_of(size="size", members_0_14="young", members_15_64="adult", members_65="old", head_sex="head_sex", head_age="head_age", head_schooling="school", rooms="rooms", area_urban="urban", area_province="province")  # fmt: skip
    scored = f"SELECT id, area_id, CASE urban WHEN 1 THEN {equation(0, cast)} ELSE {equation(1, cast)} END AS total, urban, {stored} AS inputs FROM k"
    final = "trunc(floor(total * 1000 * 1e6 + 0.5) / 1e6)"
    empty = "'[]'::jsonb" if postgres else "'[]'"
    run(
        (
            f"WITH m AS ({members}), k AS ({known}), t AS ({scored}), f AS (SELECT id, area_id, {final} AS value, urban, inputs FROM t) "
            "INSERT INTO scoring_score (run_id, household_id, area_id, stratum, value, category, missing, inputs, version, event_id, created_event_id) "
            f"SELECT {run_id}, id, area_id, CASE urban WHEN 1 THEN 'urban' ELSE 'rural' END, value, CASE WHEN value <= 9200 THEN 'POOR' ELSE 'OTHER' END, {empty}, inputs, 1, %s, %s FROM f",
            [event, event],
        ),
        (
            "INSERT INTO scoring_scorecount (run_id, area_id, stratum, category, assessed, households, version, event_id, created_event_id) "
            f"SELECT run_id, area_id, stratum, category, value IS NOT NULL, COUNT(*), 1, %s, %s FROM scoring_score WHERE run_id = {run_id} GROUP BY run_id, area_id, stratum, category, value IS NOT NULL",
            [event, event],
        ),
    )


def json_number(table: str, code: str) -> str:
    """A number out of the JSON column, typed."""
    if connection.vendor == "postgresql":
        return f"({table}.data ->> '{code}')::double precision"
    return f"CAST(json_extract({table}.data, '$.{code}') AS REAL)"


def born_by(years: int) -> str:
    """Whether somebody was at least so many years old on the day."""
    day = f"'{DAY.year - years}-07-15'"
    return f"p.birth_date <= DATE {day}" if connection.vendor == "postgresql" else f"p.birth_date <= {day}"


def typed(text: str, cast: str) -> str:
    """A weight as a double."""
    return f"({text}{cast})"


def equation(place: int, cast: str) -> str:
    """One stratum as a typist would write it."""
    sizes = " ".join(f"WHEN {size} THEN {typed(weights[place], cast)}" for size, weights in enumerate(SIZES[:-1], 1))
    school = " ".join(
        f"WHEN school >= {match.rstrip('+').split('-')[0]} THEN {typed(weights[place], cast)}" for match, weights in reversed(SCHOOL)
    )
    groups = " ".join(f"WHEN province IN ({match}) THEN {typed(weights[place], cast)}" for match, weights in GROUPS)
    weights = (("0.132", "-0.005", "0.048", "0.261", "0.191", "9.397"), ("0.117", "-0.002", "0.036", "0.231", "0.346", "9.835"))[place]
    male, age, dependency, per_person, many, constant = (typed(weight, cast) for weight in weights)
    return (
        f"{constant} + CASE WHEN head_sex = 'male' THEN {male} ELSE 0 END + {age} * head_age + CASE size {sizes} ELSE {typed(SIZES[-1][place], cast)} END "
        f"+ {dependency} * (young + old) / CASE WHEN adult > 1 THEN adult ELSE 1 END + CASE {school} END + {per_person} * rooms / size "
        f"+ CASE WHEN rooms >= 4 THEN {many} ELSE 0 END + CASE {groups} END"
    )
