"""Areas, to read: a tree with rules, which only `manage.py import_areas` writes."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern
from django.utils.translation import gettext_lazy as _

from areas.models import Area
from core.admin import ReferenceAdmin, call

call(
    Area,
    _("area"),
    _("areas"),
    {
        "sort_key": _("reading, for the order"),
        "tile_column": _("column of its tile"),
        "tile_row": _("row of its tile"),
    },
)


@admin.register(Area)
class AreaAdmin(ReferenceAdmin):
    list_display = ("code", "level", "name_zh", "name_en", "parent")
    list_filter = ("level",)
    list_select_related = ("parent",)
    search_fields = ("code", "name_zh", "name_en", "sort_key")
    ordering = ("path",)
    fields = (
        "code",
        "level",
        "parent",
        "county",
        "name_zh",
        "name_en",
        "short_name_zh",
        "sort_key",
        "longitude",
        "latitude",
        "tile_column",
        "tile_row",
    )

    def get_urls(self) -> list[URLPattern]:
        """Without the pages that write."""
        written = ("_add", "_delete")
        return [pattern for pattern in super().get_urls() if not (pattern.name or "").endswith(written)]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
