from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0006_consent_and_interview")]
    operations = [
        migrations.AddField(
            model_name="variabledefinition",
            name="may_not_apply",
            field=models.BooleanField(
                db_default=False, default=False, help_text="“Does not apply” is an answer, beside a value.", verbose_name="may not apply"
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["birth_date", "death_date", "id"], name="person_ages"),
        ),
    ]
