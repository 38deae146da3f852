"""Decisions as a report says them: what was decided, without who."""

from datetime import date, timedelta

from django.utils.translation import gettext

from insights.models import Release
from insights.queries.decisions import Decision, What
from organizations.models import Delegation, Verification
from tasks.models import Mode, Review, Transfer
from tasks.queries.stages import number_name
from web.wording import duration_words, local, number_words, plain_date, span_words


def decision_words(one: Decision) -> str:
    """One decision as a sentence, with the reason that was written for it."""
    words = _WORDS[one.what](one)
    return f"{words}{gettext(': ')}{one.reason}" if one.reason else words


def counted_words(one: Decision) -> str:
    """Many verifications as a line: how many organizations were approved, or declined, on the day."""
    words = (
        gettext("Organizations approved: %(count)s")
        if one.code == Verification.Decision.APPROVED
        else gettext("Organizations declined: %(count)s")
    )
    return words % {"count": number_words(one.alike)}


def _moment(one: Decision) -> str:
    assert one.until is not None
    return f"{plain_date(local(one.until).date())} {local(one.until):%H:%M}"


def _stage(one: Decision) -> str:
    return gettext("%(area)s: %(stage)s from %(moment)s") % {
        "area": one.area,
        "stage": number_name(int(one.code)),
        "moment": _moment(one),
    }


def _mode(one: Decision) -> str:
    return gettext("%(area)s: from %(moment)s the authority works as follows. %(mode)s") % {
        "area": one.area,
        "mode": Mode(one.code).label,
        "moment": _moment(one),
    }


def _stop(one: Decision) -> str:
    return gettext("%(area)s: everything stopped") % {"area": one.area}


def _lift(one: Decision) -> str:
    return gettext("%(area)s: the stop lifted") % {"area": one.area}


def _review(one: Decision) -> str:
    words = (
        gettext("Call made public: %(call)s, %(area)s")
        if one.code == Review.Decision.APPROVED
        else gettext("Call given back to the group: %(call)s, %(area)s")
    )
    return words % {"call": one.subject, "area": one.area}


def _verification(one: Decision) -> str:
    words = (
        gettext("Organization approved: %(name)s, %(area)s")
        if one.code == Verification.Decision.APPROVED
        else gettext("Organization declined: %(name)s, %(area)s")
    )
    return words % {"name": one.subject, "area": one.area}


def _transfer(one: Decision) -> str:
    words = (
        gettext("Hands from %(giver)s for %(taker)s: both sides agreed")
        if one.code == Transfer.Status.AGREED
        else gettext("Hands from %(giver)s for %(taker)s: declined")
    )
    return words % {"giver": one.subject, "taker": one.area}


def _delegation(one: Decision) -> str:
    assert one.until is not None
    return gettext("%(area)s: %(name)s may decide in our place until %(day)s (%(kind)s)") % {
        "area": one.area,
        "name": one.subject,
        "kind": Delegation.Kind(one.code).label,
        "day": plain_date(local(one.until).date()),
    }


def _delegation_back(one: Decision) -> str:
    return gettext("%(area)s: %(name)s no longer decides in our place (%(kind)s)") % {
        "area": one.area,
        "name": one.subject,
        "kind": Delegation.Kind(one.code).label,
    }


def _promise(one: Decision) -> str:
    answer, done = (duration_words(timedelta(minutes=int(minutes))) for minutes in one.code.split())
    words = (
        gettext("%(area)s: requests for %(kind)s are answered within %(answer)s and done within %(done)s")
        if one.subject
        else gettext("%(area)s: requests are answered within %(answer)s and done within %(done)s")
    )
    return words % {"area": one.area, "kind": one.subject, "answer": answer, "done": done}


def _correction(one: Decision) -> str:
    period, first, last = one.code.split()
    return gettext("Released figures corrected (%(period)s, %(days)s)") % {
        "period": Release.Period(period).label,
        "days": span_words(date.fromisoformat(first), date.fromisoformat(last)),
    }


_WORDS = {
    What.STAGE: _stage,
    What.MODE: _mode,
    What.STOP: _stop,
    What.LIFT: _lift,
    What.REVIEW: _review,
    What.VERIFICATION: _verification,
    What.TRANSFER: _transfer,
    What.DELEGATION: _delegation,
    What.DELEGATION_BACK: _delegation_back,
    What.PROMISE: _promise,
    What.CORRECTION: _correction,
}
