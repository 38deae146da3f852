"""A name on the closing page of a crisis: put up by whoever served in it, and taken down again."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import audit
from core.errors import DomainError
from tasks.models import Crisis, Thanks
from tasks.queries.thanks import has_served
from volunteers.models import Volunteer

NAME_MOST = 40


class NameMissing(DomainError):
    code = "name-missing"
    text = _("Write the name that may stand here")


class NameTooLong(DomainError):
    code = "name-too-long"
    text = _("%(most)d characters are the most")


class NotOver(DomainError):
    code = "crisis-not-over"
    text = _("Names stand here when the crisis is over")


class NotServed(DomainError):
    code = "not-served"
    text = _("Here stand those with confirmed hours in this crisis")


@transaction.atomic
def put_name_up(*, crisis: Crisis, volunteer: Volunteer, name: str, by: User, at: datetime) -> Thanks:
    """Let a name stand on the closing page; another one takes the place of the first."""
    name = " ".join(name.split())
    if not name:
        raise NameMissing(field="name")
    if len(name) > NAME_MOST:
        raise NameTooLong(field="name", most=NAME_MOST)
    if crisis.ended_at is None or crisis.ended_at > at:
        raise NotOver
    if not has_served(volunteer, crisis):
        raise NotServed
    thanks, _made = Thanks.objects.update_or_create(
        crisis=crisis, volunteer=volunteer, defaults={"name": name, "made_at": at}
    )
    audit.record(verb="thanks.put-up", by=by, at=at, subject=crisis)
    return thanks


@transaction.atomic
def take_name_down(*, crisis: Crisis, volunteer: Volunteer, by: User, at: datetime) -> None:
    """Take it down; taken down twice is taken down."""
    gone, _tables = Thanks.objects.filter(crisis=crisis, volunteer=volunteer).delete()
    if gone:
        audit.record(verb="thanks.taken-down", by=by, at=at, subject=crisis)
