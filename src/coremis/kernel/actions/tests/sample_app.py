"""The fixture that switches the sample app on for a folder of tests, and off again without a trace."""

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import modify_settings

from coremis.kernel.actions import guard, numbers, triggers
from coremis.kernel.actions.action import ACTIONS, FORMER_NAMES

APP = "coremis.kernel.actions.tests.sample.apps.SampleConfig"


def sample_models():
    from coremis.kernel.actions.tests.sample.models import House, Memo, Room, Stone, Tour

    return [House, Room, Tour, Memo, Stone]


@pytest.fixture(scope="package", autouse=True)
def sample_app(django_db_setup, django_db_blocker):
    actions, former = dict(ACTIONS), dict(FORMER_NAMES)
    with modify_settings(INSTALLED_APPS={"append": APP}), django_db_blocker.unblock():
        from coremis.kernel.actions.tests.sample import services

        own = [item for item in vars(services).values() if getattr(item, "body", None) and item.body.__module__ == services.__name__]
        ACTIONS.update({item.name: item for item in own})
        FORMER_NAMES["sample.hand_over"] = services.sell_house.name
        forget()
        with connection.schema_editor() as editor:
            for model in sample_models():
                editor.create_model(model)
        install()
        yield services
        with connection.schema_editor() as editor:
            for model in reversed(sample_models()):
                editor.delete_model(model)
    for table, kept in ((ACTIONS, actions), (FORMER_NAMES, former)):
        table.clear()
        table.update(kept)
    forget()


def install():
    """Triggers and sequences, as after a migrate."""
    triggers.install_after_migrate()
    numbers.create_sequences(app_config=apps.get_app_config("sample"))


def forget():
    """What was worked out while other apps were on: relations to areas, guarded tables."""
    apps.clear_cache()
    guard.guarded_tables.cache_clear()
    guard.link_tables.cache_clear()
