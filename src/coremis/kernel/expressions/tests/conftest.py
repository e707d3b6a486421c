import pytest
from django.db import connection

from coremis.kernel.expressions.tests.sample import Dwelling


@pytest.fixture(scope="module")
def dwelling_table(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            editor.create_model(Dwelling)
        yield
        with connection.schema_editor() as editor:
            editor.delete_model(Dwelling)
