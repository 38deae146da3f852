import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

import core.words


class Migration(migrations.Migration):
    # The indexes are made beside the work that goes on.
    atomic = False

    dependencies = [("core", "0009_word_grams"), ("tasks", "0011_what_was_told")]

    operations = [
        AddIndexConcurrently(
            model_name="task",
            index=django.contrib.postgres.indexes.GinIndex(
                core.words.WordGrams("title", "second_title", "place"), name="task_by_words"
            ),
        ),
        AddIndexConcurrently(
            model_name="shift",
            index=django.contrib.postgres.indexes.GinIndex(
                core.words.WordGrams("place"), name="shift_by_words", condition=models.Q(status="open")
            ),
        ),
    ]
