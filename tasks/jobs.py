"""What runs by the clock."""

from celery import shared_task

from core import clock
from core.doorbell import Job
from organizations.actions import escalate_verifications
from tasks.actions.adoptions import lapse_adoptions, remind_adoptions
from tasks.actions.claims import lapse_claims, remind_claims
from tasks.actions.escalations import escalate_calls
from tasks.actions.handovers import expire_handovers
from tasks.actions.offers import expire_offers, withdraw_moot
from tasks.actions.recruiting import count_hands
from tasks.actions.reviews import escalate_reviews
from tasks.actions.series import extend_series
from tasks.actions.sweeps import note_filled, remind
from tasks.actions.transfers import expire_transfers
from tasks.actions.waiting import pass_on
from tasks.actions.warnings import warn_short
from tasks.actions.watching import look_at_watched


@shared_task(name=str(Job.REMIND_VOLUNTEERS))
def remind_volunteers() -> None:
    """Reminders that are due, and tasks that have their people since the last run."""
    remind(at=clock.of_database())
    note_filled()


@shared_task(name=str(Job.EXPIRE_OFFERS))
def end_offers() -> None:
    """Offers whose time is over, and those that cannot be accepted any more."""
    at = clock.now()
    expire_offers(at=at)
    withdraw_moot(at=at)


@shared_task(name=str(Job.COUNT_HANDS))
def count_hands_and_seats() -> None:
    """Where there are more hands than work."""
    count_hands(at=clock.now())


@shared_task(name=str(Job.EXPIRE_HANDOVERS))
def end_handovers() -> None:
    """Seats that nobody took over before the shift began, and those that are gone."""
    expire_handovers(at=clock.now())


@shared_task(name=str(Job.LAPSE_CLAIMS))
def end_claims() -> None:
    """Work and calls that somebody took on and has not begun: a reminder at half of the time, then the next."""
    at = clock.of_database()
    remind_claims(at=at)
    remind_adoptions(at=at)
    lapse_claims(at=at)
    lapse_adoptions(at=at)


@shared_task(name=str(Job.ESCALATE_CALLS))
def bring_calls_up() -> None:
    """Calls that nobody took on in the time that the stage gives them."""
    escalate_calls(at=clock.of_database())


@shared_task(name=str(Job.ESCALATE_REVIEWS))
def bring_decisions_up() -> None:
    """Calls of groups and organizations on which nobody decided in time, and help between areas that is over."""
    at = clock.of_database()
    escalate_reviews(at=at)
    escalate_verifications(at=at)
    expire_transfers(at=at)


@shared_task(name=str(Job.PASS_ON))
def pass_on_seats() -> None:
    """Seats that were held and not taken in time, and what those who wait missed."""
    pass_on(at=clock.of_database())


@shared_task(name=str(Job.WARN_SHORT))
def warn_of_short_shifts() -> None:
    """Shifts that begin soon and want people still, and what has turned at those that somebody watches."""
    at = clock.of_database()
    warn_short(at=at)
    look_at_watched(at=at)


@shared_task(name=str(Job.EXTEND_SERIES))
def make_occurrences() -> None:
    """The shifts of every series in the next weeks."""
    extend_series(at=clock.of_database())
