"""A series: its rule in words, its shifts and what is otherwise in some, and its end."""

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from core import clock
from core.errors import DomainError
from tasks.actions.series import end_series
from tasks.models import Series, Shift
from web.access import OrganizerRequest
from web.forms import posted, refuse
from web.organization.forms.calling_off import is_sure, many_told
from web.organization.forms.series import EndSeriesForm
from web.organization.frame import frame
from web.organization.guards import leader_of_approved
from web.organization.outcomes import outcome_rows
from web.organization.pages import page_of
from web.organization.schedule import said_rule
from web.organization.views.posting import LEADER, typed
from web.organization.views.registration import see_other
from web.organization.views.schedule import sure_of
from web.states import state_of

PAGE = 60


def _of(request: OrganizerRequest, code: str) -> Series:
    leader_of_approved(request)
    own = Series.objects.filter(organization=request.organization).select_related("task__area")
    return get_object_or_404(own, code=code)


@require_GET
@LEADER
def listed(request: OrganizerRequest, code: str) -> HttpResponse:
    """The series that go on, then those that have ended lately."""
    leader_of_approved(request)
    at = clock.now()
    ahead = Count("shifts", filter=Q(shifts__status=Shift.Status.OPEN, shifts__ends_at__gt=at))
    own = Series.objects.filter(organization=request.organization).select_related("task")
    found = own.annotate(ahead=ahead).filter(
        Q(ends_on__gte=timezone.localdate(at))
        | Exists(Shift.objects.filter(series=OuterRef("pk"), ends_at__gt=at))
    )
    page = page_of(request, found.order_by("ended_at", "starts", "id"), PAGE)
    rows = [(series, said_rule(series.rule, series.starts_on)) for series in page["rows"]]
    return render(
        request, "organization/all_series.html", {**frame(request, "schedule"), **page, "rows": rows}
    )


@require_GET
@LEADER
def series(request: OrganizerRequest, code: str, series: str) -> HttpResponse:
    """One series with all shifts that were made of it."""
    found, at = _of(request, series), clock.now()
    shifts = (
        Shift.objects.with_seats().filter(series=found).select_related("task").order_by("starts_at", "id")
    )
    over = shifts.filter(ends_at__lte=at).count()
    page = Paginator(shifts, PAGE).get_page(request.GET.get("page") or over // PAGE + 1)
    rows = [
        (
            shift,
            state_of(
                shift.taken,
                shift.needed,
                shift.seats,
                shift.starts_at,
                shift.ends_at,
                at,
                cancelled=shift.status == Shift.Status.CANCELLED,
            ),
        )
        for shift in page.object_list
    ]
    context = {
        **frame(request, "schedule"),
        "series": found,
        "rule": said_rule(found.rule, found.starts_on),
        "rows": rows,
        "ends": _ends(found),
        "goes_on": found.ended_at is None or any(shift.ends_at > at for shift, _ in rows if shift.ends_at),
        "previous_url": f"?page={page.number - 1}" if page.has_previous() else "",
        "next_url": f"?page={page.number + 1}" if page.has_next() else "",
    }
    return render(request, "organization/series.html", context)


def _ends(series: Series) -> str:
    """When a shift that begins at its hour ends, by the clock."""
    minutes = series.starts.hour * 60 + series.starts.minute + series.minutes
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


@require_http_methods(["GET", "POST"])
@LEADER
def end(request: OrganizerRequest, code: str, series: str) -> HttpResponse:
    """No more of it from a day on; whoever has a seat then is named first, and told why."""
    found, at = _of(request, series), clock.now()
    tomorrow = timezone.localdate(at) + timedelta(days=1)
    form = EndSeriesForm(posted(request), initial={"from_day": max(tomorrow, found.starts_on)})
    context = {
        **frame(request, "schedule"),
        "series": found,
        "rule": said_rule(found.rule, found.starts_on),
        "form": form,
    }
    step = request.POST.get("step")
    if request.method == "POST" and form.is_valid() and step != "edit":
        sure = sure_of(request)
        keep = step == "save" and is_sure(sure)
        try:
            outcomes = end_series(
                series=found,
                from_day=form.cleaned_data["from_day"],
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=at,
                keep=keep,
            )
        except DomainError as error:
            refuse(form, error)
        else:
            if keep:
                done = sum(each.is_good for each in outcomes)
                said = ngettext("%(count)d shift is cancelled.", "%(count)d shifts are cancelled.", done)
                messages.success(request, said % {"count": done})
                return see_other("series", code, found.code)
            rows = outcome_rows(outcomes)
            context |= {
                "outcomes": rows,
                "typed": typed(request),
                "many": sure or many_told(rows.told_count),
            }
            return render(request, "organization/end_series_preview.html", context)
    return render(request, "organization/end_series.html", context)
