"""A formula fitted on one half of a real survey, loaded on the screen's own terms, and tried on the other half.

The halves are stated: a household belongs to the half by which its weights are found where the last sign of its key is an even
hexadecimal figure. Of the other half as many are selected as there are poor (classes 1 and 2) among them.
"""

import pytest
from django.utils import timezone

from coremis.modules.registry.models import VariableDefinition
from coremis.modules.registry.services import define_variable
from coremis.modules.scoring import services as scoring
from coremis.modules.scoring.models import FormulaVersion, ScoreRun
from coremis.modules.scoring.services import score_households
from coremis.modules.simulation.models import Simulation
from coremis.modules.simulation.queries import total_of
from coremis.modules.simulation.services import simulate
from coremis.project.demo.seats import agreed, seat, work_off
from tests.real.costarica import MISSING, SOURCE, survey
from tests.real.least_squares import fitted
from tests.real.test_costarica import POOR, imported, place

pytestmark = [pytest.mark.django_db, pytest.mark.skipif(not SOURCE.exists(), reason=MISSING)]
__all__ = ["place"]
# Facts of the dwelling beside those the other test brings: code, kind and column of the survey.
DWELLING = {
    "urban": "area1", "computer": "computer", "television": "television", "ceiling": "cielorazo", "ceramic_floor": "pisomoscer",
    "block_walls": "paredblolad", "own_house": "tipovivi1", "sewer": "sanitario2",
}  # fmt: skip
TERMS = {
    "members": ("size", lambda people, head: len(people)),
    "children": ("children", lambda people, head: sum(int(row["age"]) < 15 for row in people)),
    "rooms": ("rooms", lambda people, head: float(head["rooms"])),
    "refrigerator": ("refrig", lambda people, head: float(head["refrig"])),
    "phones": ("phones", lambda people, head: float(head["qmobilephone"])),
    "schooling": ("head_escolari", lambda people, head: float(head["escolari"])),
    "woman": ("head_sex = 'female'", lambda people, head: float(head["female"])),
    **{code: (code, lambda people, head, column=column: float(head[column])) for code, column in DWELLING.items()},
}  # fmt: skip


def is_for_weights(key):
    return int(key[-1], 16) % 2 == 0


def households():
    """The people of each household that the import takes: one head, one class; by the key."""
    found = {}
    for row in survey(SOURCE):
        found.setdefault(row["idhogar"], []).append(row)
    return {
        key: people for key, people in found.items()
        if len({row["Target"] for row in people}) == 1 and sum(row["parentesco1"] == "1" for row in people) == 1
    }  # fmt: skip


def facts(people):
    head = next(row for row in people if row["parentesco1"] == "1")
    return [float(value(people, head)) for _formula, value in TERMS.values()]


def test_it_works(place, tmp_path, capsys):
    """The product selects the very households that a count by hand selects, and says coverage and leakage as by hand."""
    known = households()
    for_weights = [people for key, people in known.items() if is_for_weights(key)]
    rows = [[1.0, *facts(people)] for people in for_weights]
    constant, *weights = [round(weight, 6) for weight in fitted(rows, [float(people[0]["Target"]) for people in for_weights])]
    others = {key: people for key, people in known.items() if not is_for_weights(key)}
    poor = sum(people[0]["Target"] in POOR for people in others.values())
    define()
    more = {code: lambda row, column=column: row[column] for code, column in DWELLING.items()}
    more |= {"phones": lambda row: row["qmobilephone"], "weights_half": lambda row: str(int(is_for_weights(row["idhogar"])))}
    imported(place, tmp_path / "survey.csv", more)
    run = scored(place, constant, weights)
    assert (run.scored, run.not_assessed) == (len(others), 0)
    found = simulate(
        title="Costa Rica", run=run, rule=Simulation.Rule.PLACES, places=poor, poor="target in ('1', '2')", disability="dis",
        actor=seat("manager"),
    )  # fmt: skip
    work_off()
    found.refresh_from_db()
    accuracy = total_of(found).accuracy
    assert accuracy.poor == accuracy.chosen == poor and accuracy.households == len(others)
    least, most = by_hand(others, constant, weights, poor)
    assert least <= accuracy.poor_chosen <= most
    assert accuracy.coverage == pytest.approx(1 - accuracy.leakage)  # as many places as poor
    share = poor / len(others)
    assert accuracy.coverage > 2 * share, "not better than twice a draw by lot"
    with capsys.disabled():
        print(
            f"\nCosta Rica: weights from {len(for_weights)} households, tried on {len(others)}: {poor} poor ({share:.1%}), as many selected; "
            f"coverage {accuracy.coverage:.1%}, leakage {accuracy.leakage:.1%}, hit rate {accuracy.hit_rate:.1%}, BPAC {accuracy.bpac:.1f}"
        )  # fmt: skip


def define():
    """The facts that the file brings beside those of the other test."""
    kinds, data = VariableDefinition.Kind, seat("data")
    for code in (*DWELLING, "weights_half"):
        define_variable(subject="dwelling", code=code, names={"en": code}, kind=kinds.BOOLEAN, filterable=True, actor=data)
    define_variable(subject="dwelling", code="phones", names={"en": "Phones"}, kind=kinds.NUMBER, filterable=True, actor=data)


def scored(place, constant, weights):
    """The formula through the screen's actions, put into use by two people, applied to the other half."""
    manager = seat("manager")
    formula = scoring.save_formula(code="cr", names={"en": "Costa Rica"}, source="Fitted on one half of the survey", actor=manager)
    version = formula.versions.get()
    fact = {"code": "children", "names": {"en": "Children under 15"}, "how": "COUNT", "condition": "age < 15"}
    scoring.save_member_fact(version=version, fact=fact, actor=manager)
    stratum = {"code": "all", "names": {"en": "All"}, "condition": "", "constant": f"{constant:.6f}"}
    scoring.save_stratum(version=version, stratum=stratum, replaces="all", actor=manager)
    for (code, (formula_text, _value)), weight in zip(TERMS.items(), weights, strict=True):
        term = {"code": f"t_{code}", "names": {"en": code}, "kind": "NUMBER", "formula": formula_text, "missing": "REFUSE"}
        scoring.save_term(version=version, term={**term, "weights": {"all": f"{weight:.6f}"}}, actor=manager)
    give_example(version, constant, weights, manager)
    agreed(scoring.activate_version, {"version": FormulaVersion.objects.get(pk=version.pk)}, manager, seat("approver"))
    active = FormulaVersion.objects.get(pk=version.pk)
    run = score_households(version=active, areas=[place], day=timezone.localdate(), condition="not weights_half", actor=manager)
    work_off()
    return ScoreRun.objects.get(pk=run.pk)


def give_example(version, constant, weights, manager):
    """A woman alone in two rooms with a refrigerator and a phone, six years at school, and nothing else."""
    values = {"size": 1, "children": 0, "rooms": 2, "refrig": True, "phones": 1, "head_escolari": 6, "head_sex": "female"}
    counted = [1, 0, 2, 1, 1, 6, 1, *(0 for _code in DWELLING)]
    expected = round(constant + sum(weight * value for weight, value in zip(weights, counted, strict=True)), 6)
    facts = {"values": {**values, **dict.fromkeys(DWELLING, False)}, "members": []}
    scoring.save_example(version=version, name="A woman alone", facts=facts, expected={"value": f"{expected:.6f}"}, actor=manager)


def by_hand(others, constant, weights, places):
    """The poor among the first in order of score: at least and at most, since equal scores at the last place may fall either way."""
    order = sorted(
        (
            round(constant + sum(weight * value for weight, value in zip(weights, facts(people), strict=True)), 6),
            people[0]["Target"] in POOR,
        )
        for people in others.values()
    )
    last = order[places - 1][0]
    sure = [is_poor for score, is_poor in order if score < last]
    tied = [is_poor for score, is_poor in order if score == last]
    free = places - len(sure)
    return sum(sure) + max(0, free - tied.count(False)), sum(sure) + min(free, tied.count(True))
