"""Organizations by name or code: where they stand, never who is in them."""

from django.db.models import Count, Q
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from organizations.models import Membership, Organization
from web.access import SignedInRequest, staff_only
from web.paging import screen_of
from web.staff.forms import OrganizationsForm
from web.staff.frame import show


@staff_only
@require_GET
def organizations(request: SignedInRequest) -> HttpResponse:
    """The newest first, or those that are searched for."""
    form = OrganizationsForm(request.GET)
    found = Organization.objects.none()
    if form.is_valid():
        words = form.cleaned_data["q"]
        found = Organization.objects.select_related("home_area__parent__parent__parent")
        if words:
            found = found.filter(
                Q(name__icontains=words) | Q(name_en__icontains=words) | Q(code__iexact=words)
            )
    screen = screen_of(found, request)
    members = dict(
        Membership.objects.live()
        .filter(organization__in=[row.pk for row in screen.rows])
        .values_list("organization_id")
        .annotate(count=Count("pk"))
        .order_by()
    )
    rows = [(row, members.get(row.pk, 0)) for row in screen.rows]
    return show(request, "organizations", "organizations", {"form": form, "screen": screen, "rows": rows})
