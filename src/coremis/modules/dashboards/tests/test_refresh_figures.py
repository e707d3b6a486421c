"""Counting ahead, on demand and by the hour; and what a figure says afterwards."""

import pytest

from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import everywhere, make_user
from coremis.modules.dashboards.arranging import Placed
from coremis.modules.dashboards.reading import Reader
from coremis.modules.dashboards.services import refresh_figures
from coremis.modules.registry.tests.factories import make_household

pytestmark = pytest.mark.django_db
SYSTEM = everywhere(refresh_figures.name)


def refresh():
    refresh_figures(actor=SYSTEM)
    run_until_idle()
    assert not (broken := Job.objects.exclude(traceback="").first()), broken.traceback


def test_it_works(country):
    for name, households in {"Almond": 3, "Beech": 2, "Fig": 1}.items():
        for _number in range(households):
            make_household(country[name])
    refresh()
    user = make_user("watcher", "registry.view_household", area=country["North"])
    reading = Reader(user).read(Placed("registry.households", "households", by="place"))
    assert [(line.words, line.numbers[0].amount) for line in reading.lines] == [("Northfield", 5)]
    assert reading.total[0].amount == 5
