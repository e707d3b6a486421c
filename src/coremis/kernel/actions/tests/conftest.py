import pytest

from coremis.kernel.actions.tests.sample_app import sample_app  # noqa: F401
from coremis.kernel.testing.cast import everywhere, make_user


@pytest.fixture
def root():
    """The system with the right to do everything in the sample, everywhere."""
    from coremis.kernel.actions.action import ACTIONS

    return everywhere(*(name for name in ACTIONS))


@pytest.fixture
def northerner(country):
    """Somebody with all rights of the sample in the North only."""
    from coremis.kernel.actions.action import ACTIONS

    return make_user("northerner", *ACTIONS, "sample.view_house", "sample.view_room", "sample.view_tour", area=country["North"])
