"""What officials and those who decide in their place do alike on their pages: one form, one act, one sentence."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from accounts.models import User
from organizations.actions import decide_verification
from organizations.models import Verification
from tasks.actions.reviews import approve_review, return_review
from tasks.actions.transfers import agree_transfer, decline_transfer
from tasks.models import Review, Transfer


def decide_review(review: Review, form: Any, *, by: User, at: datetime) -> str:
    """Do what the form says, and say what was done; raises what the domain refuses."""
    said = form.cleaned_data
    title = {"title": review.task.display_title}
    if said["decision"] == "approve":
        approve_review(review=review, by=by, at=at, seen=said["seen"])
        return gettext("“%(title)s” is public. The group is told.") % title
    return_review(review=review, by=by, at=at, reason=said["reason"])
    return gettext("“%(title)s” went back. The group reads why.") % title


def decide_organization(verification: Verification, form: Any, *, by: User, at: datetime) -> str:
    """Approve or decline an organization as the form says."""
    approve = form.cleaned_data["decision"] == "approve"
    decide_verification(
        verification=verification, approve=approve, by=by, at=at, reason=form.cleaned_data["reason"]
    )
    sentence = gettext("%(name)s is approved.") if approve else gettext("%(name)s was declined.")
    return sentence % {"name": verification.organization.display_name}


def answer_transfer(transfer: Transfer, form: Any, *, by: User, at: datetime) -> str:
    """Agree to help between areas, or decline, as the form says."""
    said = form.cleaned_data
    if said["decision"] == "agree":
        agree_transfer(transfer=transfer, by=by, at=at)
        return gettext("Agreed. Organizations of %(giver)s have been told.") % {"giver": transfer.giver.name}
    decline_transfer(transfer=transfer, by=by, at=at, reason=said["reason"])
    return gettext("Declined. The other side reads why.")
