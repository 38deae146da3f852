from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("notifications", "0001_initial"),
    ]

    operations = [
        AddIndexConcurrently(
            "message",
            models.Index(fields=["-id"], name="message_failed", condition=models.Q(status="failed")),
        ),
        AddIndexConcurrently(
            "message",
            models.Index(fields=["address", "-id"], name="message_to", condition=~models.Q(address="")),
        ),
    ]
