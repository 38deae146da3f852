"""Signing up for one shift with no more than a name and a contact; the code of a message confirms it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core import clock
from core.errors import DomainError
from tasks.queries.needs import roles_of, shift_with_seats
from web.access import public
from web.account.sending import send_code
from web.account.views.enter import SESSION_KEY
from web.account.wanted import wanted_seat
from web.forms import posted, refuse
from web.public.door import door_context
from web.public.frame import tabs
from web.public.guest_form import GuestForm
from web.public.need_view import need_view


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public
def guest(request: HttpRequest, code: str) -> HttpResponse:
    """The same answers whether or not anybody is behind the contact: a code goes there, and then it is seen."""
    shift = shift_with_seats(code)
    if shift is None:
        raise Http404
    need = reverse("public:need", args=[code])
    if request.user.is_authenticated:
        return HttpResponseRedirect(need)
    at = clock.now()
    roles = roles_of(shift)
    view = need_view(shift, roles, at, signed_in=False)
    door = door_context(shift, view, roles, None, [], at)
    if not view.is_open or view.is_full or door["door"]:
        return HttpResponseRedirect(need)
    form = GuestForm(posted(request), roles=roles, day=shift.starts_at or at)
    if request.method == "POST" and form.is_valid():
        try:
            sent = send_code(request, form.cleaned_data["contact"], name=form.cleaned_data["name"])
        except DomainError as error:
            refuse(form, error)
        else:
            request.session[SESSION_KEY] = {
                "token": sent.token,
                "joins": True,
                "messages": False,
                "next": need,
                "wanted": wanted_seat(code, form.chosen_part(), form.cleaned_data.get("birth_on")),
            }
            return HttpResponseRedirect(reverse("account:code"), status=303)
    context: dict[str, Any] = {
        "tabs": tabs(request, "needs"),
        "form": form,
        "need": view,
        "asks": door["asks"],
        "enter_url": f"{reverse('account:enter')}?next={need}",
    }
    return render(request, "public/guest.html", context, status=422 if form.errors else 200)
