"""Scoring as a job: published results on the database, reruns, what is hidden meanwhile, and how many statements it takes."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.kernel.jobs import ranges, worker
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.queue import ask_cancel
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import everywhere, make_user
from coremis.modules.registry.tests.factories import make_household, make_variable
from coremis.modules.scoring import services
from coremis.modules.scoring.models import Score, ScoreCount, ScoreRun
from coremis.modules.scoring.tests.randomly import make_figures
from coremis.modules.scoring.tests.sample import (
    ASSETS,
    DAY,
    DWELLING,
    RURAL,
    TANZANIA_GOLDEN,
    URBAN,
    burundi,
    everywhere_the_same,
    make_version,
    stratum,
    tanzania,
    term,
)

pytestmark = pytest.mark.django_db
CONTROL = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT", "ROLLBACK")
SCORER = everywhere(services.score_households.name)


def aged(*ages, **head):
    """Members of these ages on the day, the head first."""
    people = [{"birth_date": date(DAY.year - age, 1, 2)} for age in ages]
    people[0] |= head
    return people


def done(run):
    """The run after all work; nothing broke."""
    run_until_idle()
    broken = Job.objects.exclude(traceback="").first()
    assert broken is None, broken.traceback
    run.refresh_from_db()
    return run


def score(version, *areas, **fields):
    return done(services.score_households(**{"version": version, "areas": list(areas), "day": DAY, "actor": SCORER, **fields}))


def rooms_only(**fields):
    """The simplest formula: the number of rooms."""
    return {"strata": [stratum()], "terms": [term("rooms", weights=everywhere_the_same(1))], **fields}


def test_it_works(country):
    """Rulebook 2.2.3: 11.154, 11.202 and 11.002, which alone is poor."""
    for code in ("1", "4", "5", "9", "12", "18", "22", "25", "27", "28", "37", "38", "41", "42", "43", "44"):
        make_variable(f"asset_{code}", "BOOLEAN", "household")
    made = {}
    for size, adults, assets, value, category in TANZANIA_GOLDEN:
        data = {f"asset_{code}": str(code) in assets for code in range(1, 45)}
        household = make_household(country["Almond"], people=aged(*[40] * adults, *[8] * (size - adults)), data=data)
        made[household.pk] = (value, category)
    run = score(make_version(tanzania()), country["North"])
    assert {key: tuple(rest) for key, *rest in Score.objects.values_list("household", "value", "category")} == made
    assert (run.state, run.scored, run.not_assessed) == ("DONE", 3, 0)
    assert sum(ScoreCount.objects.filter(category="POOR").values_list("households", flat=True)) == 1


def test_burundi(country):
    """Rulebook 2.2.2: 8966 in the country, 10329 in the town; the equation is chosen by a figure of the place."""
    for code, kind in {**DWELLING, **dict.fromkeys(ASSETS, "BOOLEAN")}.items():
        make_variable(code, kind, "dwelling")
    make_variable("education", "CHOICE", "person")
    make_figures("urban", country, {"North": 0, "South": 1})
    make_figures("province", country, {"North": 7, "South": 17})
    definition = burundi()
    next(one for one in definition["terms"] if one["code"] == "head_education")["formula"] = "head_education"
    rural = aged(45, 30, 20, 8, 7, 2, sex="male", data={"education": "primary_incomplete"})
    urban = aged(38, 17, 9, 3, sex="female", data={"education": "university"})
    village = make_household(country["Almond"], people=rural, data=RURAL)
    town = make_household(country["Ebony"], people=urban, data=URBAN)
    half = make_household(country["Ebony"], people=urban, data={**URBAN, "toilet": None})
    score(make_version(definition), country["Testland"])
    assert Score.objects.get(household=village).value == 8966 and Score.objects.get(household=village).stratum == "rural"
    assert Score.objects.get(household=town).value == 10329 and Score.objects.get(household=town).stratum == "urban"
    found = Score.objects.get(household=half)
    assert (found.value, found.missing, found.stratum) == (None, ["toilet"], "urban") and ScoreRun.objects.get().results["missing"] == {
        "toilet": 1
    }


def test_a_rerun_is_a_new_run(country):
    """Scoring again overwrites nothing; until it is done, nothing of it can be seen."""
    make_variable("rooms")
    make_household(country["Almond"], data={"rooms": 2})
    version = make_version(rooms_only())
    score(version, country["North"])
    second = services.score_households(version=version, areas=[country["North"]], day=DAY, actor=SCORER)
    assert second.state == "PREPARING" and Score.objects.count() == 1
    done(second)
    assert [row.value for row in Score.objects.order_by("run")] == [2, 2] and ScoreRun.objects.count() == 2


def test_who_is_scored(country):
    """Places, day, filter, condition and list each limit it; who was registered later or is dissolved is left out."""
    make_variable("rooms")
    wanted = make_household(country["Almond"], data={"rooms": 5})
    make_household(country["Almond"], data={"rooms": 1})
    make_household(country["Ebony"], data={"rooms": 5})
    make_household(country["Almond"], data={"rooms": 5}, since=date(2026, 2, 1))
    make_household(country["Almond"], data={"rooms": 5}, ended_on=DAY)
    version = make_version(rooms_only())
    chosen = {"about": "household", "where": {"fact": "registry.household.var_rooms", "is": "least", "value": 4}}
    for limits in ({"filter": chosen}, {"condition": "rooms > 2 and size > 1"}):
        run = score(version, country["North"], **limits)
        assert list(Score.objects.filter(run=run).values_list("household", flat=True)) == [wanted.pk]
    assert run.area == country["North"] and run.area_ids == [country["North"].pk]


def test_what_is_refused(country):
    make_variable("rooms")
    make_household(country["Almond"])
    version, draft = make_version(rooms_only(valid_from="2025-01-01")), make_version(rooms_only(), state="DRAFT")
    base = {"version": version, "areas": [country["North"]], "day": DAY, "actor": SCORER}
    for wrong in (
        {"areas": []},
        {"version": draft},
        {"day": date(2024, 1, 1)},
        {"condition": "rooms"},
        {"condition": "x; DROP TABLE"},
        {"filter": {"x": 1}},
    ):
        with pytest.raises(Invalid):
            services.score_households(**{**base, **wrong})
    for wrong in ({"areas": [country["South"]]}, {"only": "nowhere", "only_id": 1}):
        with pytest.raises(Refusal):
            services.score_households(**{**base, **wrong})
    away = make_user("away", services.score_households.name, area=country["South"])
    with pytest.raises(Refusal, match="outside"):
        services.score_households(**{**base, "actor": away})


def test_a_chunk_takes_eight_statements(country, monkeypatch):
    """Pitfall P1: at most eight a chunk and twenty besides, whatever the number of households."""
    make_variable("rooms")
    make_figures("urban", country, {"North": 0})
    for _number in range(7):
        make_household(country["Almond"], data={"rooms": 2})
    limits = [{"category": "POOR", "limit": "2", "area_id": country["North"].pk}]
    groups = [{"code": "POOR"}, {"code": "OTHER"}]
    definition = rooms_only(strata=[stratum(condition="area_urban = 0")], categories=groups, cutoffs=limits)
    monkeypatch.setattr(ranges, "CHUNK", 2)
    counts, original = [], worker.run_chunk

    def counted(job, kind, work, lease):
        with CaptureQueriesContext(connection) as context:
            more = original(job, kind, work, lease)
        counts.append(len([query for query in context.captured_queries if not query["sql"].startswith(CONTROL)]))
        return more

    monkeypatch.setattr(worker, "run_chunk", counted)
    actor = make_user("scorer", services.score_households.name, area=country["North"])
    run = score(make_version(definition), country["North"], actor=actor)
    assert run.scored == 7 and max(counts[1:-1]) <= 8 and counts[0] + counts[-1] - 8 <= 20, counts


def test_cancelled_leaves_nothing(country, monkeypatch):
    make_variable("rooms")
    for _number in range(5):
        make_household(country["Almond"], data={"rooms": 2})
    monkeypatch.setattr(ranges, "CHUNK", 2)
    run = services.score_households(version=make_version(rooms_only()), areas=[country["North"]], day=DAY, actor=SCORER)
    chunks = iter(range(9))
    monkeypatch.setattr(worker, "after_chunk", lambda: ask_cancel(Job.objects.get(pk=run.job_id)) if next(chunks) == 1 else None)
    run_until_idle()
    run.refresh_from_db()
    assert run.state == "STOPPED" and not Score.everything.exists() and not ScoreCount.everything.exists()
