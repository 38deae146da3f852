from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("tasks", "0018_assessments_have_scores"),
    ]

    operations = [
        AddIndexConcurrently(
            "task",
            models.Index(fields=["ended_at"], name="task_by_end"),
        ),
    ]
