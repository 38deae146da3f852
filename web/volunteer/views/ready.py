"""What only the person can say before a seat is theirs: a skill that it needs, a birthday; then one tap."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core import clock
from core.errors import DomainError
from tasks import policies
from tasks.actions import seats
from tasks.actions.refusals import TooYoung
from tasks.policies import Ground
from tasks.queries.seats import SeatWanted, SignUp, for_sign_up
from volunteers.actions import set_birth, update_profile
from volunteers.models import Capability, VolunteerCapability
from web.access import VolunteerRequest, volunteer_only
from web.account.wanted import ANSWERABLE
from web.forms import posted, refuse
from web.volunteer.forms import ReadyForm, SignUpForm
from web.volunteer.frame import frame
from web.volunteer.views.find import at_the_door, taken

# An organizer who looks at each sign-up first is asked on the page of the shift.
NOT_HERE = ANSWERABLE | {Ground.NEEDS_APPROVAL}


@dataclass(frozen=True)
class Open:
    """What is not said yet."""

    skills: list[Capability]
    papers: list[Capability]
    birthday: str

    @property
    def is_nothing(self) -> bool:
        return not (self.skills or self.papers or self.birthday)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@volunteer_only
def ready(request: VolunteerRequest, code: str) -> HttpResponse:
    """Say it and take the seat; where something else stands against it, the page of the shift tells."""
    at = clock.now()
    asked = SignUpForm(request.GET if request.method != "POST" else request.POST)
    if not asked.is_valid():
        raise Http404
    part = asked.cleaned_data["part"]
    wanted = for_sign_up(role=SeatWanted(code, part), user_id=request.volunteer.user_id, at=at)
    if wanted is None:
        raise Http404
    still = _still_open(wanted, at)
    if still is None or (still.is_nothing and request.method != "POST"):
        return HttpResponseRedirect(reverse("public:need", args=[code]), status=HTTPStatus.SEE_OTHER)
    form = ReadyForm(posted(request), asks_birthday=still.birthday)
    if request.method == "POST" and not still.papers and form.is_valid():
        try:
            _say(request, form, still)
        except DomainError as error:
            refuse(form, error)
        else:
            return at_the_door(request, code, asked, seats.sign_up, taken)
    shift = wanted.shift
    context: dict[str, Any] = frame(request, "find") | {
        "form": form,
        "shift": shift,
        "title": shift.task.display_title,
        "need_url": reverse("public:need", args=[code]),
        "part": part,
        "still": still,
    }
    return render(request, "volunteer/ready.html", context, status=422 if form.errors else 200)


def _still_open(wanted: SignUp, at: datetime) -> Open | None:
    """None where more than the person's own word stands against the seat."""
    against = policies.against(wanted.reasons(at))
    if any(reason.ground not in NOT_HERE for reason in against):
        return None
    missing: list[Capability] = []
    birthday = ""
    for reason in against:
        if reason.ground == Ground.CAPABILITY:
            names = reason.params["names"]
            missing = [each for each in wanted.role.requirements.all() if each.name in names]  # type: ignore[operator]
        elif reason.ground == Ground.BIRTHDAY:
            birthday = TooYoung(age=reason.params["age"]).message
    papers = [each for each in missing if each.kind == Capability.Kind.QUALIFICATION]
    return Open([each for each in missing if each not in papers], papers, birthday)


def _say(request: VolunteerRequest, form: ReadyForm, still: Open) -> None:
    """Write down the birthday and the skills beside those that the profile has."""
    volunteer, at = request.volunteer, clock.now()
    if born := form.cleaned_data.get("birth_on"):
        set_birth(volunteer=volunteer, birth_on=born, by=request.user, at=at)
    if still.skills:
        held = VolunteerCapability.objects.filter(volunteer=volunteer)
        known = list(Capability.objects.filter(pk__in=held.values("capability")))
        update_profile(
            volunteer=volunteer, changes={"capabilities": [*known, *still.skills]}, by=request.user, at=at
        )
