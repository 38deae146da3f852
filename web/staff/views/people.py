"""Looking up one person for a task of staff: how to reach them, and whether they can sign in."""

from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from accounts.models import ErasureRequest, User
from accounts.queries import mask
from core import clock, rates
from core.models import AccessRecord
from organizations.models import Membership
from volunteers.models import Volunteer
from web.access import SignedInRequest, staff_only
from web.forms import posted
from web.staff.forms import LookUpForm, people_of
from web.staff.frame import see_other, show
from web.staff.grants import close_grant, grant_of, open_grant, put_on_record
from web.staff.views.outbox import LOOKUPS_AN_HOUR

GRANT = "people"


@dataclass(frozen=True)
class PersonRow:
    """What staff need of one person, and nothing else."""

    user: User
    phone: str
    email: str
    number: str
    has_second_factor: bool
    memberships: list[Membership]
    erasure: ErasureRequest | None


@staff_only
@require_http_methods(["GET", "POST"])
def people(request: SignedInRequest) -> HttpResponse:
    """One person by a whole number or contact, for ten minutes; they can read who looked and why."""
    at = clock.now()
    form = LookUpForm(posted(request))
    if request.method == "POST" and request.POST.get("close"):
        close_grant(request, GRANT)
        return see_other("people")
    if request.method == "POST" and form.is_valid() and _found(request, form):
        return see_other("people")
    grant = None if form.is_bound else grant_of(request, GRANT, at=at)
    if grant is None:
        return show(request, "people", "people", {"form": form})
    context: dict[str, Any] = {"grant": grant, "rows": _rows(grant.target)}
    return show(request, "person", "people", context)


def _found(request: SignedInRequest, form: LookUpForm) -> bool:
    """Open the look-up where there is anybody, and put it on record for each of them."""
    at = clock.now()
    if not rates.hit(f"staff-lookup:{request.user.pk}", limit=LOOKUPS_AN_HOUR, seconds=3600, by_machine=True):
        form.add_error(None, gettext("That is many people in an hour. Go on a little later"))
        return False
    found = [user.pk for user in people_of(form.cleaned_data["who"])]
    if not found:
        form.add_error("who", gettext("Nobody is reached by this, and no volunteer has this number"))
        return False
    purpose = form.cleaned_data["purpose"]
    words = dict(form.fields["purpose"].choices)[purpose]  # type: ignore[attr-defined]
    put_on_record(
        request, found, purpose=purpose, own_words=form.own_reason(), what=AccessRecord.What.ACCOUNT, at=at
    )
    open_grant(request, GRANT, target=found, purpose=str(words), own_words=form.own_reason(), at=at)
    return True


def _rows(ids: list[int]) -> list[PersonRow]:
    """Five queries, however many people share a phone."""
    users = User.objects.filter(pk__in=ids).order_by("pk")
    numbers = dict(Volunteer.objects.filter(user__in=ids).values_list("user_id", "number"))
    memberships = list(
        Membership.objects.live().filter(user__in=ids).select_related("organization").order_by("pk")
    )
    factors = set(
        Authenticator.objects.filter(user__in=ids, type=Authenticator.Type.TOTP).values_list(
            "user_id", flat=True
        )
    )
    erasures = {
        wish.user_id: wish
        for wish in ErasureRequest.objects.filter(user__in=ids, cancelled_at=None, carried_out_at=None)
    }
    return [
        PersonRow(
            user=user,
            phone=mask(user.phone),
            email=mask(user.email),
            number=numbers.get(user.pk, ""),
            has_second_factor=user.pk in factors,
            memberships=[each for each in memberships if each.user_id == user.pk],
            erasure=erasures.get(user.pk),
        )
        for user in users
    ]
