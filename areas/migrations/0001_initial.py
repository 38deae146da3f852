import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Area",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "code",
                    models.CharField(max_length=20, unique=True, verbose_name="code"),
                ),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "Province"),
                            (2, "City"),
                            (3, "County or district"),
                            (4, "Township or subdistrict"),
                            (5, "Community or village"),
                        ],
                        verbose_name="level",
                    ),
                ),
                ("path", models.CharField(max_length=120, unique=True)),
                (
                    "name_zh",
                    models.CharField(max_length=100, verbose_name="Chinese name"),
                ),
                (
                    "name_en",
                    models.CharField(max_length=100, verbose_name="English name"),
                ),
                (
                    "short_name_zh",
                    models.CharField(max_length=20, verbose_name="short Chinese name"),
                ),
                ("sort_key", models.CharField(db_index=True, max_length=200)),
                (
                    "longitude",
                    models.FloatField(blank=True, null=True, verbose_name="longitude"),
                ),
                (
                    "latitude",
                    models.FloatField(blank=True, null=True, verbose_name="latitude"),
                ),
                (
                    "tile_column",
                    models.PositiveSmallIntegerField(blank=True, null=True),
                ),
                ("tile_row", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "county",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to="areas.area",
                        verbose_name="county",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="areas.area",
                        verbose_name="parent",
                    ),
                ),
            ],
            options={
                "verbose_name": "area",
                "verbose_name_plural": "areas",
            },
        ),
        migrations.CreateModel(
            name="AreaBorder",
            fields=[
                (
                    "area",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="border",
                        serialize=False,
                        to="areas.area",
                    ),
                ),
                ("geometry", models.JSONField()),
            ],
            options={
                "verbose_name": "area border",
                "verbose_name_plural": "area borders",
            },
        ),
        migrations.AddIndex(
            model_name="area",
            index=models.Index(fields=["level", "sort_key"], name="area_level_sort_key"),
        ),
        migrations.AddConstraint(
            model_name="area",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__gte", 1), ("level__lte", 5)),
                name="area_level_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="area",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("level", 1), ("parent__isnull", True)),
                    models.Q(("level__gt", 1), ("parent__isnull", False)),
                    _connector="OR",
                ),
                name="area_only_province_without_parent",
            ),
        ),
        migrations.AddConstraint(
            model_name="area",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("county__isnull", True), ("level__lt", 3)),
                    models.Q(
                        ("county", models.F("id")),
                        ("county__isnull", False),
                        ("level", 3),
                    ),
                    models.Q(("county__isnull", False), ("level__gt", 3)),
                    _connector="OR",
                ),
                name="area_county_fits_level",
            ),
        ),
        migrations.AddConstraint(
            model_name="area",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("tile_column__isnull", True), ("tile_row__isnull", True)),
                    models.Q(("tile_column__isnull", False), ("tile_row__isnull", False)),
                    _connector="OR",
                ),
                name="area_tile_whole_or_absent",
            ),
        ),
        migrations.AddConstraint(
            model_name="area",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("latitude__isnull", True), ("longitude__isnull", True)),
                    models.Q(
                        ("latitude__gte", -90),
                        ("latitude__isnull", False),
                        ("latitude__lte", 90),
                        ("longitude__gte", -180),
                        ("longitude__isnull", False),
                        ("longitude__lte", 180),
                    ),
                    _connector="OR",
                ),
                name="area_centre_on_earth",
            ),
        ),
        migrations.AddConstraint(
            model_name="area",
            constraint=models.CheckConstraint(
                condition=models.Q(("path__endswith", "/")),
                name="area_path_ends_with_slash",
            ),
        ),
    ]
