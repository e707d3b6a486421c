"""An index for the question who had a status on a past day: the changes of statuses among all changes, in the order of their events.

It lies on the table of the history and is kept by PostgreSQL alone; the embedded database finds them by the kind of their records.
"""

from django.db import migrations

NAME = "programmes_changes_of_status"
CREATE = (
    f"CREATE INDEX IF NOT EXISTS {NAME} ON actions_change (event_id, record_id, id) "
    "WHERE kind = 'programmes.enrolment' AND before ? 'status'"
)


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(CREATE, params=None)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX IF EXISTS {NAME}")


class Migration(migrations.Migration):
    dependencies = [("actions", "0001_initial"), ("programmes", "0005_criteria_and_validation")]
    operations = [migrations.RunPython(create, drop)]
