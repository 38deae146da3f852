from typing import Any

from django.db import migrations, models


def calls_to_text_messages(apps: Any, editor: Any) -> None:
    """Nobody reads codes out by telephone: whoever chose that was sent text messages, and now reads so."""
    apps.get_model("accounts", "User").objects.filter(contact_by="call").update(contact_by="sms")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_longer_codes")]

    operations = [
        migrations.RunPython(calls_to_text_messages, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="user",
            name="contact_by",
            field=models.CharField(
                choices=[("sms", "Text message"), ("email", "E-mail")], default="sms", max_length=5
            ),
        ),
        migrations.AddField(
            model_name="erasurerequest",
            name="cause",
            field=models.CharField(
                choices=[("asked", "The person asked"), ("unused", "Nobody uses the account")],
                default="asked",
                max_length=6,
            ),
        ),
    ]
