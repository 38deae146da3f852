"""What the matching worker does."""

from celery import shared_task

from core import clock
from core.doorbell import Job
from matching import actions


@shared_task(name=str(Job.PLAN_MATCHES))
def plan_matches() -> None:
    """Look whether what is asked for has changed, for runs that nobody finished, and for seats not passed on."""
    actions.plan(at=clock.now())
    actions.pass_on_again(at=clock.now())


@shared_task(name=str(Job.RUN_MATCH))
def run_match(run_id: int) -> None:
    """Make the plan of a run and its offers."""
    actions.run_match(run_id=run_id, at=clock.now())


@shared_task(name=str(Job.OFFER_NEXT))
def offer_next(role_id: int) -> None:
    """Pass a seat on after a no, in a plan that knows of it."""
    actions.repair_plan(role_id=role_id, at=clock.now())
    actions.offer_next(role_id=role_id, at=clock.now())


@shared_task(name=str(Job.COUNT_REPLIES))
def count_replies() -> None:
    """Once a night, count how the offers of the last 180 days were answered."""
    actions.count_replies_if_due(at=clock.now())


@shared_task(name=str(Job.REPAIR_PLAN))
def repair_plan(role_id: int, kind: str) -> None:
    """Suit the plan to a shift that is urgent, was moved or has other seats, and ask those whom it has now."""
    if actions.repair_plan(role_id=role_id, kind=kind, at=clock.now()) is not None:
        actions.offer_next(role_id=role_id, at=clock.now())
