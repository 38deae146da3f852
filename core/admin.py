"""What every admin of reference data has: names in the reader's language, an audit record, a kind refusal."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import admin, messages
from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError, QuerySet, RestrictedError, Value
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext

from core import audit, clock


def call(
    model: type[models.Model], one: Promise, many: Promise, fields: Mapping[str, Promise] | None = None
) -> None:
    """Name a table and its columns for the admin, the only place where their names are read."""
    model._meta.verbose_name = one  # type: ignore[assignment]
    model._meta.verbose_name_plural = many  # type: ignore[assignment]
    for name, words in (fields or {}).items():
        model._meta.get_field(name).verbose_name = words  # type: ignore[union-attr]


def uses_of(row: models.Model) -> bool:
    """Whether any row of any table points at this one; one query. What it is itself made of does not count."""
    own = {field.remote_field.through for field in row._meta.many_to_many}
    parts = [
        relation.related_model._base_manager.filter(**{relation.field.name: row.pk})
        .order_by()
        .values_list(Value(1))[:1]
        for relation in row._meta.get_fields(include_hidden=True)
        if isinstance(relation, models.ManyToOneRel) and relation.related_model not in own
    ]
    if not parts:
        return False
    found = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return len(found) > 0


class ReferenceAdmin(admin.ModelAdmin):
    """Reference data by its code. Who may enter is the site's question; here every member of staff may write."""

    # What says which row it is, and must not change once others point at it.
    fixed: tuple[str, ...] = ("code",)
    actions = None
    list_per_page = 100
    show_full_result_count = False
    view_on_site = False

    def _may(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._may(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._may(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*self.readonly_fields, *(self.fixed if obj else ()))

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        """The names of the changed columns, for the audit record."""
        return list(form.changed_data)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._record(request, "reference.added", obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._record(request, "reference.changed", obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        for obj in queryset:
            self._record(request, "reference.deleted", obj, [])

    def _record(self, request: HttpRequest, verb: str, obj: Any, fields: Iterable[str]) -> None:
        """In the transaction of the change itself, in place of the admin's own log."""
        data = {"code": obj.code, "fields": list(fields)}
        audit.record(verb=verb, by=request.user, at=clock.now(), subject=obj, data=data)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Refuse in words what is in use; the database would refuse it anyway, or forget it in silence."""
        obj = self.get_object(request, object_id)
        if obj is not None and uses_of(obj):
            return self._stays(request, obj)
        try:
            with transaction.atomic():
                return super().delete_view(request, object_id, extra_context)
        except (ProtectedError, RestrictedError, IntegrityError):
            # Somebody began to use it meanwhile.
            return self._stays(request, obj)

    def _stays(self, request: HttpRequest, obj: Any) -> HttpResponse:
        sentence = gettext(
            "“%(name)s” is in use and stays: profiles, calls, shifts or templates point at it."
        )
        messages.error(request, sentence % {"name": obj})
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[obj.pk])
        return HttpResponseRedirect(address, status=303)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The record of all acts, at this row."""
        obj = self.get_object(request, object_id)
        if obj is None:
            return HttpResponseRedirect(reverse("admin:index"))
        return HttpResponseRedirect(f"{reverse('staff:audit')}?subject={obj.code}&days=")
