"""Why a household has its score: in words, in three languages, and still true after the formula has changed."""

from dataclasses import replace

import pytest
from django.utils import translation

from coremis.kernel.actions.services import maintenance
from coremis.kernel.base.formula import parse
from coremis.kernel.testing.cast import make_user
from coremis.modules.registry.models import VariableDefinition
from coremis.modules.registry.tests.factories import make_household, make_variable
from coremis.modules.scoring.formulas import DerivedFact, MemberFact
from coremis.modules.scoring.models import FormulaVersion, Score
from coremis.modules.scoring.queries import hidden_from, latest_scores, working
from coremis.modules.scoring.services import start_version
from coremis.modules.scoring.services.drafts import kept_with
from coremis.modules.scoring.tests.sample import DAY, everywhere_the_same, make_version, stratum, term
from coremis.modules.scoring.tests.test_activate_version import WRITER
from coremis.modules.scoring.tests.test_score_households import score
from coremis.modules.scoring.versions import card_of, names_of
from coremis.modules.scoring.working import with_made_of

pytestmark = pytest.mark.django_db
ROOF = {"en": "Roof", "fr": "Toit", "pt": "Telhado"}
TIN = [{"code": "tin", "names": {"en": "Tin", "fr": "Tôle", "pt": "Chapa"}}, {"code": "straw", "names": {"en": "Straw"}}]


def definition(area):
    """A weight, a table, a term that is skipped, a limit of a place."""
    groups = [{"code": "POOR", "names": {"en": "Poor", "fr": "Pauvre", "pt": "Pobre"}}, {"code": "OTHER", "names": {"en": "Not poor"}}]
    return {
        "direction": "LOWER_IS_POORER", "scale": "1000", "rounding": "TRUNCATE", "strata": [stratum(constant="1.25")],
        "facts": [{"code": "crowding", "names": {"en": "Members per room"}, "formula": "size / rooms"}],
        "terms": [
            term("crowding", weights=everywhere_the_same("-0.1")), term("roof", rows=[("tin", everywhere_the_same("0.5")), (None, everywhere_the_same("0"))]),
            term("phone", missing="SKIP", weights=everywhere_the_same("0.2")),
        ],
        "categories": groups, "cutoffs": [{"category": "POOR", "limit": "1000"}, {"category": "POOR", "limit": "2000", "area_id": area.pk}],
    }  # fmt: skip


@pytest.fixture
def scored(country):
    make_variable("rooms")
    make_variable("roof", "CHOICE", names=ROOF, choices=TIN)
    make_variable("phone", "BOOLEAN", "household", sensitive=True)
    household = make_household(country["Almond"], size=3, data={"rooms": 2, "roof": "tin"})
    make_household(country["Almond"], size=3, data={"roof": "tin"})
    version = make_version(definition(country["North"]))
    score(version, country["Testland"])
    return Score.objects.get(household=household)


def test_it_works(scored):
    """Term, value, coefficient, product, sum, rounding, category and its limits."""
    found = working(scored)
    rows = [(row.name, row.value, row.coefficient, row.product, row.note) for row in found.rows]
    assert rows == [
        ("Crowding", "1.5", "-0.1", "-0.15", ""), ("Roof", "Tin", "0.5", "0.5", ""), ("Phone", "–", "", "", "missing; the term adds nothing"),
    ]  # fmt: skip
    assert (found.constant, found.total, found.scaled, found.rounded, found.value) == ("1.25", "1.6", "1,600", "1,600", 1600.0)
    assert [(limit.category, limit.words, limit.is_own) for limit in found.limits] == [
        ("Poor", "≤ 2,000", True),
        ("Not poor", "all others", False),
    ]
    assert scored.category == "POOR" and sum(row.amount or 0 for row in found.rows) + 1.25 == pytest.approx(1.6)
    assert ("Members per room", "1.5") in found.facts and ("Roof", "Tin") in found.facts


def test_three_languages(scored):
    with translation.override("fr"):
        french = working(Score.objects.get(pk=scored.pk))
    with translation.override("pt"):
        portuguese = working(Score.objects.get(pk=scored.pk))
    assert french.rows[1].value == "Tôle" and french.category == "Pauvre" and french.rows[0].product == "-0,15"
    assert portuguese.rows[1].value == "Chapa" and portuguese.category == "Pobre"
    assert french.rows[2].note != working(scored).rows[2].note and portuguese.direction != french.direction


def test_it_stays_after_everything_changed(scored):
    """The formula, the household, the words of the dictionary and the places' limits change; the working does not (pitfall M17)."""
    before = working(scored)
    second = start_version(formula=scored.run.formula_version.formula, actor=WRITER)
    with maintenance("everything changes"):
        FormulaVersion.objects.get(pk=second.pk)
        variable = VariableDefinition.objects.get(code="roof")
        variable.names, variable.choices = {"en": "Cover"}, []
        variable.save()
        household = scored.household
        household.data = {"rooms": 9}
        household.save()
    again = Score.objects.get(pk=scored.pk)
    assert working(again) == before and kept_with(second)["labels"]["roof"]["names"] == {"en": "Cover"}


def test_who_could_not_be_assessed(scored):
    other = Score.objects.exclude(pk=scored.pk).get()
    found = working(other)
    assert (found.value, found.missing, found.rounded) == (None, ("Rooms",), "") and found.rows[0].note.startswith("missing")


def test_what_a_reader_may_not_see_is_masked(scored, country):
    """A sensitive fact, and every term that reads it."""
    reader = make_user("reader", "scoring.view_score", area=country["North"])
    hidden = hidden_from(reader, scored.household)
    row = working(scored, hidden).rows[2]
    assert hidden == {"phone"} and (row.value, row.coefficient, row.product) == ("•••", "•••", "•••")
    assert working(scored, hidden).rows[0].value == "1.5"


def test_what_is_made_of_a_hidden_fact_is_masked_too(scored):
    """Members per room would tell the rooms; a count over a hidden fact of members would tell it of the only one."""
    found = working(scored, {"rooms"})
    assert ("Members per room", "•••") in found.facts and ("Roof", "Tin") in found.facts
    assert (found.rows[0].value, found.rows[0].product, found.rows[0].amount) == ("•••", "•••", None)
    card = card_of(scored.run.formula_version, names_of(scored.run.formula_version))
    sick = MemberFact("sick", condition=parse("illness", {"illness": "boolean"}))
    twice = DerivedFact("twice", parse("sick * 2", {"sick": "number"}))
    made = replace(card, member_facts=(sick,), facts=(*card.facts, twice))
    assert with_made_of(made, {"head_illness"}) == {"head_illness", "sick", "twice"} and not with_made_of(made, set())


def test_the_newest_score_counts(scored, country):
    score(scored.run.formula_version, country["Testland"], day=DAY.replace(month=2))
    found = latest_scores([scored.household_id], scored.run.formula_version.formula)
    assert [row.run.day.month for row in found] == [2]
