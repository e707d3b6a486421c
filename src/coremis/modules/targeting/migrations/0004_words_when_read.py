from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("targeting", "0003_tie_facts"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="stagerun",
            name="settings_words",
        ),
    ]
