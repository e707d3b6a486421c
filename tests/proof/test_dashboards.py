"""Right after counting, every number of every dashboard is what the list behind it shows: counts and money, for everybody."""

from unittest.mock import patch

import pytest

from coremis.kernel.access.seats import SEATS, permissions_of
from coremis.kernel.datasets.dataset import Dataset
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.module.contributions import CATALOGUE, contributions
from coremis.kernel.testing.cast import everywhere, make_profile, make_user
from coremis.modules.dashboards.arranging import ready_for
from coremis.modules.dashboards.reading import Reader
from coremis.modules.dashboards.services import refresh_figures
from tests.proof.walking import differences
from tests.proof.world import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db):
    found = build()
    refresh_figures(actor=everywhere(refresh_figures.name))
    run_until_idle()
    assert not (broken := Job.objects.exclude(traceback="").first()), broken.traceback
    return found


def test_it_works(world):
    compared, wrong = differences(world.people[0])
    assert compared > 150 and not wrong, "\n".join(wrong)


def test_in_a_part_of_the_country_too(world):
    for place in ("Northfield", "Almond", "South"):
        officer = make_user(f"officer-{place}", *permissions_of("commune"), area=world.country[place])
        compared, wrong = differences(officer)
        assert compared and not wrong, "\n".join(wrong)


def test_every_ready_figure_of_every_seat_is_there(world):
    for seat in SEATS:
        user = make_user(f"the-{seat}", area=world.country["Testland"], profile=make_profile(seat, *permissions_of(seat)))
        reader, ready = Reader(user), ready_for({seat}, user.permissions())
        assert bool(ready) == (seat != "it"), seat
        readings = [reader.read(one) for one in ready]
        assert all(found is not None and not found.problem for found in readings), seat


def test_each_module_can_be_off(world):
    """Without the contributions of one module the others go on, and nothing of it is left."""
    user = world.people[0]
    for module in ("payments", "programmes", "registry"):
        names = [one.name for one in contributions(Dataset) if one.name.startswith(f"{module}.")]
        with patch.dict(CATALOGUE._by_module, {module: []}):
            left = ready_for({"manager"}, user.permissions())
            assert names and left and not {one.dataset for one in left} & set(names)
            refresh_figures(actor=everywhere(refresh_figures.name))
            run_until_idle()
            assert all(Reader(user).read(one) is not None for one in left)
