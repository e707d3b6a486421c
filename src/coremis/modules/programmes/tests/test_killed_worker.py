"""Group changes survive workers that are killed at any moment: nothing is lost, nothing is done twice."""

import pytest

from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.tests.ready import ask
from coremis.kernel.testing.cast import build_country
from coremis.modules.programmes import services
from coremis.modules.programmes.models import Enrolment
from coremis.modules.programmes.services import places
from coremis.modules.programmes.tests.digest import digest_of
from coremis.modules.programmes.tests.sample import R, S, approved, change_all, enrol_all, make_programme, many_households, statuses, undo

ROWS, CHUNK = 5000, 700
pytestmark = pytest.mark.django_db(transaction=True)


def run_killed(seed):
    """Let workers be killed until the work is done; how often one was killed."""
    endings, problem = ask("coremis.modules.programmes.tests.killed_worker", seed=seed, chunk=CHUNK)
    assert endings[-1] in (0, -9) and 1 not in endings, problem
    assert set(Job.objects.values_list("state", flat=True)) == {"DONE"}
    return endings.count(-9)


def test_it_works(monkeypatch):
    """Suspended and undone with workers killed at every boundary and at random moments: the same digest as undisturbed."""
    monkeypatch.setattr(places, "CHUNK", CHUNK)
    country = build_country()
    many_households(country["Almond"], ROWS // 2)
    many_households(country["Cedar"], ROWS - ROWS // 2)
    calm, killed = make_programme("CALM"), make_programme("KILLED")
    for programme in (calm, killed):
        enrol_all(programme, country["North"])
    assert digest_of(calm) == digest_of(killed)
    suspension = {"areas": [country["North"]], "from_status": S.ACTIVE, "to_status": S.SUSPENDED, "reason": R.UNDER_VERIFICATION}
    kept = change_all(calm, country["North"])
    group = approved(services.change_status_matching, run=False, programme=killed, **suspension)
    chunks = ROWS // CHUNK + 2
    assert run_killed(1) >= chunks
    assert statuses(killed) == {S.SUSPENDED: ROWS} and digest_of(calm) == digest_of(killed)
    undo(kept)
    group.refresh_from_db()
    approved(services.undo_status_change, run=False, group=group)
    assert run_killed(2) >= chunks
    assert statuses(killed) == {S.ACTIVE: ROWS} and digest_of(calm) == digest_of(killed)


def test_an_enrolment_is_made_once(monkeypatch):
    """pitfall D6: the same for the enrolment itself, up to the limit of places."""
    monkeypatch.setattr(places, "CHUNK", CHUNK)
    country = build_country()
    many_households(country["Almond"], 3000)
    calm, killed = (make_programme(code, max_beneficiaries=2500) for code in ("CALM", "KILLED"))
    enrol_all(calm, country["North"])
    approved(services.enrol_matching, run=False, programme=killed, areas=[country["North"]], status=S.ACTIVE, reason=R.SELECTED)
    assert run_killed(3) > 2500 // CHUNK
    assert digest_of(calm) == digest_of(killed) and statuses(killed) == {S.ACTIVE: 2500}
    assert Enrolment._base_manager.filter(programme=killed).values("number").distinct().count() == 2500
