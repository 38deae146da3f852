from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="logincode",
            index=models.Index(fields=["contact"], name="login_code_by_contact"),
        ),
    ]
