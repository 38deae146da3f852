"""The situation report of an area and a day: a page to print, and the same as a PDF."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from core import clock
from web.access import OfficialRequest, official
from web.authority.report.gathering import DAYS_BACK, reported_day, situation
from web.authority.report.pdf import pdf_of
from web.authority.report.wording import paper_of


@require_safe
@official
def report(request: OfficialRequest, area_code: str) -> HttpResponse:
    """The page; a day of which there is no report is said to be one, and today's stands below."""
    at = clock.now()
    asked = request.GET.get("day", "")
    day = reported_day(asked, clock.today())
    refused = "" if day else gettext("There are reports of the last %(days)s days up to today.")
    shown = day or clock.today()
    context = {
        "paper": paper_of(situation(request.area, request.authority, shown, at)),
        "area": request.area,
        "room_styles": "web/area.css",
        "home_url": reverse("authority:overview", args=[area_code]),
        "day": shown,
        "today": clock.today(),
        "refused": refused % {"days": DAYS_BACK} if refused else "",
        "pdf_url": f"{reverse('authority:report_pdf', args=[area_code])}?day={shown.isoformat()}",
    }
    return render(request, "authority/report.html", context)


@require_safe
@official
def report_pdf(request: OfficialRequest, area_code: str) -> HttpResponse:
    """The file; there is none of a day without a report."""
    at = clock.now()
    day = reported_day(request.GET.get("day", ""), clock.today())
    if day is None:
        raise Http404
    paper = paper_of(situation(request.area, request.authority, day, at))
    response = HttpResponse(pdf_of(paper, made_at=at), content_type="application/pdf")
    name = f"manyhands-{area_code}-{day.isoformat()}-{paper.language}.pdf"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
