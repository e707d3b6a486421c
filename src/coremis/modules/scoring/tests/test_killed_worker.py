"""Workers killed at every chunk boundary and in the middle of every chunk leave the same scores as an undisturbed run."""

import pytest

from coremis.kernel.jobs import ranges
from coremis.kernel.jobs.tests.killed import run_killed
from coremis.kernel.testing.cast import build_country
from coremis.modules.registry.tests.factories import make_household, make_variable
from coremis.modules.scoring import services
from coremis.modules.scoring.models import Score, ScoreCount
from coremis.modules.scoring.tests.sample import DAY, everywhere_the_same, make_version, stratum, term
from coremis.modules.scoring.tests.test_score_households import SCORER, done

pytestmark = pytest.mark.django_db(transaction=True)


def told(run):
    """Everything the tables say about a run, without the ids of rows and events."""
    rows = (
        Score.objects.filter(run=run)
        .order_by("household")
        .values_list("household", "area", "stratum", "value", "category", "missing", "inputs")
    )
    counts = ScoreCount.objects.filter(run=run).order_by("area", "assessed").values_list("area", "assessed", "households")
    return run.state, run.scored, run.not_assessed, run.results, list(rows), list(counts)


def test_it_works(monkeypatch):
    """Pitfalls M4, P1."""
    country = build_country()
    make_variable("rooms")
    for place in range(8):
        make_household(country["Almond" if place % 2 else "Cedar"], data={"rooms": place} if place != 5 else {})
    version = make_version({"strata": [stratum()], "terms": [term("rooms", weights=everywhere_the_same("0.5"))]})
    monkeypatch.setattr(ranges, "CHUNK", 3)
    asked = {"version": version, "areas": [country["North"]], "day": DAY, "actor": SCORER}
    calm = told(done(services.score_households(**asked)))
    killed = told(run_killed(services.score_households(**asked)))
    assert calm == killed and calm[:3] == ("DONE", 7, 1) and len(calm[4]) == 8
