import pytest

from coremis.modules.administration.tests.house import set_up


@pytest.fixture
def people(db):
    """A country set up by the assistant: users by seat, and its two administrators."""
    return set_up()
