import pytest
from django.db import connection

from coremis.kernel.jobs.tests import sample_kinds


@pytest.fixture
def rows_table(request):
    """An empty table for the sample kinds, gone after the test."""
    transactional = request.node.get_closest_marker("django_db").kwargs.get("transaction")
    request.getfixturevalue("transactional_db" if transactional else "db")
    sample_kinds.CALLS.clear()
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {sample_kinds.TABLE}")
        cursor.execute(f"CREATE TABLE {sample_kinds.TABLE} (job_id BIGINT NOT NULL, number BIGINT NOT NULL)")
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {sample_kinds.TABLE}")
