"""Scores of made-up households for the tests of this module."""

import random
from datetime import date

from coremis.kernel.actions.services import maintenance
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import everywhere
from coremis.modules.programmes.tests.sample import make_household, make_person, make_variable
from coremis.modules.scoring.models import FormulaVersion, Score, ScoreFormula, ScoreRun
from coremis.modules.simulation.services import compare_simulations, simulate

SEES = ("scoring.view_scorerun", "targeting.view_stage", "registry.reveal_variable")
ACTOR = everywhere(simulate.name, compare_simulations.name, "simulation.view_simulation", "simulation.view_comparison", *SEES)
DAY = date(2026, 3, 1)


def make_run(area, code="pmt", direction="LOWER_IS_POORER"):
    """A scoring that is done, of a version without terms."""
    with maintenance("test"):
        formula = ScoreFormula(code=code, names={"en": code.upper()})
        formula.save()
        version = FormulaVersion(formula=formula, version_number=1, state="ACTIVE", definition={"direction": direction})
        version.save()
        run = ScoreRun(formula_version=version, area=area, area_ids=[area.pk], day=DAY, state="DONE")
        run.save()
    return run


def score(run, household, value):
    """One score."""
    with maintenance("test"):
        found = Score(run=run, household=household, area=household.area, value=value)
        found.save()
    return found


def make_people(villages, count, seed=1):
    """Households with a head, whether they are poor by a survey (unknown for every tenth), and a member with a disability in some."""
    draw = random.Random(seed)
    make_variable("poor_by_survey", "BOOLEAN", "dwelling")
    make_variable("disability", "BOOLEAN", "person")
    made = []
    for number in range(count):
        data = {} if number % 10 == 9 else {"poor_by_survey": draw.random() < 0.4}
        household = make_household(draw.choice(villages), data=data)
        sex = draw.choice(["female", "male"])
        make_person(household.area, household, sex=sex)
        disabled = draw.random() < 0.2
        make_person(household.area, household, "child", sex="male", data={"disability": disabled})
        made.append((household, data.get("poor_by_survey"), sex, disabled))
    return made


def simulated(**inputs):
    """Simulate, and wait for the result."""
    found = simulate(actor=ACTOR, **{"title": "Trial", **inputs})
    run_until_idle()
    found.refresh_from_db()
    return found
