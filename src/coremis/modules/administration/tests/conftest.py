import pytest

from coremis.kernel.testing.cast import again
from coremis.modules.administration.tests.house import set_up


@pytest.fixture(scope="module")
def everybody(kept):
    """A country set up by the assistant, once for all tests of a file."""
    return set_up()


@pytest.fixture
def people(everybody, db):
    """Users by seat, and the two administrators."""
    return {name: again(user) for name, user in everybody.items()}
