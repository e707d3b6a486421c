"""Test set-up shared by all packages."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

DATABASE_FIXTURES = frozenset({"db", "transactional_db", "django_db_setup", "live_server"})
# Where processes share the work, these files come first, longest first: so none of them is left alone at the end. The second opens
# no database, and is at work while the first waits for the migrated one.
LONGEST = [
    "tests/proof/test_killed_thread.py", "tests/architecture/test_modules_removable.py",
    *(f"src/coremis/modules/{name}.py" for name in (
        "payments/tests/test_screens", "payments/tests/test_home", "administration/tests/test_screens", "registry/tests/test_module",
        "payments/tests/test_killed_worker", "payments/tests/test_killed_decisions", "targeting/tests/test_module",
        "programmes/tests/test_module", "programmes/tests/test_killed_worker", "geography/tests/test_screens",
    )),
    "tests/real/test_costarica_import.py", "tests/proof/test_dashboards.py", "tests/proof/test_restore_trial.py",
]  # fmt: skip
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coremis.project.settings")


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    from django.contrib.auth.hashers import Argon2PasswordHasher
    from tests.template import let_tests_copy

    from coremis.kernel.testing.database import let_tests_flush

    let_tests_flush()
    let_tests_copy()
    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1


@pytest.fixture(scope="session", autouse=True)
def _indexes_roll_back() -> None:
    from tests.indexes import let_indexes_roll_back

    let_indexes_roll_back()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what opens no database of the test run: it need not run once for each kind of database; and put long files first."""
    if hasattr(config, "workerinput"):
        first = {name: place for place, name in enumerate(LONGEST)}
        items.sort(key=lambda item: first.get(item.nodeid.partition("::")[0], len(first)))
    for item in items:
        if not item.get_closest_marker("django_db") and not DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker("no_database")


@pytest.fixture(scope="module")
def kept(request: pytest.FixtureRequest, django_db_setup: Any, django_db_blocker: Any) -> Iterator[None]:
    """For fixtures of a whole file: what they make in the database is there for each of its tests, which leaves it as it was.

    Objects are not brought back to what they were, so each test reads its own: see modules/administration/tests/conftest.py.
    """
    from django.db import transaction

    marks = [item.get_closest_marker("django_db") for item in request.session.items if item.path == request.path]
    assert not any(mark and mark.kwargs.get("transaction") for mark in marks), "a test that commits needs a file of its own"
    whole = transaction.atomic()
    whole._from_testcase = True  # as Django marks its own: see tests/indexes.py
    with django_db_blocker.unblock(), whole:
        yield
        transaction.set_rollback(True)


@pytest.fixture
def country(db: Any) -> Any:
    """A small country: areas by name (see kernel.testing.cast)."""
    from coremis.kernel.testing.cast import build_country

    return build_country()
