"""What holds for jobs and queues."""

from django.conf import settings

from config.celery import app
from core.doorbell import Job


def test_every_job_name_is_registered() -> None:
    app.loader.import_default_modules()
    assert {str(job) for job in Job} <= set(app.tasks)


def test_every_registered_job_has_a_name_that_can_be_rung() -> None:
    app.loader.import_default_modules()
    # Tests of what happens to jobs bring jobs of their own.
    ours = {name for name in app.tasks if not name.startswith(("celery.", "test."))}
    assert ours == {str(job) for job in Job}


def test_every_scheduled_job_exists() -> None:
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= {str(job) for job in Job}


def test_every_route_leads_to_a_queue_that_has_a_worker() -> None:
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()} | {
        settings.CELERY_TASK_DEFAULT_QUEUE
    }
    assert routed <= set(settings.CELERY_QUEUE_NAMES)
