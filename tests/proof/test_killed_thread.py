"""The whole thread with workers that are killed at every chunk boundary and in the middle of every chunk."""

import random
from importlib import import_module

import pytest
from django.conf import settings
from django.core.management import call_command

from coremis.kernel.access.permissions import known_permissions
from coremis.kernel.exchange.models import Batch
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import build_country, make_user
from coremis.modules.payments.models import Payroll, PayrollLine
from coremis.modules.registry.models import Household
from tests.proof.digest import digests
from tests.proof.scratch import on_a_copy
from tests.proof.suspension import Proof
from tests.proof.whole_thread import PIECES, Thread
from tests.proof.workers import at_every_boundary, at_random_moments, killed_again_and_again, undisturbed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def place(monkeypatch, tmp_path):
    monkeypatch.setattr(settings, "MEDIA_ROOT", str(tmp_path))
    for name, size in PIECES.items():
        module, constant = name.rsplit(".", 1)
        monkeypatch.setattr(import_module(module), constant, size)
    return build_country()["Testland"]


def calmly():
    run_until_idle()
    assert not Job.objects.exclude(state="DONE").exists()


def run_killed(deaths):
    """Finish the work by workers that are killed; notes how many were."""

    def finish():
        deaths.append(killed_again_and_again(PIECES, len(deaths), settings.MEDIA_ROOT))

    return finish


def test_it_works(place):
    """Pitfalls M4, D7, P3: from the file to closed results, every piece of work killed again and again: all business tables are the same."""
    people = [make_user(name, *known_permissions(), area=place) for name in ("maker", "sender", "accountant")]
    deaths = []
    with on_a_copy("calm"):
        Thread(place, people, calmly).run()
        expected = digests()
        batch, payroll = Batch.objects.get(), Payroll.objects.latest("pk")
        assert (batch.bad_count > 0, Household.objects.count(), payroll.state, payroll.line_count) == (True, 36, "CLOSED", 35)
        assert set(PayrollLine.objects.filter(payroll=payroll).values_list("state", flat=True)) == {
            "PAID",
            "PARTIAL",
            "OVERPAID",
            "UNCOLLECTED",
            "NOT_IN_FILE",
        }
        call_command("audit", "seal")
    with on_a_copy("killed"):
        Thread(place, people, run_killed(deaths)).run()
        found = digests()
        call_command("audit", "seal")
    assert {name for name in expected if expected[name] != found[name]} == set()
    assert sum(deaths) > 40


def test_the_worker_command_is_killed(monkeypatch):
    """Pitfalls P2, P3: everybody suspended and brought back; ``coremis worker`` dies at its boundaries and is killed from outside."""
    told = []
    proof = Proof(3_000, say=told.append)
    calm = proof.once("calm", undisturbed)
    assert proof.once("at every boundary", at_every_boundary) == calm, told
    assert proof.once("at random moments", lambda job: at_random_moments(job, random.Random(1), 0.05)) == calm, told
    assert calm[0]["programmes.enrolment"] != calm[1]["programmes.enrolment"] and calm[0]["history"] != calm[1]["history"]
    assert ", 0 workers killed" in told[0] and ", 0 workers killed" not in told[3]
