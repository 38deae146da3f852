"""How the authority takes part in an area: what is in force, what each mode means, and changing it."""

from datetime import datetime, timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, ngettext

from areas.models import Area
from core import clock
from core.errors import DomainError
from tasks.actions.modes import change_mode, check_mode
from tasks.models import Mode
from tasks.policies import modes as policies
from tasks.queries.modes import mode_changes_over, mode_of, modes_below
from tasks.rendering.modes import MODE_NAMES, RIGHTS_IN_WORDS
from web.access import OfficialRequest, official
from web.authority.forms.governing import ModeForm
from web.authority.frame import frame, see_other, typed_in
from web.forms import posted, refuse
from web.wording import moment_words

PAGE = 20


@official
def mode(request: OfficialRequest, area_code: str) -> HttpResponse:
    """The mode in force, what each one allows, what is planned, and the history."""
    area, at = request.area, clock.now()
    changes = mode_changes_over(area)
    page = Paginator(changes.filter(effective_at__lte=at), PAGE).get_page(request.GET.get("page"))
    current = mode_of(area, at)
    own_way = [
        change
        for change in modes_below(area, at)
        if current.since is None or change.effective_at > current.since
    ]
    context = {
        **frame(request, "stage"),
        "current": current,
        "name": MODE_NAMES[current.mode],
        "modes": [(each, MODE_NAMES[each], each == current.mode) for each in Mode],
        "table": [
            (words, [(MODE_NAMES[each], getattr(policies.rights(each), right)) for each in Mode])
            for right, words in RIGHTS_IN_WORDS.items()
        ],
        "planned": list(changes.filter(effective_at__gt=at)[:PAGE]),
        "own_way": own_way[:PAGE],
        "own_way_more": max(len(own_way) - PAGE, 0),
        "page": page,
        "previous_url": f"?page={page.number - 1}" if page.has_previous() else "",
        "next_url": f"?page={page.number + 1}" if page.has_next() else "",
    }
    return render(request, "authority/mode.html", context)


@official
def change(request: OfficialRequest, area_code: str) -> HttpResponse:
    """Choose a mode; a page says what it changes; then it is so."""
    area, at = request.area, clock.now()
    form = ModeForm(posted(request), initial={"seen": at.isoformat()})
    step = request.POST.get("step")
    if request.method != "POST" or not form.is_valid() or not _fits(form, area, at) or step == "edit":
        return _change_page(request, form)
    if step != "confirm":
        return _consequences(request, form, at)
    chosen = form.cleaned_data["mode"]
    try:
        change_mode(
            area=area,
            mode=chosen,
            effective_at=form.effective(at),
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=at,
            seen=form.cleaned_data["seen"],
        )
    except DomainError as error:
        refuse(form, error)
        return _change_page(request, form)
    messages.success(request, gettext("Decided. The organizations that serve the area have been told."))
    return see_other("mode", area_code)


def _fits(form: ModeForm, area: Area, at: datetime) -> bool:
    """Whether the domain would take it; what it refuses is put beside its field."""
    try:
        check_mode(area=area, mode=form.cleaned_data["mode"], effective_at=form.effective(at), at=at)
    except DomainError as error:
        refuse(form, error)
        return False
    return True


def _change_page(request: OfficialRequest, form: ModeForm) -> HttpResponse:
    current = mode_of(request.area, clock.now())
    context = {**frame(request, "stage"), "form": form, "current": current, "name": MODE_NAMES[current.mode]}
    return render(request, "authority/change_mode.html", context)


def _consequences(request: OfficialRequest, form: ModeForm, at: datetime) -> HttpResponse:
    """The page between choosing and deciding."""
    area = request.area
    effective_at = form.effective(at)
    before, after = mode_of(area, effective_at).mode, Mode(form.cleaned_data["mode"])
    own_way = modes_below(area, effective_at + timedelta(seconds=1)).count()
    consequences = [
        gettext("From %(before)s to %(after)s") % {"before": MODE_NAMES[before], "after": MODE_NAMES[after]},
        gettext("From now on")
        if form.cleaned_data["starts"] == "now"
        else gettext("From %(moment)s") % {"moment": moment_words(effective_at, at)},
        gettext("It holds in %(area)s and all below it") % {"area": area.full_name},
    ]
    if own_way:
        consequences.append(
            ngettext(
                "%(count)d area below had its own mode and follows this one from then on.",
                "%(count)d areas below had their own modes and follow this one from then on.",
                own_way,
            )
            % {"count": own_way}
        )
    consequences.append(
        gettext("What waits for a word already still waits; who leads work already still leads.")
    )
    consequences.append(gettext("Going back is a new change; this one stays in the history with your name."))
    context = {
        **frame(request, "stage"),
        "name": MODE_NAMES[after],
        "chosen": after,
        "changed": [(RIGHTS_IN_WORDS[right], new) for right, new in policies.changed(before, after)],
        "consequences": consequences,
        "reason": form.cleaned_data["reason"],
        "typed": typed_in(form),
    }
    return render(request, "authority/confirm_mode.html", context)
