from django.db import migrations, models

from coremis.kernel.actions.services import maintenance


def fill_settled(apps, schema_editor):
    """Incidents of before were settled in full."""
    incidents = apps.get_model("payments", "Incident")._base_manager.filter(state="SETTLED", end__in=["RECOVERED", "WRITTEN_OFF"])
    if incidents.exists():
        with maintenance("what settled incidents brought back"):
            incidents.update(settled_minor=models.F("amount_minor"))


class Migration(migrations.Migration):
    dependencies = [("payments", "0009_providers_and_carrying")]

    operations = [
        migrations.AddField(
            model_name="incident",
            name="settled_minor",
            field=models.BigIntegerField(db_default=0, help_text="What of it came back to the fund or was written off by a decision."),
        ),
        migrations.RunPython(fill_settled, migrations.RunPython.noop),
    ]
