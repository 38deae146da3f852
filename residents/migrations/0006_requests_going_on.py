from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("residents", "0005_recent_requests"),
    ]

    operations = [
        AddIndexConcurrently(
            "helprequest",
            models.Index(condition=models.Q(("ended_at", None)), fields=["asked_at"], name="request_going_on"),
        ),
    ]
