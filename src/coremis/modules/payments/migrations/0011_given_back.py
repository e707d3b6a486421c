from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("areas", "0001_initial"),
        ("payments", "0010_settled_incidents"),
        ("points", "0004_providers"),
        ("programmes", "0006_changes_of_status"),
        ("registry", "0007_may_not_apply_and_ages"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="payrollline",
            name="line_parts_not_below_zero",
        ),
        migrations.RemoveIndex(
            model_name="payrollline",
            name="line_kept_back",
        ),
        migrations.AlterField(
            model_name="payrollline",
            name="recovered_minor",
            field=models.BigIntegerField(
                db_default=0, help_text="What was overpaid earlier, kept back from this one; below zero: given back with it."
            ),
        ),
        migrations.AddIndex(
            model_name="payrollline",
            index=models.Index(condition=models.Q(("recovered_minor", 0), _negated=True), fields=["payroll"], name="line_kept_back"),
        ),
        migrations.AddConstraint(
            model_name="payrollline",
            constraint=models.CheckConstraint(
                condition=models.Q(("backlog_minor__gte", 0), ("carried_minor__gte", 0)), name="line_parts_not_below_zero"
            ),
        ),
    ]
