from django.db import migrations, models

import core.models

# Requests that are there already: one each, by the database.
NAME_EACH = "UPDATE residents_helprequest SET ref = upper(substr(md5(id::text || code), 1, 12)) WHERE ref IS NULL"


class Migration(migrations.Migration):
    dependencies = [
        ("residents", "0001_requests"),
    ]

    operations = [
        migrations.AddField(
            model_name="helprequest",
            name="escalated_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="helprequest",
            name="ref",
            field=models.CharField(max_length=12, null=True, editable=False),
        ),
        migrations.RunSQL(NAME_EACH, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="helprequest",
            name="ref",
            field=models.CharField(
                default=core.models.new_long_code, editable=False, max_length=12, unique=True
            ),
        ),
        migrations.AddIndex(
            model_name="helprequest",
            index=models.Index(
                condition=models.Q(("escalated_at", None), ("status", "new")),
                fields=["answer_due_at"],
                name="requests_to_answer",
            ),
        ),
        migrations.AddIndex(
            model_name="helprequest",
            index=models.Index(
                condition=models.Q(("escalated_at", None), ("status__in", ("new", "verified", "placed"))),
                fields=["done_due_at"],
                name="requests_to_do",
            ),
        ),
        migrations.AddIndex(
            model_name="helprequest",
            index=models.Index(
                condition=models.Q(("status", "served")),
                fields=["served_at"],
                name="requests_to_confirm",
            ),
        ),
    ]
