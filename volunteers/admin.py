"""Causes, skills, languages and qualifications."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.admin import ReferenceAdmin, call
from volunteers.models import Capability, Cause

NAMES = {
    "code": _("code"),
    "name_zh": _("Chinese name"),
    "name_en": _("English name"),
    "position": _("place in the list"),
}

call(Cause, _("cause"), _("causes"), NAMES)
call(
    Capability,
    _("skill, language or qualification"),
    _("skills, languages and qualifications"),
    {**NAMES, "kind": _("kind of capability")},
)


@admin.register(Cause)
class CauseAdmin(ReferenceAdmin):
    list_display = ("code", "name_zh", "name_en", "position")
    search_fields = ("code", "name_zh", "name_en")
    ordering = ("position", "code")
    fields = ("code", "name_zh", "name_en", "position")


@admin.register(Capability)
class CapabilityAdmin(ReferenceAdmin):
    """Its kind stays: what was confirmed as one thing must not become another."""

    fixed = ("code", "kind")
    list_display = ("code", "kind", "name_zh", "name_en", "position")
    list_filter = ("kind",)
    search_fields = ("code", "name_zh", "name_en")
    ordering = ("kind", "position", "code")
    fields = ("code", "kind", "name_zh", "name_en", "position")
