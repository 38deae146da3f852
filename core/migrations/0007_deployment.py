from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("core", "0006_audit_by_time"),
    ]

    operations = [
        migrations.CreateModel(
            name="Deployment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("synthetic_since", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="one_deployment")
                ],
            },
        ),
    ]
