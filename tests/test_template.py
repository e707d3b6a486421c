"""The database of the tests is a copy of one that was migrated earlier: it must be what migrating now would make."""

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from coremis.kernel.actions.triggers import check_triggers
from tests.template import fingerprint

pytestmark = pytest.mark.django_db


def test_it_works():
    """Nothing is left to migrate, every trigger stands, every table of a model is there."""
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
    assert check_triggers(None, databases=["default"]) == []
    managed = {model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed}
    assert managed - set(connection.introspection.table_names()) == set()


def test_another_migration_makes_another_template(monkeypatch, tmp_path):
    before = fingerprint()
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "0001_first.py").write_text("operations = []")
    monkeypatch.setattr(apps.get_app_config("jobs"), "path", str(tmp_path))
    assert fingerprint() != before
