"""What every page of an authority has around it: navigation, what waits for a decision, a stop that is on."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext, pgettext

from core.errors import DomainError
from organizations.permissions import is_official_of
from organizations.queries import verifications_waiting
from tasks.queries.stages import live_stops_over
from web.access import OfficialRequest
from web.context import NavItem, TabItem


def frame(request: OfficialRequest, current: str) -> dict[str, Any]:
    """The context that the base template reads on officials' pages; two queries."""
    area = request.area
    pages = (
        ("overview", "figures", gettext("Overview"), 0),
        ("calls", "ask", gettext("Calls"), 0),
        ("stage", "time", pgettext("page", "Stage"), 0),
        ("approvals", "tick", gettext("Approvals"), verifications_waiting(area).count()),
    )
    nav = [
        NavItem(label, reverse(f"authority:{name}", args=[area.code]), name == current, count)
        for name, _, label, count in pages
    ]
    tabs = [
        TabItem(icon, item.label, item.url, item.current)
        for (_, icon, _, _), item in zip(pages, nav, strict=True)
    ]
    nav.append(
        NavItem(gettext("Colleagues"), reverse("organization:team", args=[request.authority.code]), False)
    )
    return {
        "area": area,
        "authority": request.authority,
        "organization_name": request.authority.display_name,
        "home_url": nav[0].url,
        "nav": nav,
        "tabs": tabs,
        "footer_note": gettext(
            "Pages about areas show no persons. Who looks up a person states why, and that person can read it."
        ),
        **_stop_strip(request),
    }


def _stop_strip(request: OfficialRequest) -> dict[str, Any]:
    """The yellow strip while a stop is in force here, with its way back for whoever may lift it."""
    stop = live_stops_over(request.area).first()
    if stop is None:
        return {"live_stop": None}
    strip: dict[str, str] = {
        "title": gettext("Everything in %(area)s stands still") % {"area": stop.area.name},
        "text": stop.reason,
    }
    if is_official_of(request.user, stop.area):
        strip["url"] = reverse("authority:lift_stop", args=[stop.area.code])
        strip["link"] = gettext("Let it go on")
    return {"live_stop": stop, "stage_notice": strip}


def see_other(name: str, *args: str) -> HttpResponseRedirect:
    """To a page of ours after a POST."""
    return HttpResponseRedirect(reverse(f"authority:{name}", args=args), status=303)


def refuse(form: forms.BaseForm, error: DomainError) -> None:
    """Put what the domain refused beside the field that it is about, or above the form."""
    form.add_error(error.field if error.field in form.fields else None, error.message)


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: an empty POST counts as one."""
    return request.POST if request.method == "POST" else None


def typed_in(form: forms.BaseForm) -> list[tuple[str, str]]:
    """What was typed, for a preview that carries it on in hidden fields."""
    data = form.data
    return [
        (form.add_prefix(name), value)
        for name in form.fields
        for value in (data.getlist(form.add_prefix(name)) if hasattr(data, "getlist") else [data.get(name)])
        if value
    ]
