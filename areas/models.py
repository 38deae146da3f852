"""Administrative divisions: province, city, county, township, community."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from areas.policies import short_english_name
from core.models import Privacy


class AreaQuerySet(models.QuerySet["Area"]):
    def within(self, area: Area) -> AreaQuerySet:
        """The area itself and everything below it."""
        return self.filter(path__startswith=area.path)

    def ancestors_of(self, area: Area) -> AreaQuerySet:
        """The areas above this one, from the province down."""
        return self.filter(code__in=area.path_codes[:-1]).order_by("level")

    def at_level(self, level: Area.Level | int) -> AreaQuerySet:
        return self.filter(level=level)

    def by_pinyin(self) -> AreaQuerySet:
        """In the order of a Chinese register: by reading, and by code where two names read alike."""
        return self.order_by("sort_key", "code")

    def with_parents(self) -> AreaQuerySet:
        """Loads what `full_name` reads, so that a list of areas stays one query."""
        return self.select_related("parent__parent__parent")


class Area(models.Model):
    class Level(models.IntegerChoices):
        PROVINCE = 1, _("Province")
        CITY = 2, _("City")
        COUNTY = 3, _("County or district")
        TOWNSHIP = 4, _("Township or subdistrict")
        COMMUNITY = 5, _("Community or village")

    code = models.CharField(_("code"), max_length=20, unique=True)
    level = models.PositiveSmallIntegerField(_("level"), choices=Level.choices)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("parent"),
    )
    # A county is its own county. RESTRICT, since PROTECT would guard a county against itself.
    county = models.ForeignKey(
        "self",
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("county"),
    )
    # Codes from the province down, each followed by a slash: "33/3301/330122/". `unique` on a text column
    # also makes an index with varchar_pattern_ops, which prefix searches use.
    path = models.CharField(max_length=120, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=100)
    short_name_zh = models.CharField(_("short Chinese name"), max_length=20)
    sort_key = models.CharField(max_length=200, db_index=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    tile_column = models.PositiveSmallIntegerField(null=True, blank=True)
    tile_row = models.PositiveSmallIntegerField(null=True, blank=True)

    objects = AreaQuerySet.as_manager()

    privacy: ClassVar = Privacy(
        purpose="Administrative divisions, public knowledge",
        keep="As long as the deployment serves the area",
    )

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        indexes = (models.Index(fields=["level", "sort_key"], name="area_level_sort_key"),)
        constraints = (
            models.CheckConstraint(name="area_level_known", condition=Q(level__gte=1, level__lte=5)),
            models.CheckConstraint(
                name="area_only_province_without_parent",
                condition=Q(level=1, parent__isnull=True) | Q(level__gt=1, parent__isnull=False),
            ),
            models.CheckConstraint(
                name="area_county_fits_level",
                condition=Q(level__lt=3, county__isnull=True)
                | Q(level=3, county__isnull=False, county=F("id"))
                | Q(level__gt=3, county__isnull=False),
            ),
            models.CheckConstraint(
                name="area_tile_whole_or_absent",
                condition=Q(tile_column__isnull=True, tile_row__isnull=True)
                | Q(tile_column__isnull=False, tile_row__isnull=False),
            ),
            models.CheckConstraint(
                name="area_centre_on_earth",
                condition=Q(longitude__isnull=True, latitude__isnull=True)
                | Q(
                    longitude__isnull=False,
                    latitude__isnull=False,
                    longitude__gte=-180,
                    longitude__lte=180,
                    latitude__gte=-90,
                    latitude__lte=90,
                ),
            ),
            models.CheckConstraint(name="area_path_ends_with_slash", condition=Q(path__endswith="/")),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the active language."""
        return self.name_zh if reads_chinese() else self.name_en

    @property
    def short_name(self) -> str:
        """The name without its kind, for tiles and narrow columns: 安吉, Anji."""
        return self.short_name_zh if reads_chinese() else short_english_name(self.name_en)

    @property
    def full_name(self) -> str:
        """The name with the areas above it up to the city: 杭州市桐庐县, or "Tonglu County, Hangzhou".

        Reads `parent` step by step: load lists with `with_parents()`, or from elsewhere with
        `select_related("area__parent__parent")`.
        """
        names = [self.name]
        above = self.parent if self.level > Area.Level.CITY else None
        while above is not None and above.level > Area.Level.PROVINCE:
            names.append(above.name)
            above = above.parent if above.level > Area.Level.CITY else None
        return "".join(reversed(names)) if reads_chinese() else ", ".join(names)

    @property
    def path_codes(self) -> list[str]:
        """Codes from the province down to this area."""
        return self.path.rstrip("/").split("/")

    def paths_above(self) -> list[str]:
        """The paths of the areas above and of this one: `path__in` of it finds whatever holds this area."""
        codes = self.path_codes
        return ["/".join(codes[: i + 1]) + "/" for i in range(len(codes))]

    def contains(self, other: Area) -> bool:
        """Whether the other area is this one or lies below it."""
        return other.path.startswith(self.path)


class AreaBorder(models.Model):
    """The border of an area, apart from it so that lists of areas never load it."""

    area = models.OneToOneField(Area, models.CASCADE, related_name="border", primary_key=True)
    # GeoJSON geometry (Polygon or MultiPolygon), WGS-84.
    geometry: models.JSONField[Any, Any] = models.JSONField()

    privacy: ClassVar = Privacy(
        purpose="Borders of administrative divisions, public knowledge",
        keep="As long as the area",
    )

    class Meta:
        verbose_name = _("area border")
        verbose_name_plural = _("area borders")

    def __str__(self) -> str:
        return str(self.area_id)


def reads_chinese() -> bool:
    """Whether the active language is Chinese; Chinese when none is active."""
    return (get_language() or "zh-hans").startswith("zh")
