import pytest

from coremis.kernel.areas.services import add_area, close_area, define_levels, load_areas, move_area, rename_area
from coremis.kernel.testing.cast import everywhere


@pytest.fixture
def root():
    """The system with every right on areas, everywhere."""
    return everywhere(*(item.name for item in (add_area, close_area, define_levels, load_areas, move_area, rename_area)))
