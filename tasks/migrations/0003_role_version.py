from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tasks", "0002_initial")]

    operations = [
        migrations.AddField(
            model_name="shiftrole",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
    ]
