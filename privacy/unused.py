"""Accounts that nobody uses: told so a month ahead, then forgotten like those who asked for it.

A request to erase stands for the month, so that a job may die at any point and run again: whoever has one is told
already, and whoever comes back takes it back by signing in.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from accounts.models import ErasureRequest, User
from core import audit
from core.models import AuditRecord
from notifications.actions import queue_messages
from notifications.notices import Notice
from organizations.models import Membership
from tasks.models import Assignment
from volunteers.models import Proxy, Volunteer

UNUSED = timedelta(days=2 * 365)
WARNING = timedelta(days=30)
GUESTS = timedelta(days=30)
BATCH = 500


def unused_since(moment: datetime) -> QuerySet[Any]:
    """Those who neither signed in nor had a shift since then, with `used_at`.

    Members of organizations and platform staff hold an office, and who has somebody acting for them need not sign in.
    """
    shifts = Assignment.objects.live().filter(volunteer__user=OuterRef("pk"))
    last_shift = shifts.values("volunteer").annotate(last=Max("shift__ends_at")).values("last")
    members = Membership.objects.live().filter(user=OuterRef("pk"))
    helped = Proxy.objects.filter(volunteer__user=OuterRef("pk"), ended_at=None)
    used_at = Greatest(Coalesce(F("last_login"), F("joined_at")), F("joined_at"), Subquery(last_shift))
    return (
        User.objects.filter(Q(last_login=None) | Q(last_login__lt=moment))
        .filter(
            ~Exists(members),
            ~Exists(helped),
            erased_at=None,
            is_staff=False,
            is_superuser=False,
            joined_at__lt=moment,
        )
        .annotate(used_at=used_at)
        .filter(used_at__lt=moment)
    )


def warn(*, at: datetime) -> int:
    """Tell those whose account was unused for two years but a month; how many were told."""
    told = 0
    while batch := _warn_some(at):
        told += batch
    return told


@transaction.atomic
def _warn_some(at: datetime) -> int:
    waiting = ErasureRequest.objects.filter(user=OuterRef("pk"), cancelled_at=None, carried_out_at=None)
    found = unused_since(at - UNUSED + WARNING).filter(~Exists(waiting))
    people = list(found.order_by("pk").select_for_update(of=("self",), skip_locked=True)[:BATCH])
    requests = ErasureRequest.objects.bulk_create(
        ErasureRequest(
            user=person,
            cause=ErasureRequest.Cause.UNUSED,
            requested_at=at,
            due_at=max(person.used_at + UNUSED, at + WARNING),
        )
        for person in people
    )
    AuditRecord.objects.bulk_create(
        audit.entry(verb="erasure.announced", by=None, at=at, subject=request.user) for request in requests
    )
    queue_messages(
        notices=[
            Notice(
                kind="account_unused",
                event=f"account-unused:{request.pk}",
                recipient=request.user,
                context={"due_at": request.due_at, "url": "/enter/"},
                useful_until=request.due_at,
            )
            for request in requests
        ],
        at=at,
    )
    return len(requests)


@transaction.atomic
def let_guests_go(*, at: datetime) -> int:
    """Guests have their month after the last shift, of which they were told as they came; how many are due now."""
    waiting = ErasureRequest.objects.filter(user=OuterRef("pk"), cancelled_at=None, carried_out_at=None)
    guests = Volunteer.objects.filter(user=OuterRef("pk"), is_guest=True)
    # Work without a fixed time counts from the day on which it was taken.
    shifts = Assignment.objects.filter(volunteer__user=OuterRef("pk")).values("volunteer")
    last_shift = shifts.annotate(last=Max(Coalesce("shift__ends_at", "created_at"))).values("last")
    members = Membership.objects.live().filter(user=OuterRef("pk"))
    people = list(
        User.objects.filter(Exists(guests), ~Exists(waiting), ~Exists(members), erased_at=None)
        .annotate(last_at=Greatest(F("joined_at"), Subquery(last_shift)))
        .filter(last_at__lt=at - GUESTS)
        .order_by("pk")
        .select_for_update(of=("self",), skip_locked=True)[:BATCH]
    )
    ErasureRequest.objects.bulk_create(
        ErasureRequest(user=person, cause=ErasureRequest.Cause.UNUSED, requested_at=at, due_at=at)
        for person in people
    )
    AuditRecord.objects.bulk_create(
        audit.entry(verb="erasure.of_guest", by=None, at=at, subject=person) for person in people
    )
    return len(people)


def came_back(request: ErasureRequest) -> bool:
    """Whether the person of an announced erasure has signed in since."""
    seen = request.user.last_login
    return request.cause == ErasureRequest.Cause.UNUSED and seen is not None and seen >= request.requested_at


@transaction.atomic
def keep_used(*, at: datetime) -> int:
    """Take back the announced erasure of whoever has come back, or has taken an office, since; how many."""
    members = Membership.objects.live().filter(user=OuterRef("user"))
    helped = Proxy.objects.filter(volunteer__user=OuterRef("user"), ended_at=None)
    seats = Assignment.objects.filter(
        volunteer__user=OuterRef("user"), created_at__gte=OuterRef("requested_at")
    )
    return ErasureRequest.objects.filter(
        Q(user__last_login__gte=F("requested_at")) | Exists(members) | Exists(helped) | Exists(seats),
        cause=ErasureRequest.Cause.UNUSED,
        cancelled_at=None,
        carried_out_at=None,
    ).update(cancelled_at=at)
