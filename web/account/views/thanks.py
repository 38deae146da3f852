"""One's own name on the closing pages of crises."""

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from core import clock
from tasks.actions.thanking import take_name_down
from tasks.queries.thanks import own_names
from volunteers.queries import volunteer_of
from web.access import SignedInRequest, signed_in
from web.account.page import show
from web.account.views.enter import see_other
from web.undo import say_done


@require_GET
@signed_in
def thanks(request: SignedInRequest) -> HttpResponse:
    """Where the reader's name stands for everybody to read."""
    volunteer = volunteer_of(request.user)
    return show(request, "thanks", {"names": own_names(volunteer) if volunteer else []})


@require_POST
@signed_in
def thanks_down(request: SignedInRequest, code: str) -> HttpResponse:
    """Take it down; the closing page is where it can be put up again."""
    volunteer = volunteer_of(request.user)
    own = own_names(volunteer) if volunteer else []
    found = next((one for one in own if one.crisis.code == code), None)
    if found is None or volunteer is None:
        raise Http404
    take_name_down(crisis=found.crisis, volunteer=volunteer, by=request.user, at=clock.now())
    say_done(
        request,
        gettext("Your name is down."),
        back=reverse("public:closing", args=[code]),
        label=gettext("To the page, to put it up again"),
    )
    return see_other("account:thanks")
