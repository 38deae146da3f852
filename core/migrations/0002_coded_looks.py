from django.db import migrations, models
from django.db.models import F

PURPOSES = [
    ("missing", "To call you, since somebody was not there"),
    ("change", "To call you about a change of the shift"),
    ("before", "To prepare the shift with you"),
    ("walk-in", "You came to the desk without a seat"),
    ("by-telephone", "You called to sign up"),
    ("paper", "To look at your paper"),
    ("recovery", "To give you back your account"),
    ("other", "For another reason"),
]
WHAT = [
    ("name", "Your name"),
    ("telephone", "Your name and telephone number"),
    ("paper", "Your name and your paper"),
]


def keep_old_words(apps, schema_editor):
    """What was written as a sentence stays one: under "other", in its own words."""
    looks = apps.get_model("core", "AccessRecord").objects
    looks.update(own_words=F("purpose"), purpose="other", what="name")


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0001_initial"),
    ]

    operations = [
        migrations.AddField("accessrecord", "own_words", models.CharField(blank=True, max_length=200, default=""), preserve_default=False),
        migrations.AddField("accessrecord", "about", models.JSONField(blank=True, default=dict)),
        migrations.RunPython(keep_old_words, migrations.RunPython.noop, elidable=True),
        migrations.AlterField("accessrecord", "purpose", models.CharField(choices=PURPOSES, max_length=20)),
        migrations.AlterField("accessrecord", "what", models.CharField(choices=WHAT, max_length=20)),
    ]
