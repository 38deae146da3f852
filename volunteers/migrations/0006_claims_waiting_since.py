from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Papers are claimed and looked at while an index is made or taken away.
    atomic = False

    dependencies = [
        ("volunteers", "0005_invitations"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="volunteercapability",
            index=models.Index(
                models.Case(models.When(confirmed_at=None, declined_at=None, then=models.F("claimed_at"))),
                name="claims_waiting_since",
            ),
        ),
        RemoveIndexConcurrently(model_name="volunteercapability", name="claims_waiting"),
    ]
