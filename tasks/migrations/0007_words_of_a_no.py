
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tasks', '0006_offers'),
    ]

    operations = [
        migrations.AlterField(
            model_name='offer',
            name='status',
            field=models.CharField(choices=[('offered', 'Waiting for an answer'), ('accepted', 'Accepted'), ('declined', 'Said no'), ('expired', 'Not answered in time'), ('withdrawn', 'Withdrawn')], default='offered', max_length=9),
        ),
    ]
