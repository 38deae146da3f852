"""What is held of a person, who looked, what they agreed to, and how to be forgotten."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.actions import give_consent, withdraw_consent
from accounts.models import Consent, ErasureRequest, User
from core import clock
from core.errors import DomainError
from core.models import AccessRecord
from notifications.actions import queue_messages
from notifications.notices import Notice
from privacy.actions import cancel_erasure, request_erasure
from privacy.export import export as make_export
from privacy.holdings import Holding, holdings
from web.access import SignedInRequest, signed_in
from web.account.forms import EraseForm
from web.account.page import show
from web.account.views.enter import see_other
from web.forms import posted

PAGE = 30
# What the tables of an app are about.
OTHER = "other"
ROOMS = {
    "accounts": "account",
    "sessions": "account",
    "usersessions": "account",
    "mfa": "account",
    "volunteers": "volunteer",
    "tasks": "shifts",
    "notifications": "messages",
    "residents": "help",
    "organizations": "organizations",
}


@require_GET
@signed_in
def data(request: SignedInRequest) -> HttpResponse:
    """My data, in one place."""
    current = Consent.objects.current(request.user)
    consents = [
        {
            "purpose": purpose,
            "label": label,
            "row": current.get(purpose),
            "given": purpose in current and current[purpose].decision == Consent.Decision.GRANTED,
            "fixed": purpose == Consent.Purpose.TERMS,
        }
        for purpose, label in Consent.Purpose.choices
    ]
    context = {
        "consents": consents,
        "looks": _looks(request.user)[:3],
        "erasure": _open_erasure(request.user),
    }
    return show(request, "data", context)


def _looks(user: User) -> QuerySet[AccessRecord]:
    return AccessRecord.objects.filter(person_id=user.pk).order_by("-id")


def _open_erasure(user: User) -> ErasureRequest | None:
    """What the person asked for; an unused account's erasure ended with the sign-in."""
    asked = ErasureRequest.objects.filter(user=user, cause=ErasureRequest.Cause.ASKED)
    return asked.filter(cancelled_at=None, carried_out_at=None).first()


@require_POST
@signed_in
def consent(request: SignedInRequest) -> HttpResponse:
    """Agree to one purpose, or take it back."""
    purpose = request.POST.get("purpose", "")
    if purpose not in Consent.Purpose.values:
        return see_other("account:data")
    change: Any = give_consent if request.POST.get("give") == "1" else withdraw_consent
    try:
        change(user=request.user, purpose=purpose, by=request.user, at=clock.now())
    except DomainError as error:
        messages.error(request, error.message)
    else:
        given = change is give_consent
        messages.success(
            request, gettext("Noted: you agree") if given else gettext("Taken back. It holds from now on")
        )
    return see_other("account:data")


@require_GET
@signed_in
def looks(request: SignedInRequest) -> HttpResponse:
    """Who looked at my details, when, and why."""
    number = max(1, int(request.GET["page"])) if request.GET.get("page", "").isdecimal() else 1
    number = min(number, 1000)
    found = list(_looks(request.user)[(number - 1) * PAGE : number * PAGE + 1])
    here = reverse("account:looks")
    context = {
        "looks": found[:PAGE],
        "page_number": number,
        "previous_url": f"{here}?page={number - 1}" if number > 1 else "",
        "next_url": f"{here}?page={number + 1}" if len(found) > PAGE else "",
    }
    return show(request, "looks", context)


@require_GET
@signed_in
def held(request: SignedInRequest) -> HttpResponse:
    """What each table holds of a person, why, and for how long."""
    rooms: dict[str, list[Holding]] = {room: [] for room in _rooms()}
    for holding in holdings():
        rooms[ROOMS.get(holding.app, OTHER)].append(holding)
    context = {"rooms": [(name, rooms[room]) for room, name in _rooms().items() if rooms[room]]}
    return show(request, "held", context)


def _rooms() -> dict[str, str]:
    """What the tables are about, the nearest to the reader first."""
    return {
        "account": gettext("Your account"),
        "volunteer": gettext("You as a volunteer"),
        "shifts": gettext("Shifts and hours"),
        "messages": gettext("Messages"),
        "help": gettext("When you ask for help"),
        "organizations": gettext("When you act for an organization"),
        OTHER: gettext("How the platform is kept in order"),
    }


@require_http_methods(["GET", "POST"])
@signed_in
def export(request: SignedInRequest) -> HttpResponse:
    """Fetch everything that is held of me."""
    if request.method != "POST":
        return show(request, "export", {})
    at = clock.now()
    try:
        archive = make_export(user=request.user, at=at)
    except DomainError as error:
        messages.error(request, error.message)
        return see_other("account:export")
    response = HttpResponse(archive, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="manyhands-{localdate(at)}.zip"'
    return response


@require_http_methods(["GET", "POST"])
@signed_in
def erase(request: SignedInRequest) -> HttpResponse:
    """Ask to be forgotten."""
    at = clock.now()
    form = EraseForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            wish = request_erasure(user=request.user, by=request.user, at=at)
        except DomainError as error:
            messages.error(request, error.message)
            return see_other("account:data")
        queue_messages(
            notices=[
                Notice(
                    kind="erasure_requested",
                    event=f"erasure:{wish.pk}",
                    recipient=request.user,
                    context={"due_at": wish.due_at, "url": "/me/data/"},
                )
            ],
            at=at,
        )
        return see_other("account:data")
    context = {
        "title": gettext("Forget me"),
        "text": gettext(
            "In seven days everything that is yours is erased. Until then you can change your mind."
        ),
        "consequences": [
            gettext("Your name, phone, e-mail and profile are gone; nobody can bring them back."),
            gettext("You give back the seats that you hold, so that others can take them."),
            gettext(
                "Your hours stay in the totals, without your name. Fetch your data first if you need proof of them."
            ),
        ],
        "confirm_label": gettext("Forget me"),
        "danger": True,
        "form": form,
    }
    return show(request, "erase", context)


@require_POST
@signed_in
def erase_cancel(request: SignedInRequest) -> HttpResponse:
    """Stay after all."""
    if cancel_erasure(user=request.user, by=request.user, at=clock.now()):
        messages.success(request, gettext("Good that you stay. Nothing was erased"))
    return see_other("account:data")
