import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations

import core.words


class Migration(migrations.Migration):
    # The index is made beside the work that goes on.
    atomic = False

    dependencies = [("core", "0009_word_grams"), ("organizations", "0001_initial")]

    operations = [
        AddIndexConcurrently(
            model_name="organization",
            index=django.contrib.postgres.indexes.GinIndex(
                core.words.WordGrams("name", "name_en"), name="organization_by_words"
            ),
        ),
    ]
