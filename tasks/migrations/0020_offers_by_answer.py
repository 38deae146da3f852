from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("tasks", "0019_calls_by_end"),
    ]

    operations = [
        AddIndexConcurrently(
            "offer",
            models.Index(
                fields=["ended_at"],
                name="offers_answered",
                condition=models.Q(status__in=("accepted", "declined", "expired")),
            ),
        ),
    ]
