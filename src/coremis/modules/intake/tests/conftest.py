import pytest

from coremis.kernel.exchange.applying import apply_batch
from coremis.kernel.exchange.undoing import undo_batch
from coremis.kernel.testing.cast import make_profile, make_route, make_user

RIGHTS = (
    "exchange.create_batch", "exchange.check_batch", "exchange.cancel_batch", "exchange.apply_batch", "exchange.view_batch",
    "exchange.correct_rows", "exchange.replace_text", "exchange.undo_correction", "exchange.check_again", "exchange.undo_batch",
    "exchange.save_mapping", "registry.change_person", "registry.change_household",
    "approvals.submit_request", "registry.register_household", "intake.reveal_files",
)  # fmt: skip


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def people(country):
    """A data officer of the North and a checker of the country, with a route between them."""
    checkers = make_profile("checkers", "approvals.approve_request", "approvals.return_request", "exchange.view_batch")
    for action in (apply_batch, undo_batch):
        make_route(action.name, country["Testland"], checkers)
    maker = make_user("maker", *RIGHTS, area=country["North"])
    return maker, make_user("checker", area=country["Testland"], profile=checkers)
