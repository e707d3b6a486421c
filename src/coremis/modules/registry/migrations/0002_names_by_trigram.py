"""Indexes for finding a part of a name among a million, where PostgreSQL offers pg_trgm; everywhere else nothing happens."""

from django.db import DatabaseError, migrations, transaction

INDEXES = {"registry_person_name_trigram": "registry_person", "registry_household_name_trigram": "registry_household"}


def has_trigrams(connection):
    """Whether pg_trgm is there, or could be created now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT installed_version FROM pg_available_extensions WHERE name = 'pg_trgm'")
        found = cursor.fetchone()
        if found is None or found[0]:
            return found is not None
        try:
            with transaction.atomic(using=connection.alias):
                cursor.execute("CREATE EXTENSION pg_trgm")
        except DatabaseError:
            return False
    return True


def create(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor != "postgresql" or not has_trigrams(connection):
        return
    for name, table in INDEXES.items():
        schema_editor.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {table} USING gin (search_name gin_trgm_ops)")


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in INDEXES:
            schema_editor.execute(f"DROP INDEX IF EXISTS {name}")


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
