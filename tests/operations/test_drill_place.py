"""The place of a drill before its crisis: standing work, and nothing from later than its moment.

Loaded twice at half a minute past midnight of a Monday, rolled back after the module.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management.base import OutputWrapper
from django.db import connection, transaction
from django.db.models import Count, F, Sum
from django.utils.timezone import localdate
from pytest_django import DjangoDbBlocker

from accounts.models import User
from core import deployment
from insights.models import AreaDay, Release
from operations.drill.cast import gather
from operations.drill.place import NotEmpty, fill
from operations.synthetic import logins
from operations.synthetic.progress import Progress
from organizations.models import Organization
from residents.models import HelpRequest, RequestDesk, RequestPoint
from tasks.actions.series import extend_series
from tasks.models import Assignment, CheckIn, Crisis, ModeChange, Offer, Series, ServiceRecord, Shift, Task
from volunteers.models import Volunteer

COUNT = 600
AT = datetime(2026, 9, 21, 0, 0, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
# Moments that say what is to come.
PLANNED = {
    ("tasks_shift", name)
    for name in ("starts_at", "ends_at", "occurs_at", "signup_opens_at", "signup_closes_at")
}


def load() -> None:
    fill(volunteers=COUNT, at=AT, progress=Progress(OutputWrapper(StringIO())))


def invented():
    return Volunteer.objects.exclude(user__email=logins.VOLUNTEER.email)


def drawn() -> list[list[tuple]]:
    """What a load says of people and work, without the numbers that a database gives."""
    return [
        list(User.objects.order_by("phone", "email").values_list("name", "phone", "joined_at")),
        list(invented().order_by("id").values_list("number", "longitude", "area__code", "on_duty_since")),
        list(Task.objects.order_by("id").values_list("code", "type__code", "called_at", "issuer__name")),
        list(Shift.objects.filter(series=None).order_by("id").values_list("code", "starts_at", "status")),
        list(Series.objects.order_by("id").values_list("task__code", "rule", "starts_on", "starts")),
        list(Assignment.objects.order_by("id").values_list("code", "shift__code", "created_at")),
        list(ServiceRecord.objects.order_by("id").values_list("code", "minutes", "confirmed_at")),
    ]


@pytest.fixture(scope="module")
def loads(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[list[list[list[tuple]]]]:
    """What two loads said; the rows of the second are there for every test of this module."""
    with django_db_blocker.unblock():
        with transaction.atomic():
            load()
            first = drawn()
            transaction.set_rollback(True)
        with transaction.atomic():
            load()
            deployment.remember(False)
            yield [first, drawn()]
            transaction.set_rollback(True)
            deployment.remember(False)


pytestmark = pytest.mark.usefixtures("loads")


def test_two_loads_give_the_same_people_and_the_same_work(loads):
    first, second = loads

    assert all(table for table in first)
    assert first == second


def test_there_is_no_crisis_and_nobody_asked_for_help():
    assert not Crisis.objects.exists() and not ModeChange.objects.exists()
    assert not HelpRequest.objects.exists()
    assert not Task.objects.filter(crisis__isnull=False).exists()
    assert not Task.objects.exclude(type__cause__isnull=False).exists()
    assert not Task.objects.waiting().exists()


def test_no_row_says_a_later_moment_than_that_of_the_load():
    later = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns JOIN information_schema.tables "
            "USING (table_schema, table_name) WHERE table_schema = 'public' AND table_type = 'BASE TABLE' "
            "AND data_type = 'timestamp with time zone' AND table_name <> 'django_migrations'"
        )
        for table, column in cursor.fetchall():
            cursor.execute(f'SELECT max("{column}") FROM "{table}"')
            (newest,) = cursor.fetchone()
            if newest is not None and newest > AT and (table, column) not in PLANNED:
                later.append((table, column, newest))

    assert later == []


def test_three_years_of_services_lie_behind_and_everybody_has_a_home_and_most_a_cause():
    days = ServiceRecord.objects.order_by("served_on").values_list("served_on", flat=True)
    people = invented()
    minutes = AreaDay.objects.filter(area__level=1).aggregate(minutes=Sum("minutes"))["minutes"]

    assert days.first() < localdate(AT) - timedelta(days=1_000)
    assert days.last() >= localdate(AT) - timedelta(days=4)
    assert people.count() == COUNT and not people.filter(county=None).exists()
    assert people.annotate(count=Count("causes")).filter(count__gt=0).count() > 0.7 * COUNT
    assert minutes == ServiceRecord.objects.aggregate(minutes=Sum("minutes"))["minutes"]
    assert CheckIn.objects.exists() and Offer.objects.exists()


def test_standing_work_goes_on_with_some_seats_taken_and_is_as_much_as_before():
    ahead = Shift.objects.filter(status=Shift.Status.OPEN)
    week = ahead.filter(starts_at__range=(AT, AT + timedelta(days=7)))
    later = ahead.filter(starts_at__range=(AT + timedelta(days=21), AT + timedelta(days=28)))
    before = ahead.filter(starts_at__range=(AT - timedelta(days=35), AT)).count() / 5

    assert week.filter(roles__seats_taken__gt=0).exists()
    assert week.filter(roles__seats_taken__lt=F("roles__seats_min")).exists()
    assert 0.5 * before < week.count() < 2 * before
    assert 0.5 * before < later.count() < 2 * before
    assert later.values("task__type__cause").distinct().count() >= 4


def test_the_product_itself_posts_the_shifts_of_later_weeks():
    before = Shift.objects.count()

    extend_series(at=AT + timedelta(days=21))

    assert Shift.objects.count() >= before + 2 * Series.objects.count()


def test_desks_are_open_and_the_demos_own_people_act_for_somebody():
    cast = gather()
    emails = {one.official.email for one in cast.offices} | {one.owner.email for one in cast.groups}

    assert RequestDesk.objects.count() == 90 and RequestPoint.objects.exists()
    assert cast.province.official.email == logins.OFFICIAL.email
    assert Organization.objects.filter(memberships__user__email=logins.ORGANIZER.email).exists()
    assert logins.OFFICIAL.email in emails
    assert Volunteer.objects.get(user__email=logins.VOLUNTEER.email).joined_at < AT


def test_figures_are_made_public_that_are_due_before_the_morning_and_no_others():
    newest = Release.objects.order_by("-ends_on").first()

    assert newest.ends_on == localdate(AT) - timedelta(days=2)


def test_a_database_with_accounts_is_refused():
    with pytest.raises(NotEmpty), transaction.atomic():
        load()
