"""People who come for a shift without an account of their own, and those who stay."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import LoginCode, User
from core import audit
from core.errors import DomainError
from volunteers.actions.profile import join_as_volunteer, set_birth
from volunteers.models import Volunteer


class NoGuest(DomainError):
    code = "no-guest"
    text = _("This account is kept already")


@transaction.atomic
def join_as_guest(
    *, login_code: LoginCode, name: str, language: str, at: datetime, birth_on: date | None = None
) -> Volunteer:
    """A new person behind a confirmed contact who wants one shift: name, contact, and their birthday where it asks.

    Nobody asks them for other work, and they are forgotten some weeks after their last shift (`privacy.unused`).
    """
    volunteer = join_as_volunteer(login_code=login_code, name=name, language=language, at=at)
    if birth_on is not None:
        set_birth(volunteer=volunteer, birth_on=birth_on, by=volunteer.user, at=at)
    Volunteer.objects.filter(pk=volunteer.pk).update(is_guest=True)
    volunteer.is_guest = True
    return volunteer


@transaction.atomic
def keep_account(*, volunteer: Volunteer, by: User, at: datetime) -> Volunteer:
    """Become a volunteer like any other: from now on everything is kept as for everybody."""
    if not Volunteer.objects.filter(pk=volunteer.pk, is_guest=True).update(is_guest=False):
        raise NoGuest
    volunteer.is_guest = False
    audit.record(verb="volunteer.kept", by=by, at=at, subject=volunteer)
    return volunteer
