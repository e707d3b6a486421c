"""``coremis bench`` on a very small country: every job does its work, and so does the floor beside it."""

import pytest
from django.db import connection
from django.test import override_settings

from coremis.project.bench import lists
from coremis.project.bench.measure import Measured
from coremis.project.management.commands.bench import JOBS, Command
from tests.proof.scratch import on_a_copy

ROWS = 500
WITH_A_FLOOR = {
    "suspension",
    "payroll",
    "release",
    "reconciliation with its check",
    "counting ahead",
    "score",
    "campaign: list",
    "campaign: quota",
    "campaign: approval",
    "import",
}


@pytest.mark.django_db(transaction=True)
def test_it_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "TURNS", 2)
    found: list[Measured] = []
    with on_a_copy("bench"), override_settings(ALLOWED_HOSTS=["*"]):
        Command().measure(ROWS, list(JOBS), found.append)
    lines = {line.job: line for line in found}
    assert set(lines) >= WITH_A_FLOOR, sorted(lines)
    assert lines["payroll"].rows == lines["release"].rows == lines["reconciliation with its check"].rows == ROWS
    assert all(line.seconds > 0 and line.queries > 0 for line in found), found
    if connection.vendor == "postgresql":
        assert all(lines[job].floor_seconds > 0 for job in WITH_A_FLOOR), found
