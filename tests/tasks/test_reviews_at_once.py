"""Two officials at the same moment."""

from accounts.models import User
from core import clock
from core.models import AuditRecord
from tasks.actions import reviews
from tasks.models import Review
from tests.factories.governing import make_review
from tests.factories.organizations import make_authority, make_member
from tests.plugin.database import LiveDatabase
from tests.tasks.test_offers_at_once import at_once

NOW = clock.now()


def test_of_two_who_decide_at_the_same_moment_one_wins(live_db: LiveDatabase) -> None:
    authority = make_authority()
    review = make_review(authority)
    first, second = make_member(authority), make_member(authority)

    def decide(by: User) -> str:
        try:
            reviews.return_review(review=review, by=by, at=NOW, reason="No.")
        except reviews.ReviewDecided as refusal:
            return refusal.message
        return ""

    said = at_once(lambda: decide(first), lambda: decide(second))

    winner = Review.objects.select_related("decided_by").get().decided_by
    assert winner is not None
    assert sorted(said)[0] == ""
    assert winner.name in sorted(said)[1]
    assert AuditRecord.objects.filter(verb="review.returned").count() == 1
