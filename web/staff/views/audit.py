"""The record of what was done: who, what, about what, where, when. It can only be read."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache

from django.apps import apps
from django.db.models import CharField, F, Model, QuerySet, Value
from django.db.models.functions import Cast
from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from accounts.models import User
from areas.models import Area
from core import clock
from core.models import AuditRecord
from web.access import SignedInRequest, staff_only
from web.paging import screen_of
from web.staff.forms import AuditForm
from web.staff.frame import show
from web.staff.grants import note_acts

# What a person says or reads of a row stands in one of these.
NAMES = ("code", "number")
PERSONS = {"accounts.user", "volunteers.volunteer"}


@cache
def named_models() -> dict[str, tuple[type[Model], str]]:
    """The tables whose rows have a public code, and the name of that column."""
    found: dict[str, tuple[type[Model], str]] = {}
    for model in apps.get_models():
        columns = {field.name for field in model._meta.concrete_fields if getattr(field, "unique", False)}
        for name in NAMES:
            if name in columns:
                found.setdefault(model._meta.label_lower, (model, name))
    return found


@staff_only
@require_GET
def audit(request: SignedInRequest) -> HttpResponse:
    """The acts, newest first; whose acts are picked out can read that they were."""
    at = clock.now()
    form = AuditForm(request.GET)
    found: QuerySet[AuditRecord] = (
        _found(request, form, at) if form.is_valid() else AuditRecord.objects.none()
    )
    screen = screen_of(found, request)
    actors = _codes_of_users(row.actor_id for row in screen.rows)
    subjects = _codes_of_subjects(screen.rows)
    areas = Area.objects.in_bulk({row.area_code for row in screen.rows if row.area_code}, field_name="code")
    rows = [
        {
            "record": row,
            "actor": actors.get(row.actor_id, ""),
            "subject": subjects.get((row.subject_type, row.subject_id), ""),
            "area": areas.get(row.area_code),
        }
        for row in screen.rows
    ]
    return show(request, "audit", "audit", {"form": form, "screen": screen, "rows": rows})


def _found(request: SignedInRequest, form: AuditForm, at: datetime) -> QuerySet[AuditRecord]:
    said = form.cleaned_data
    found = AuditRecord.objects.all()
    if code := said["actor"]:
        user = User.objects.filter(code__iexact=code).first()
        if user is None:
            form.add_error("actor", gettext("Nobody has this code"))
            return found.none()
        note_acts(request, user.pk, at=at)
        found = found.filter(actor_id=user.pk)
    if verb := said["verb"]:
        found = found.filter(verb__startswith=verb) if verb.endswith(".") else found.filter(verb=verb)
    if code := said["subject"]:
        subject = _subject(code)
        if subject is None:
            form.add_error("subject", gettext("Nothing has this code"))
            return found.none()
        kind, pk, person_id = subject
        if person_id is not None:
            note_acts(request, person_id, at=at)
        found = found.filter(subject_type=kind, subject_id=pk)
    if said["area"]:
        found = found.filter(area_code=said["area"])
    since = form.since(at)
    return found.filter(at__gte=since) if since else found


def _subject(code: str) -> tuple[str, int, int | None] | None:
    """(type, id, id of the person that it is) of what has this code; one query, over every table with codes."""
    parts = [
        model._default_manager.filter(**{name: code})
        .order_by()
        .values_list(Value(label), "pk", F("user_id") if label == "volunteers.volunteer" else Value(0))[:1]
        for label, (model, name) in named_models().items()
        if model._meta.pk is not None and model._meta.pk.get_internal_type() == "BigAutoField"
    ]
    first = next(iter(parts[0].union(*parts[1:], all=True)), None)
    if first is None:
        return None
    kind, pk, person = first
    return kind, pk, (person or pk) if kind in PERSONS else None


def _codes_of_users(ids: Iterable[int | None]) -> dict[int | None, str]:
    wanted = {each for each in ids if each is not None}
    return dict(User.objects.filter(pk__in=wanted).values_list("pk", "code")) if wanted else {}


def _codes_of_subjects(rows: Iterable[AuditRecord]) -> dict[tuple[str, int], str]:
    """The public codes of what the rows are about; one query, whatever tables they stand in."""
    wanted: dict[str, set[int]] = {}
    for row in rows:
        if row.subject_type in named_models():
            wanted.setdefault(row.subject_type, set()).add(row.subject_id)
    parts = [
        named_models()[label][0]
        ._default_manager.filter(pk__in=ids)
        .order_by()
        .values_list(Value(label), "pk", Cast(named_models()[label][1], CharField()))
        for label, ids in sorted(wanted.items())
    ]
    if not parts:
        return {}
    found = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return {(label, pk): code for label, pk, code in found}
