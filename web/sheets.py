"""The steps of a table on its pages, shared by organizations and officials; each gives its own frame and addresses."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language, gettext, ngettext

from areas.models import Area
from core import clock
from core.errors import DomainError
from organizations.models import Organization
from sheets.actions.errors import FileRefused
from sheets.actions.exporting import OF_PERSONS, take_out
from sheets.actions.importing import (
    bring_in,
    check,
    drop,
    headers_of,
    read_again,
    table_of,
    take_over,
)
from sheets.files.limits import Unreadable
from sheets.files.writing import CSV_TYPE, XLSX_TYPE, csv_chunks, xlsx_bytes
from sheets.models import Sheet
from sheets.queries import all_problems, problems_of
from sheets.rendering.report import report_rows, report_titles, said
from sheets.rendering.words import WARNINGS, failure_words, note_words, titles
from tasks.models import Shift, Task
from web.access import SignedInRequest
from web.forms import posted, refuse
from web.sheet_forms import ColumnsForm, EncodingForm, TakeOutForm, UploadForm, letter

PAGE = 50
SHEETS_SHOWN = 30
PREVIEW_LINES = 6
TYPES = {"csv": CSV_TYPE, "xlsx": XLSX_TYPE}
Status = Sheet.Status


@dataclass(frozen=True)
class Place:
    """Whose tables they are, what stands around their pages, and where these are."""

    organization: Organization
    area: Area | None
    sheets: QuerySet[Sheet]
    around: Callable[[], dict[str, Any]]
    url: Callable[..., str]
    imports: Sequence[str]
    exports: Sequence[tuple[str, Any]]
    tasks: Callable[[], Sequence[Task]] = field(default=tuple)

    def context(self, **values: Any) -> dict[str, Any]:
        return {**self.around(), "sheets_url": self.url("sheets"), **values}

    def find(self, code: str) -> Sheet:
        sheet = get_object_or_404(self.sheets, code=code)
        sheet.organization = self.organization
        return sheet


def _language() -> str:
    return "en" if (get_language() or "").startswith("en") else "zh-hans"


def _see_other(address: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(address, status=303)


def index(request: SignedInRequest, place: Place) -> HttpResponse:
    """What was brought in and taken out lately, and where a new one begins."""
    rows = list(place.sheets[:SHEETS_SHOWN])
    context = place.context(
        rows=[(row, place.url("sheet", row.code)) for row in rows],
        imports=[(kind, Sheet.Kind(kind).label, place.url("bring_in", kind)) for kind in place.imports],
        take_out_url=place.url("take_out"),
    )
    return render(request, "sheets/index.html", context)


def upload(request: SignedInRequest, place: Place, kind: str) -> HttpResponse:
    """Choose a file."""
    if kind not in place.imports:
        raise Http404
    tasks = place.tasks() if kind == Sheet.Kind.SHIFTS else None
    form = UploadForm(posted(request), request.FILES or None, tasks=tasks)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            sheet = bring_in(
                kind=kind,
                organization=place.organization,
                area=place.area,
                task=form.task_chosen(),
                file_name=file.name or "",
                content=file.read(),
                by=request.user,
                at=clock.now(),
                language=_language(),
                options={"language": form.cleaned_data.get("language") or _language()},
            )
        except DomainError as error:
            refuse(form, error)
        else:
            return _see_other(place.url("sheet", sheet.code))
    context = place.context(
        form=form,
        kind=kind,
        headers=titles(kind),
        samples=[place.url("sample", kind, form) for form in ("xlsx", "csv")],
        no_tasks=tasks is not None and not tasks,
    )
    return render(request, "sheets/upload.html", context, status=422 if form.errors else 200)


def sample(place: Place, kind: str, format: str) -> HttpResponse:
    """An empty table with our headers."""
    if kind not in place.imports or format not in TYPES:
        raise Http404
    heads = titles(kind)
    content = xlsx_bytes(kind, heads, ()) if format == "xlsx" else b"".join(csv_chunks(heads, ()))
    return _file(content, f"{kind}.{format}", format)


def _file(content: bytes, name: str, format: str) -> HttpResponse:
    response = HttpResponse(content, content_type=TYPES[format])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def sheet_page(request: SignedInRequest, place: Place, code: str) -> HttpResponse:
    """One table, in whatever state it is."""
    sheet = place.find(code)
    if request.method == "POST":
        return _act(request, place, sheet)
    if sheet.status == Status.NEW:
        return _columns(request, place, sheet)
    state = _state(request, place, sheet)
    if request.htmx:  # type: ignore[attr-defined]
        return render(
            request, "sheets/state.html", {**state, "polled": True, "said": _said_at_the_end(sheet)}
        )
    return render(request, "sheets/sheet.html", place.context(**state))


def _act(request: SignedInRequest, place: Place, sheet: Sheet) -> HttpResponse:
    """What a button of the table's page says."""
    here, step = place.url("sheet", sheet.code), request.POST.get("step", "")
    values: dict[str, Any] = {"sheet": sheet, "by": request.user, "at": clock.now()}
    if step == "check":
        return _columns(request, place, sheet)
    try:
        if step == "encoding":
            form = EncodingForm(request.POST)
            if form.is_valid():
                read_again(encoding=form.cleaned_data["encoding"], **values)
        elif step == "columns":
            # Back to the columns, in which another word may be said.
            return _columns(request, place, sheet, again=True)
        elif step == "take":
            take_over(whole_only=False, **values)
        elif step == "drop":
            drop(**values)
            messages.success(request, gettext("Given up. The file is deleted; nothing was taken over."))
            return _see_other(place.url("sheets"))
    except DomainError as error:
        messages.error(request, error.message)
    return _see_other(here)


def _columns(request: SignedInRequest, place: Place, sheet: Sheet, *, again: bool = False) -> HttpResponse:
    """Which column is which, beside the first lines of the file."""
    if sheet.status not in (Status.NEW, Status.CHECKED):
        return _see_other(place.url("sheet", sheet.code))
    try:
        table = table_of(sheet)
        heads = headers_of(sheet, table)
        lines = [line for line in table.head(PREVIEW_LINES + 15) if line.number > sheet.header_line]
    except Unreadable as error:
        messages.error(request, FileRefused(error, kind=sheet.kind).message)
        return _see_other(place.url("sheets"))
    width = max([len(heads.titles), *(len(line.cells) for line in lines)])
    heads_all = [*heads.titles, *[""] * (width - len(heads.titles))]
    bound = request.POST if request.method == "POST" and not again else None
    form = ColumnsForm(bound, sheet=sheet, titles=heads_all)
    if bound is not None and form.is_valid():
        try:
            check(sheet=sheet, mapping=form.mapping(), by=request.user, at=clock.now())
        except DomainError as error:
            refuse(form, error)
        else:
            return _see_other(place.url("sheet", sheet.code))
    context = place.context(
        sheet=sheet,
        form=form,
        matched=[] if form.is_bound else form.matched(),
        encoding_form=EncodingForm(initial={"encoding": sheet.encoding}) if sheet.format == "csv" else None,
        columns=[(letter(at), title) for at, title in enumerate(heads_all)],
        lines=[_shown(line.number, line.cells, width) for line in lines[:PREVIEW_LINES]],
        notes=note_words(sheet),
        here=place.url("sheet", sheet.code),
    )
    return render(request, "sheets/columns.html", context, status=422 if form.errors else 200)


def _shown(number: int, cells: Sequence[Any], width: int) -> tuple[int, list[str]]:
    """A line as it looks in the file: days without the midnight that workbooks store with them."""
    words = [
        ""
        if cell is None
        else str(getattr(cell, "name", cell)).removesuffix(" 00:00:00" if isinstance(cell, datetime) else "")[
            :60
        ]
        for cell in cells
    ]
    return number, [*words, *[""] * (width - len(words))]


def _state(request: HttpRequest, place: Place, sheet: Sheet) -> dict[str, Any]:
    """What the page of a table shows once its columns are said."""
    here = place.url("sheet", sheet.code)
    page = Paginator(problems_of(sheet, last=WARNINGS), PAGE).get_page(request.GET.get("page"))
    return {
        "organization": place.organization,
        "sheet": sheet,
        "here": here,
        "page": page,
        "problems": list(said(sheet, page)) if sheet.direction == Sheet.Direction.IN else [],
        "previous_url": f"?page={page.number - 1}" if page.has_previous() else "",
        "next_url": f"?page={page.number + 1}" if page.has_next() else "",
        "report_url": place.url("report", sheet.code),
        "file_url": place.url("file", sheet.code) if _may_download(request, sheet) else "",
        "failure": failure_words(sheet.failure),
        "notes": note_words(sheet),
        "take_label": _take_label(sheet),
        "again_url": place.url("bring_in", sheet.kind) if sheet.direction == Sheet.Direction.IN else "",
    }


def _said_at_the_end(sheet: Sheet) -> str:
    """What a screen reader hears, once, when the work is over; nothing while it goes on."""
    said = {
        Status.CHECKED: gettext("Checked. Good lines: %(good)d. Bad lines: %(bad)d."),
        Status.DONE: gettext("Finished."),
    }.get(Status(sheet.status), gettext("It has ended without being taken over."))
    return said % {"good": sheet.good_count, "bad": sheet.bad_count}


def _take_label(sheet: Sheet) -> str:
    count = sheet.good_count
    if sheet.kind == Sheet.Kind.PEOPLE:
        words = ngettext("Invite %(count)d person", "Invite %(count)d people", count)
    elif sheet.kind == Sheet.Kind.SHIFTS:
        words = ngettext("Post %(count)d shift", "Post %(count)d shifts", count)
    else:
        words = ngettext("Enter %(count)d organization", "Enter %(count)d organizations", count)
    return words % {"count": count}


def report(place: Place, code: str) -> StreamingHttpResponse:
    """Every bad line as a file, in the language of the page."""
    sheet = place.find(code)
    language = _language()
    response = StreamingHttpResponse(
        csv_chunks(report_titles(), report_rows(sheet, all_problems(sheet), language=language)),
        content_type=CSV_TYPE,
    )
    response["Content-Disposition"] = f'attachment; filename="report-{sheet.code}.csv"'
    return response


def take_out_page(
    request: SignedInRequest, place: Place, *, shift: Shift | None = None, of_persons: bool = True
) -> HttpResponse:
    """Say what to take out, and for what."""
    kinds = [(Sheet.Kind.ROSTER.value, Sheet.Kind.ROSTER.label)] if shift else place.exports
    form = TakeOutForm(
        posted(request), kinds=kinds, of_persons=of_persons, initial=request.GET.dict() if not shift else None
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            sheet = take_out(
                kind=values["kind"],
                format=values["format"],
                organization=place.organization,
                area=place.area,
                shift=shift,
                by=request.user,
                at=clock.now(),
                language=_language(),
                purpose=values.get("purpose", "") if values["kind"] in OF_PERSONS else "",
                own_words=values.get("other", ""),
                days=form.days(),
            )
        except DomainError as error:
            refuse(form, error)
        else:
            return _see_other(place.url("sheet", sheet.code))
    context = place.context(form=form, shift=shift, of_persons=of_persons)
    return render(request, "sheets/take_out.html", context, status=422 if form.errors else 200)


def _may_download(request: HttpRequest, sheet: Sheet) -> bool:
    """A table that names persons is for whoever stated the purpose."""
    if sheet.direction != Sheet.Direction.OUT or sheet.status != Status.DONE or not sheet.content_size:
        return False
    return sheet.kind not in OF_PERSONS or sheet.by_id == request.user.pk


def download(request: SignedInRequest, place: Place, code: str) -> HttpResponse:
    """The file of an export, while it is kept."""
    sheet = place.find(code)
    content = Sheet.objects.values_list("content", flat=True).get(pk=sheet.pk)
    if not _may_download(request, sheet) or content is None:
        raise Http404
    return _file(bytes(content), sheet.file_name, sheet.format)
