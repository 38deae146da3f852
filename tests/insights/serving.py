"""Somebody who served, and somebody who asked for help, for the tests of figures."""

from datetime import timedelta

from django.utils.timezone import localdate

from core import clock
from residents.models import HelpRequest
from tasks.models import ServiceRecord
from tests.factories.accounts import make_user
from tests.factories.organizations import make_organization
from tests.factories.tasks import make_assignment, make_shift, tomorrow_at


def serve(area, *, days_ago: int = 1, volunteer=None, minutes: int = 180) -> ServiceRecord:
    """Somebody served in the area, and the hours are confirmed."""
    start = tomorrow_at(9, days=-days_ago)
    shift = make_shift(
        organization=make_organization(home_area=area), area=area, starts_at=start, seats=60, seats_min=1
    )
    assignment = make_assignment(shift, volunteer)
    return ServiceRecord.objects.create(
        assignment=assignment,
        volunteer=assignment.volunteer,
        organization=shift.organization,
        task=shift.task,
        county_id=area.county_id,
        served_on=localdate(start),
        starts_at=start,
        ends_at=start + timedelta(minutes=minutes),
        minutes=minutes,
        confirmed_at=clock.now(),
        confirmed_by=make_user(),
    )


def make_request(area, kind, **fields) -> HelpRequest:
    """What a resident asked for, by telephone."""
    return HelpRequest.objects.create(
        type=kind, channel="phone", area=area, county_id=area.county_id, words="Please.", **fields
    )
