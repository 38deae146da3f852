"""Kinds of work, and the templates of calls."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import ManyToManyField
from django.forms import ModelMultipleChoiceField, SelectMultiple, Textarea
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.admin import ReferenceAdmin, call
from tasks.models import TaskTemplate, TaskType
from volunteers.admin import NAMES

call(
    TaskType,
    _("kind of task"),
    _("kinds of task"),
    {
        **NAMES,
        "cause": _("cause"),
        "asked_zh": _("as residents ask for it, in Chinese (empty: they do not)"),
        "asked_en": _("as residents ask for it, in English"),
    },
)
call(
    TaskTemplate,
    _("template"),
    _("templates"),
    {
        "code": _("code"),
        "type": _("kind of task"),
        "stage": _("stage (0: any)"),
        "title_zh": _("Chinese title"),
        "title_en": _("English title"),
        "content_zh": _("Chinese: what is done"),
        "content_en": _("English: what is done"),
        "conditions_zh": _("Chinese: conditions"),
        "conditions_en": _("English: conditions"),
        "risks_zh": _("Chinese: risks"),
        "risks_en": _("English: risks"),
        "guarantees_zh": _("Chinese: what is guaranteed"),
        "guarantees_en": _("English: what is guaranteed"),
        "starts_hour": _("hour of the start"),
        "duration_minutes": _("length in minutes"),
        "seats_min": _("seats at least"),
        "seats": _("seats at most"),
        "requirements": _("requirements"),
    },
)


@admin.register(TaskType)
class TaskTypeAdmin(ReferenceAdmin):
    list_display = ("code", "name_zh", "name_en", "cause", "position")
    list_filter = ("cause",)
    list_select_related = ("cause",)
    search_fields = ("code", "name_zh", "name_en")
    ordering = ("position", "code")
    fields = ("code", "cause", "name_zh", "name_en", "asked_zh", "asked_en", "position")


@admin.register(TaskTemplate)
class TaskTemplateAdmin(ReferenceAdmin):
    """Texts of calls. What a call was made from is copied into it: a change here changes no call."""

    list_display = ("code", "title_zh", "title_en", "type", "stage")
    list_filter = ("stage",)
    list_select_related = ("type",)
    search_fields = ("code", "title_zh", "title_en")
    ordering = ("code",)
    fieldsets = (
        (None, {"fields": ("code", "type", "stage", "title_zh", "title_en")}),
        (_("What is done"), {"fields": ("content_zh", "content_en")}),
        (
            _("Conditions, risks, guarantees"),
            {
                "fields": (
                    "conditions_zh",
                    "conditions_en",
                    "risks_zh",
                    "risks_en",
                    "guarantees_zh",
                    "guarantees_en",
                )
            },
        ),
        (
            _("Numbers to begin with"),
            {"fields": ("starts_hour", "duration_minutes", "seats_min", "seats", "requirements")},
        ),
    )
    formfield_overrides = {models.TextField: {"widget": Textarea(attrs={"rows": 4, "cols": 70})}}

    def formfield_for_manytomany(
        self, db_field: "ManyToManyField[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> ModelMultipleChoiceField | None:
        kwargs["widget"] = SelectMultiple(attrs={"size": 12})
        kwargs["queryset"] = db_field.related_model._default_manager.order_by("kind", "position")
        return super().formfield_for_manytomany(db_field, request, **kwargs)
