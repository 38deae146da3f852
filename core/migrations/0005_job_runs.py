from django.db import migrations, models

import core.models

PURPOSES = [
    ("missing", "To call you, since somebody was not there"),
    ("change", "To call you about a change of the shift"),
    ("before", "To prepare the shift with you"),
    ("walk-in", "You came to the desk without a seat"),
    ("by-telephone", "You called to sign up"),
    ("paper", "To look at your paper"),
    ("offer", "To ask you for a seat"),
    ("recovery", "To give you back your account"),
    ("support", "To help you, since you asked us"),
    ("delivery", "To find out what became of a message to you"),
    ("review", "To look into a decision on record"),
    ("other", "For another reason"),
]
WHAT = [
    ("name", "Your name"),
    ("telephone", "Your name and telephone number"),
    ("paper", "Your name and your paper"),
    ("account", "Your name, and in which state your account is"),
    ("messages", "Which messages went to you, without their words"),
    ("acts", "What you did on record"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0003_looks_to_ask"),
    ]

    operations = [
        migrations.CreateModel(
            name="JobRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=core.models.new_long_code, editable=False, max_length=12, unique=True)),
                ("name", models.CharField(max_length=60)),
                ("queue", models.CharField(max_length=40)),
                ("worker", models.CharField(max_length=120)),
                ("arguments", models.JSONField(default=dict)),
                ("has_all_arguments", models.BooleanField(default=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("running", "Running"), ("done", "Done"), ("failed", "Failed"), ("lost", "Lost")],
                        default="running",
                        max_length=7,
                    ),
                ),
                ("error", models.CharField(blank=True, max_length=80)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["name", "-id"], name="run_by_job"),
                    models.Index(fields=["queue", "-id"], name="run_by_queue"),
                    models.Index(fields=["started_at"], name="run_by_age"),
                    models.Index(
                        condition=models.Q(("state__in", ["failed", "lost"])), fields=["-id"], name="run_gone_wrong"
                    ),
                    models.Index(condition=models.Q(("state", "running")), fields=["started_at"], name="run_running"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        name="an_ended_run_has_an_end",
                        condition=models.Q(("ended_at", None), ("state", "running"))
                        | (~models.Q(("state", "running")) & models.Q(("ended_at__isnull", False))),
                    )
                ],
            },
        ),
        migrations.AlterField("accessrecord", "purpose", models.CharField(choices=PURPOSES, max_length=20)),
        migrations.AlterField("accessrecord", "what", models.CharField(choices=WHAT, max_length=20)),
    ]
