"""When somebody wants to be reminded of a shift."""

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from core import clock
from volunteers.actions import update_profile
from web.access import VolunteerRequest, volunteer_only
from web.account.page import show
from web.account.reminder_form import RemindersForm
from web.account.views.enter import see_other
from web.forms import posted


@require_http_methods(["GET", "POST"])
@volunteer_only
def reminders(request: VolunteerRequest) -> HttpResponse:
    volunteer = request.volunteer
    form = RemindersForm(posted(request), initial={"reminders": [str(lead) for lead in volunteer.reminders]})
    if request.method == "POST" and form.is_valid():
        leads = form.leads()
        update_profile(volunteer=volunteer, changes={"reminders": leads}, by=request.user, at=clock.now())
        messages.success(
            request,
            gettext("Saved. We remind you then.")
            if leads
            else gettext("Saved. Nobody reminds you: look at your shifts here."),
        )
        return see_other("account:me")
    return show(request, "reminders", {"form": form})
