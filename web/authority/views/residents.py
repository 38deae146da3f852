"""What residents ask for, as officials see it: kinds, places and times, and nobody."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.utils.translation import gettext

from areas.models import Area
from core import clock
from core.errors import DomainError
from insights.disclosure import Cell
from insights.queries import DEFINITIONS, Key
from insights.queries.lately import NOT_KNOWN, NOTHING, Lately, lately
from residents.actions.promises import make_promise
from residents.actions.triage import pass_on
from residents.models import HelpRequest
from residents.permissions import can_promise, can_take_over
from residents.policies import ALLOWED, Verb
from residents.queries.inbox import (
    ENDED_DAYS,
    counts_of,
    happened_to,
    narrowed,
    of_kind,
    organizations_among,
    recent,
    requests_within,
    without_persons,
)
from residents.queries.own import kinds_of_help
from residents.queries.promises import Promised, promised_here, promises_over, table_of
from sheets.files.writing import CSV_TYPE, csv_chunks
from web.access import OfficialRequest, official
from web.authority.forms.residents import PromiseForm
from web.authority.frame import frame, see_other
from web.forms import posted, refuse
from web.organization.forms.residents import PassOnForm
from web.organization.views.residents import filters_of, page_address, segments, shown_state
from web.organization.views.residents_deciding import who_could_look
from web.public.figures import cell_words, item_of
from web.request_states import event_words, promise_state, request_rows, state_words

PAGE = 50
NOBODY = "nobody"
CSV_MOST = 50_000
# What came of the promises, in the order of the columns.
MEASURED = (Key.ANSWER_MINUTES, Key.DONE_MINUTES, Key.PROMISE_KEPT)


@official
def requests(request: OfficialRequest, area_code: str) -> HttpResponse:
    """The area's requests by state: kind, area, age against the promise, and who looks at them."""
    at = clock.now()
    chosen, found = _narrowed(request)
    found = recent(found, at)
    counts = counts_of(found, at)
    state = shown_state(chosen["state"], counts)
    # Said once more, for the index of what goes on: of a province nobody reads what ended to find what waits.
    listed = found if state == "ended" else found.filter(ended_at=None)
    number = request.GET.get("page", "")
    page = max(int(number) if number.isdecimal() else 1, 1)
    first = (page - 1) * PAGE
    chosen = {**chosen, "state": state}
    every = requests_within(request.area)
    context = {
        **frame(request, "requests"),
        "segments": segments(counts, chosen),
        "rows": request_rows(without_persons(narrowed(listed, state, at))[first : first + PAGE], at),
        "chosen": chosen,
        "state": state,
        "ended_days": ENDED_DAYS,
        "kinds": list(kinds_of_help()),
        "organizations": list(organizations_among(every, chosen["organization"])),
        "nobody": NOBODY,
        "csv_query": request.GET.urlencode(),
        "page_number": page,
        "page_count": max(-(-counts[state] // PAGE), 1),
        "previous_url": page_address(chosen, page - 1) if page > 1 else "",
        "next_url": page_address(chosen, page + 1) if first + PAGE < counts[state] else "",
    }
    return render(request, "authority/requests.html", context)


def _narrowed(request: OfficialRequest) -> tuple[dict[str, str], Any]:
    """What the list is narrowed to, and what is left of the area's requests."""
    chosen = {name: value for name, value in filters_of(request.GET).items() if name in ("state", "kind")}
    chosen["organization"] = request.GET.get("organization", "")[:12]
    found = requests_within(request.area)
    if chosen["kind"]:
        found = of_kind(found, chosen["kind"])
    if chosen["organization"] == NOBODY:
        found = found.filter(organization=None)
    elif chosen["organization"]:
        found = found.filter(organization__code=chosen["organization"])
    return chosen, found


@official
def requests_csv(request: OfficialRequest, area_code: str) -> StreamingHttpResponse:
    """The table with every row of the chosen state; times by the clock of the place."""
    at = clock.now()
    chosen, found = _narrowed(request)
    state = chosen["state"]
    rows = narrowed(found, state, at) if state in ("late", "ended", *HelpRequest.Status.values) else found
    names = (
        "kind",
        "area_code",
        "area",
        "organization",
        "state",
        "people",
        "asked",
        "answer_promised",
        "answered",
        "done_promised",
        "done",
        "ended",
        "late",
    )
    response = StreamingHttpResponse(
        csv_chunks(names, _csv_rows(without_persons(rows)[:CSV_MOST], at)), content_type=CSV_TYPE
    )
    name = f"{request.area.code}-requests-{localtime(at):%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _csv_rows(rows: Any, at: datetime) -> Iterator[list[Any]]:
    def clock_of(moment: datetime | None) -> datetime | None:
        return localtime(moment) if moment else None

    for found in rows.iterator(chunk_size=500):
        shape, _words = promise_state(found, at)
        yield [
            found.type.code,
            found.area.code,
            found.area.full_name,
            found.organization.display_name if found.organization else "",
            found.status,
            found.people,
            clock_of(found.asked_at),
            clock_of(found.answer_due_at),
            clock_of(found.answered_at),
            clock_of(found.done_due_at),
            clock_of(found.served_at),
            clock_of(found.ended_at),
            int(shape == "late"),
        ]


@official
def one_request(request: OfficialRequest, area_code: str, ref: str) -> HttpResponse:
    """The same record that the resident and the organization see, without words, place or contact."""
    found, at = _found(request, ref), clock.now()
    return render(request, "authority/request.html", {**_one(request, found, at)})


def _found(request: OfficialRequest, ref: str) -> HelpRequest:
    found: HelpRequest | None = without_persons(requests_within(request.area)).filter(ref=ref).first()
    if found is None:
        raise Http404
    return found


def _one(request: OfficialRequest, found: HelpRequest, at: datetime) -> dict[str, Any]:
    shape, words = promise_state(found, at)
    return {
        **frame(request, "requests"),
        "asked": found,
        "shape": shape,
        "promise": words,
        "state": state_words(found),
        # Words that were written about a person, and who wrote them, are no official's business.
        "events": [(event.at, event.organization, event_words(event.verb)) for event in happened_to(found)],
        "is_ours": found.organization_id == request.authority.pk,
        "may_pass_on": found.status in ALLOWED[Verb.PASSED_ON],
    }


@official
def pass_request_on(request: OfficialRequest, area_code: str, ref: str) -> HttpResponse:
    """Give it to another organization, or to the own authority: where nobody looks, or nobody in time."""
    found = _found(request, ref)
    if not can_take_over(request.user, found):
        raise PermissionDenied
    groups, above = who_could_look(found)
    form = PassOnForm(posted(request), groups=groups, above=above)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            to = form.cleaned_data["organization"]
            try:
                pass_on(
                    request=found,
                    organization=to,
                    by=request.user,
                    at=clock.now(),
                    words=form.cleaned_data["words"],
                )
            except DomainError as error:
                refuse(form, error)
            else:
                said = gettext("Passed on. %(organization)s looks at it now.")
                messages.success(request, said % {"organization": to.display_name})
                return see_other("request", area_code, ref)
    context = {**frame(request, "requests"), "asked": found, "form": form}
    return render(request, "authority/request_pass_on.html", context, status=status)


@official
def promises(request: OfficialRequest, area_code: str) -> HttpResponse:
    """What is promised here for each kind, who promised it, and since when; POST promises anew."""
    area, at = request.area, clock.now()
    may = can_promise(request.user, area)
    form = PromiseForm(posted(request))
    status = HTTPStatus.OK
    if request.method == "POST":
        if not may:
            raise PermissionDenied
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                make_promise(
                    area=area,
                    type=form.cleaned_data["type"],
                    answer_minutes=form.minutes("answer"),
                    done_minutes=form.minutes("done"),
                    by=request.user,
                    at=at,
                )
            except DomainError as error:
                refuse(form, error, {"answer_minutes": "answer_hours", "done_minutes": "done_hours"})
            else:
                messages.success(request, gettext("Promised. It holds for what is asked from now on."))
                return see_other("promises", area_code)
    return render(
        request, "authority/promises.html", {**_promises(request, area, at), "form": form}, status=status
    )


def _promises(request: OfficialRequest, area: Area, at: datetime) -> dict[str, Any]:
    """What holds, and beside it what came of it in the last days: for the area in all, and for each kind."""
    made = promises_over(area)
    measured = lately([area]).get(area.pk, NOTHING)
    return {
        **frame(request, "requests"),
        "table": [
            (row, [cell_words(key, _of_kind(measured, row).get(key, NOT_KNOWN)) for key in MEASURED])
            for row in table_of(made, list(kinds_of_help()), at)
        ],
        "items": [item_of(DEFINITIONS[key], measured[key]) for key in MEASURED] if measured.made_at else [],
        "by_kind": bool(measured.kinds),
        "measured_days": measured.week,
        "history": promised_here(made, area),
        "now": at,
    }


def _of_kind(measured: Lately, row: Promised) -> Mapping[str, Cell]:
    return measured.kinds.get(row.type.code, {}) if row.type else {}
