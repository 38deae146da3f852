"""Codes on their way, and the word to whoever a changed contact belonged to."""

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from accounts.actions import request_code
from accounts.models import LoginCode, User
from accounts.queries import mask
from core import clock
from notifications.actions import queue_messages
from notifications.notices import Notice
from web.adapters import client_ip


def language_of(request: HttpRequest) -> str:
    """The language of the page, as a person's language."""
    return "en" if (get_language() or "").startswith("en") else "zh-hans"


def channel_of(contact: str) -> str:
    return "email" if "@" in contact else "sms"


def send_code(
    request: HttpRequest,
    contact: str,
    *,
    name: str = "",
    purpose: str = LoginCode.Purpose.ENTER,
    user: User | None = None,
) -> LoginCode:
    """Make a code and queue its message: the same work whether or not anybody is behind the contact."""
    at = clock.now()
    login_code = request_code(
        contact=contact,
        name=name,
        language=language_of(request),
        at=at,
        ip=client_ip(request),
        purpose=purpose,
        user=user,
    )
    queue_messages(
        notices=[
            Notice(
                kind="login_code",
                event=f"login_code:{login_code.pk}",
                recipient=None,
                context={"secret": login_code.secret},
                address=(channel_of(login_code.contact), login_code.contact),
                language=language_of(request),
                useful_until=login_code.expires_at,
                inbox=False,
            )
        ],
        at=at,
    )
    return login_code


def tell_old_contact(user: User, old: str, new: str) -> None:
    """Tell the contact that no longer holds; whoever did not want this then knows whom to call."""
    if not old or old == new:
        return
    at = clock.now()
    queue_messages(
        notices=[
            Notice(
                kind="contact_changed",
                event=f"contact_changed:{user.code}:{at.timestamp():.0f}",
                recipient=user,
                context={"contact": mask(new)},
                address=(channel_of(old), old),
            )
        ],
        at=at,
    )


def sign_in(request: HttpRequest, user: User, *, to: str | None, borrowed: bool = False) -> HttpResponse:
    """Sign somebody in who holds the contact; whoever has a second factor meets it on the way.

    On a borrowed device until the browser is closed.
    """
    record_authentication(request, user, method="code")
    # What a stranger was asking lasts two hours; who has signed in stays.
    request.session.set_expiry(0 if borrowed else None)
    response: HttpResponse = perform_login(request, user, redirect_url=to or None)
    return response
