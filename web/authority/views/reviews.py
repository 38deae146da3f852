"""Calls of groups that wait for an official's word."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext

from core import clock
from core.errors import DomainError
from tasks.models import Review
from tasks.permissions.modes import reviewer_of
from tasks.queries.reviews import reviews_of, reviews_waiting, with_names
from web.access import OfficialRequest, official
from web.authority.forms.governing import ReviewForm
from web.authority.frame import frame, see_other
from web.decisions import decide_review
from web.forms import posted, refuse

PAGE = 25


@official
def reviews(request: OfficialRequest, area_code: str) -> HttpResponse:
    """The queue, what is due first."""
    at = clock.now()
    page = Paginator(reviews_waiting(request.area), PAGE).get_page(request.GET.get("page"))
    context = {
        **frame(request, "approvals", "reviews"),
        "page": page,
        "rows": [(review, review.is_late(at)) for review in page],
        "previous_url": f"?page={page.number - 1}" if page.has_previous() else "",
        "next_url": f"?page={page.number + 1}" if page.has_next() else "",
    }
    return render(request, "authority/reviews.html", context)


@official
def review(request: OfficialRequest, area_code: str, review: str) -> HttpResponse:
    """What a group asks for, and the decision."""
    at = clock.now()
    within = Review.objects.filter(task__area__path__startswith=request.area.path)
    found = get_object_or_404(with_names(within).select_related("decided_by"), code=review)
    form = ReviewForm(posted(request), initial={"seen": found.edited_at and found.edited_at.isoformat()})
    mandate = None if found.decision else reviewer_of(request.user, found, at)
    if request.method == "POST" and form.is_valid():
        try:
            sentence = decide_review(found, form, by=request.user, at=at)
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, sentence)
            return see_other("reviews", area_code)
    context = {
        **frame(request, "approvals", "reviews"),
        "form": form,
        "review": found,
        "task": found.task,
        "late": found.is_late(at),
        "requirements": list(found.task.requirements.order_by("kind", "position")),
        "earlier": [each for each in reviews_of(found.task) if each.pk != found.pk],
        "decides": mandate is not None,
        "back": gettext("Calls of groups"),
    }
    return render(request, "authority/review.html", context)
