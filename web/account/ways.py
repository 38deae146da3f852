"""The way around of somebody who acts for others, on the pages of their own account."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, pgettext

from organizations.models import Membership, Organization
from organizations.permissions import authorities_of, organizations_of
from web import second_factor
from web.context import NavItem, TabItem

Page = tuple[str, str, str]


def ways_of(request: HttpRequest) -> dict[str, Any]:
    """Navigation and tabs: to their overview or board, and `Mine`; no numbers. Nothing before the second factor.

    Empty for whoever acts for nobody. One query, which other parts of the page share.
    """
    pages = _pages(request.user)
    if not pages:
        return {}
    passed = request.session.get(second_factor.SESSION_KEY) == second_factor.PASSED
    if not (passed or second_factor.passed(request)):
        return {"nav": [], "tabs": []}
    mine = ("people", gettext("Mine"), reverse("account:me"))
    return {
        "home_url": pages[0][2],
        "nav": [*(NavItem(label, url) for _, label, url in pages), NavItem(mine[1], mine[2], current=True)],
        "tabs": [*(TabItem(*page) for page in pages), TabItem(*mine, current=True)],
    }


def _pages(user: Any) -> list[Page]:
    """Where they work: the first authority, else the first organization, else the pages of staff."""
    if authorities := authorities_of(user):
        area = [authorities[0].home_area.code]
        return [
            ("figures", gettext("Overview"), reverse("authority:overview", args=area)),
            ("ask", gettext("Calls"), reverse("authority:calls", args=area)),
            ("tick", gettext("Approvals"), reverse("authority:approvals", args=area)),
        ]
    if memberships := organizations_of(user):
        return _of_organization(memberships[0])
    if user.is_staff:
        return [
            ("time", pgettext("page of staff", "Health"), reverse("staff:health")),
            ("list", gettext("Organizations"), reverse("staff:organizations")),
        ]
    return []


def _of_organization(membership: Membership) -> list[Page]:
    organization = membership.organization
    code = [organization.code]
    pages = [("list", gettext("Board"), reverse("organization:board", args=code))]
    if organization.status == Organization.Status.APPROVED:
        pages.append(("calendar", gettext("Schedule"), reverse("organization:schedule", args=code)))
        pages.append(("qr", gettext("Desk"), reverse("organization:desks", args=code)))
    return pages
