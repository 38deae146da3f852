"""What every page of staff has around it, and the way on after a POST."""

from typing import Any

from django.forms import BaseForm
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, pgettext

from web.access import SignedInRequest
from web.context import NavItem, TabItem


def frame(current: str) -> dict[str, Any]:
    """The context that the base template reads; no query."""
    pages = (
        ("health", "time", pgettext("page of staff", "Health"), "staff:health"),
        ("messages", "ask", gettext("Messages"), "staff:messages"),
        ("jobs", "list", pgettext("page of staff", "Jobs"), "staff:jobs"),
        ("audit", "seen-by", pgettext("page of staff", "Record"), "staff:audit"),
        ("people", "people", pgettext("page of staff", "People"), "staff:people"),
    )
    nav = [NavItem(label, reverse(name), key == current) for key, _, label, name in pages]
    tabs = [
        TabItem(icon, item.label, item.url, item.current)
        for (_, icon, *_), item in zip(pages, nav, strict=True)
    ]
    return {
        "organization_name": gettext("Platform staff"),
        "home_url": nav[0].url,
        "nav": [
            *nav,
            NavItem(gettext("Organizations"), reverse("staff:organizations"), current == "organizations"),
            NavItem(gettext("Reference data"), reverse("admin:index")),
        ],
        "tabs": tabs,
        "footer_note": gettext(
            "Lists show no persons. Who looks somebody up states why, and that person can read it."
        ),
    }


def show(request: SignedInRequest, name: str, current: str, context: dict[str, Any]) -> HttpResponse:
    """One of the templates of these pages; with errors in its form the answer is 422."""
    form = context.get("form")
    wrong = isinstance(form, BaseForm) and form.is_bound and bool(form.errors)
    return render(request, f"staff/{name}.html", {**frame(current), **context}, status=422 if wrong else 200)


def see_other(name: str, *args: str) -> HttpResponseRedirect:
    """To a page of ours after a POST."""
    return HttpResponseRedirect(reverse(f"staff:{name}", args=args), status=303)
