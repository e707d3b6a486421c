from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0007_may_not_apply_and_ages"),
    ]

    operations = [
        migrations.AlterField(
            model_name="householdmove",
            name="state",
            field=models.CharField(
                choices=[("PROPOSED", "proposed"), ("ACCEPTED", "accepted"), ("REJECTED", "rejected"), ("RECALLED", "taken back")],
                default="PROPOSED",
                max_length=8,
                verbose_name="status",
            ),
        ),
    ]
