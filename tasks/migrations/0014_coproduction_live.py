"""The check of old rows, without keeping anybody from writing meanwhile."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("tasks", "0013_coproduction")]

    operations = [ValidateConstraint(model_name="adoption", name="a_share_brings_people")]
