from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("tasks", "0021_thanks"),
    ]

    operations = [
        migrations.AddField(
            "waiting",
            "joined_as",
            models.PositiveSmallIntegerField(blank=True, editable=False, null=True),
        ),
        AddIndexConcurrently(
            "waiting",
            models.Index(
                fields=["joined_as", "-id"],
                name="waiting_ended_by_place",
                condition=models.Q(ended_at__isnull=False, joined_as__isnull=False),
            ),
        ),
    ]
