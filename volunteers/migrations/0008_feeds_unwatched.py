from django.db import migrations


class Migration(migrations.Migration):
    # Reading a calendar writes nothing, so nobody ever filled it.
    dependencies = [("volunteers", "0007_teams_feeds_and_guests")]

    operations = [migrations.RemoveField(model_name="calendarfeed", name="last_read_at")]
