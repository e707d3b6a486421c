import pytest

from coremis.modules.registry.indexing import present_indexes, take_away


@pytest.fixture
def no_index_stays():
    """Indexes outlive the rows of a test that commits."""
    yield
    for name in present_indexes():
        take_away(name)
