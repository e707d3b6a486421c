import json

import pytest
from django.db import connection
from django.db.models import F, Index
from django.db.models.lookups import GreaterThanOrEqual

from coremis.kernel.base.formula import FormulaError, Kind, clean, parse
from coremis.kernel.expressions.compiler import compile_condition
from coremis.kernel.expressions.tests.sample import COLUMNS, NAMES, Dwelling, fill
from coremis.kernel.expressions.variable import Variable

RAW = [None, 0, -0.0, 1, 2.5, -7, 10**18, 1e15, 1e16, 1e-12, 1e-13, 5e-324, True, False, "", "5", "tin", "é", [], [1], {}, {"rooms": 1}]
RAW += ["2026-01-31", "2024-02-29", "2023-02-29", "1900-02-29", "2000-02-29", "2026-04-31", "2026-13-01", "2026-00-10", "0000-01-01"]
RAW += [
    "0001-01-01",
    "9999-12-31",
    "now",
    "20260131",
    "2026-1-31",
    " 2026-01-31",
    "2026-01-31 ",
    "2026-01-31\n",
    "2026-01-31T10:00",
    "12:00",
]


def values_of(variable):
    return list(Dwelling.objects.annotate(found=variable).order_by("id").values_list("found", flat=True))


@pytest.mark.django_db
def test_it_works(dwelling_table):
    fill([{"rooms": 3}, {"rooms": 12}, {}])
    rooms = Variable("rooms", Kind.NUMBER)
    assert values_of(rooms) == [3.0, 12.0, None]
    assert Dwelling.objects.filter(GreaterThanOrEqual(rooms, 4)).count() == 1
    assert list(Dwelling.objects.order_by(rooms.desc(nulls_last=True)).values_list("id", flat=True)) == [2, 1, 3]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", list(Kind))
def test_bad_data_is_missing_and_never_an_error(kind, dwelling_table):
    """pitfall M19: null, zero and not-a-number are three things, as the evaluator sees them."""
    fill([{"rooms": raw} for raw in RAW])
    assert values_of(Variable("rooms", kind)) == [clean(raw, kind) for raw in RAW]


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["type", "exists", "true", "null", "last", "select", "value", "key", "path", "number", "a" * 60])
def test_any_plain_code_can_be_read(code, dwelling_table):
    """Also words that mean something to a database."""
    fill([{"rooms": 1}])
    Dwelling.objects.update(data={code: 7})
    assert values_of(Variable(code, Kind.NUMBER)) == [7.0]
    assert values_of(Variable(code, Kind.TEXT)) == [None]


@pytest.mark.django_db
def test_a_column_without_an_object_is_missing(dwelling_table):
    Dwelling.objects.bulk_create([Dwelling(data=data) for data in (None, [1, 2], "rooms", 5, True)])
    for kind in Kind:
        assert set(values_of(Variable("rooms", kind))) == {None}


@pytest.mark.django_db
def test_numbers_that_no_double_can_hold_are_no_error(dwelling_table):
    """Only hand-written JSON can hold them; what is nearer to zero than any double may also read as zero."""
    with connection.cursor() as cursor:
        for number in ("1e400", "-1e400", "9" * 400, "1e-400", "0." + "0" * 400 + "1"):
            cursor.execute("insert into formula_sample_dwelling (data) values (%s)", [f'{{"rooms": {number}}}'])
    found = values_of(Variable("rooms", Kind.NUMBER))
    assert found[:3] == [None, None, None] and set(found[3:]) <= {None, 0.0}


@pytest.mark.parametrize(
    "code", ["", "Rooms", "1rooms", "rooms'", 'rooms"', "a b", "a.b", "a%s", "a-b", "a\n", "é", "_a", "a" * 61, "a\0", "{0}"]
)
def test_only_plain_codes_are_written_into_sql(code):
    with pytest.raises(FormulaError, match="not a valid code"):
        Variable(code, Kind.NUMBER)


def test_it_can_be_compared_and_copied():
    assert Variable("rooms", Kind.NUMBER) == Variable("rooms", "number")
    assert Variable("rooms", Kind.NUMBER) != Variable("beds", Kind.NUMBER)
    path, arguments, options = Variable("rooms", Kind.NUMBER).deconstruct()
    assert path.endswith("expressions.variable.Variable") and arguments == ("rooms", Kind.NUMBER) and not options


def plan_of(query):
    """The plan of a query, when the database would rather use an index than read the whole table."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("set local enable_seqscan = off")
    return query.explain()


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [Kind.NUMBER, Kind.TEXT, Kind.DATE, Kind.CHOICE])
def test_filters_sorting_and_formulas_use_its_index(kind, dwelling_table):
    values = {Kind.NUMBER: range(500), Kind.DATE: [f"{year}-05-01" for year in range(1500, 2000)]}
    fill([{"rooms": value} for value in values.get(kind, [f"text{number}" for number in range(500)])] + [{"rooms": raw} for raw in RAW])
    variable = Variable("rooms", kind)
    index = Index(variable, name="dwelling_rooms")
    with connection.cursor() as cursor:
        cursor.execute(str(index.create_sql(Dwelling, connection.schema_editor())))
        cursor.execute("analyze formula_sample_dwelling")
    literal = {Kind.NUMBER: "7", Kind.DATE: "date('1990-05-01')"}.get(kind, "'text7'")
    for sign in ("=", "in") if kind is Kind.CHOICE else ("=", ">=", "in", "between"):
        text = {"in": f"rooms in ({literal})", "between": f"rooms between {literal} and {literal}"}.get(sign, f"rooms {sign} {literal}")
        condition = compile_condition(parse(text, {"rooms": kind}), {"rooms": variable})
        assert "dwelling_rooms" in plan_of(Dwelling.objects.filter(condition)), text
    assert "dwelling_rooms" in plan_of(Dwelling.objects.order_by(variable)[:5])


@pytest.mark.django_db
def test_texts_are_ordered_by_code_points(dwelling_table):
    words = ["b", "B", "a", "é", "z", "ﬁ", "😀", "", "a b", "ab"]
    fill([{"nickname": word, "word": word} for word in words])
    assert sorted(words) == list(Dwelling.objects.order_by(COLUMNS["nickname"]).values_list("word", flat=True))
    for name in ("nickname", "word"):
        found = Dwelling.objects.filter(compile_condition(parse(f"{name} < 'é'", NAMES), COLUMNS))
        assert sorted(found.values_list("word", flat=True)) == sorted(word for word in words if word < "é")


@pytest.mark.django_db
def test_a_formula_reads_any_expression(dwelling_table):
    fill([{"rooms": 3, "number": 1.5}, {"number": 9.0}])
    columns = {"score": F("number") * 2, "rooms": "data__rooms"}
    condition = compile_condition(parse("score > 10", {"score": "number"}), columns)
    assert Dwelling.objects.filter(condition).count() == 1
    assert json.dumps(list(Dwelling.objects.filter(~condition).values_list("number", flat=True))) == "[1.5]"
