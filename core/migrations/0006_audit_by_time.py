from django.contrib.postgres.indexes import BrinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("core", "0005_job_runs"),
    ]

    operations = [
        AddIndexConcurrently(
            "auditrecord", BrinIndex(fields=["at"], name="audit_by_time", pages_per_range=32)
        ),
    ]
