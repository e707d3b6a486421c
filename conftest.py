"""Test set-up shared by all packages."""

import os
from typing import Any

import pytest

DATABASE_FIXTURES = frozenset({"db", "transactional_db", "django_db_setup", "live_server"})
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coremis.project.settings")


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    from django.contrib.auth.hashers import Argon2PasswordHasher
    from tests.template import let_tests_copy

    from coremis.kernel.testing.database import let_tests_flush

    let_tests_flush()
    let_tests_copy()
    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what opens no database of the test run: it need not run once for each kind of database."""
    for item in items:
        if not item.get_closest_marker("django_db") and not DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker("no_database")


@pytest.fixture
def country(db: Any) -> Any:
    """A small country: areas by name (see kernel.testing.cast)."""
    from coremis.kernel.testing.cast import build_country

    return build_country()
