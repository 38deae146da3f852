"""The invented place: its shares and curves, what the product's own rules say of its rows, and the mark it leaves.

One load of 2,000 volunteers, rolled back after the module. Shares that are drawn exactly are compared to one person;
the others within bounds that are wide for 2,000 people and narrow for a mistake.
"""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import numpy as np
import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Count, F, Q, Sum
from django.utils.timezone import localdate
from pytest_django import DjangoDbBlocker

from accounts.models import Consent, User
from core import clock, deployment
from insights.models import AreaDay
from operations.synthetic import logins
from operations.synthetic.profile import ACTIVE_MOST, HOURS_MEDIAN, HOURS_SIGMA, STAGE_DAYS
from organizations.models import Organization, Verification
from tasks.models import (
    Assignment,
    CheckIn,
    Crisis,
    Series,
    ServiceRecord,
    Shift,
    ShiftRole,
    StageChange,
    Task,
    Waiting,
)
from volunteers.models import Volunteer, VolunteerCapability, WeeklyAvailability

COUNT = 2_000


@pytest.fixture(scope="module")
def output(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """What the load said; its rows are there for every test of this module."""
    said = StringIO()
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_demo", volunteers=COUNT, stdout=said)
        deployment.remember(False)
        yield said.getvalue()
        transaction.set_rollback(True)
        deployment.remember(False)


pytestmark = pytest.mark.usefixtures("output")


def invented():
    return Volunteer.objects.exclude(user__email=logins.VOLUNTEER.email)


def rows(statement: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def day_zero():
    return localdate(Crisis.objects.get().started_at)


def test_as_many_volunteers_come_as_were_asked_for():
    assert invented().count() == COUNT
    assert Organization.objects.approved().exclude(kind="government").count() == 129


def test_half_are_women_half_are_young_a_fifth_studies_and_a_tenth_is_on_duty():
    today = clock.today()
    ages = np.array([volunteer.age_on(today) for volunteer in invented()])

    assert invented().filter(sex="female").count() == round(0.51 * COUNT)
    assert (ages < 35).sum() == round(0.49 * COUNT)
    assert (ages > 60).sum() == round(0.10 * COUNT)
    assert invented().filter(is_student=True).count() == round(0.20 * COUNT)
    assert invented().filter(on_duty_since__isnull=False).count() == round(0.10 * COUNT)


def test_hours_of_a_volunteer_are_lognormal():
    served = ServiceRecord.objects.filter(volunteer__in=invented())
    hours = np.array(
        [row["minutes"] / 60 for row in served.values("volunteer").annotate(minutes=Sum("minutes"))]
    )
    logs = np.log(hours)

    assert len(hours) > 0.99 * COUNT
    assert abs(np.median(hours) - HOURS_MEDIAN) < 0.05 * HOURS_MEDIAN
    assert abs(logs.std() - HOURS_SIGMA) < 0.05
    assert 0.045 < (hours > 120).mean() < 0.06
    # A tenth of the distribution in each tenth: chi-square with 9 degrees of freedom is above 27.9 once in a thousand.
    edges = np.log(HOURS_MEDIAN) + HOURS_SIGMA * np.array(
        [-1.2816, -0.8416, -0.5244, -0.2533, 0, 0.2533, 0.5244, 0.8416, 1.2816]
    )
    found = np.bincount(np.searchsorted(edges, logs), minlength=10)
    expected = len(hours) / 10
    assert ((found - expected) ** 2 / expected).sum() < 27.9


def test_the_share_of_the_crisis_rises_from_its_first_day():
    share = dict(
        rows(
            "SELECT least(2, (r.served_on - (c.started_at AT TIME ZONE 'Asia/Shanghai')::date) / 5), "
            "avg((t.crisis_id IS NOT NULL)::int)::float FROM tasks_servicerecord r "
            "JOIN tasks_task t ON t.id = r.task_id CROSS JOIN tasks_crisis c WHERE r.served_on >= "
            "(c.started_at AT TIME ZONE 'Asia/Shanghai')::date GROUP BY 1"
        )
    )

    assert share[0] < 0.25 < share[1] < 0.65 < share[2]
    assert not ServiceRecord.objects.filter(task__crisis__isnull=False, served_on__lt=day_zero()).exists()


def test_no_county_is_more_active_than_the_best_one():
    shares = rows(
        "SELECT count(DISTINCT r.volunteer_id)::float / count(DISTINCT v.id), count(DISTINCT v.id) "
        "FROM volunteers_volunteer v CROSS JOIN tasks_crisis c LEFT JOIN tasks_servicerecord r "
        "ON r.volunteer_id = v.id AND r.served_on >= (c.started_at AT TIME ZONE 'Asia/Shanghai')::date "
        "GROUP BY v.county_id"
    )
    # The demo's own volunteer is one more in the home county.
    assert max(share for share, people in shares) <= ACTIVE_MOST + 0.02
    assert max(share for share, people in shares if people > 60) > 0.22


def test_standing_work_is_led_by_community_culture_family_and_ecology():
    order = rows(
        "SELECT c.code FROM tasks_servicerecord r JOIN tasks_task t ON t.id = r.task_id JOIN tasks_tasktype y "
        "ON y.id = t.type_id JOIN volunteers_cause c ON c.id = y.cause_id WHERE t.crisis_id IS NULL "
        "GROUP BY 1 ORDER BY sum(r.minutes) DESC"
    )

    assert {code for (code,) in order[:4]} == {"community", "culture", "family", "ecology"}
    assert {code for (code,) in order[4:6]} == {"elderly", "disabled"}


def test_the_stages_so_far_began_on_the_days_of_the_studies():
    days = [(localdate(change.effective_at) - day_zero()).days for change in StageChange.objects.all()]

    assert days == [day for day in STAGE_DAYS if day <= 14]


def test_seats_that_are_counted_are_seats_that_are_held():
    wrong = rows(
        "SELECT r.id FROM tasks_shiftrole r LEFT JOIN tasks_assignment a ON a.role_id = r.id AND a.status = 'active' "
        "GROUP BY r.id HAVING r.seats_taken <> COALESCE(sum(a.seats), 0)"
    )

    assert wrong == []


def test_nobody_rests_less_or_works_more_than_the_rules_say():
    short = rows(
        "SELECT 1 FROM (SELECT lower(period) - lag(upper(period)) OVER (PARTITION BY volunteer_id ORDER BY period) "
        "AS rest FROM tasks_assignment WHERE status = 'active') AS gaps WHERE rest < interval '8 hours'"
    )
    long = rows(
        "SELECT 1 FROM tasks_assignment a JOIN volunteers_volunteer v ON v.id = a.volunteer_id "
        "WHERE a.status = 'active' GROUP BY v.id, date_trunc('week', lower(period) AT TIME ZONE 'Asia/Shanghai') "
        "HAVING sum(upper(period) - lower(period)) > max(v.max_hours_week) * interval '1 hour'"
    )

    assert (short, long) == ([], [])


def test_everybody_in_a_seat_can_do_what_it_requires():
    lacking = rows(
        "SELECT a.id FROM tasks_assignment a JOIN tasks_shiftrole_requirements q ON q.shiftrole_id = a.role_id "
        "WHERE a.status = 'active' AND NOT EXISTS (SELECT 1 FROM volunteers_volunteercapability h "
        "JOIN volunteers_capability c ON c.id = h.capability_id WHERE h.volunteer_id = a.volunteer_id "
        "AND h.capability_id = q.capability_id AND (c.kind <> 'qualification' OR h.confirmed_at IS NOT NULL))"
    )

    assert lacking == []
    assert ShiftRole.requirements.through.objects.exists()


def test_things_happened_in_their_order():
    now = clock.now()
    seats = Assignment.objects

    assert not seats.filter(Q(created_at__lt=F("shift__created_at")) | Q(created_at__gt=now)).exists()
    assert not seats.filter(created_at__gt=F("shift__starts_at")).exists()
    assert not seats.filter(created_at__lt=F("volunteer__joined_at")).exists()
    assert not Shift.objects.filter(created_at__lt=F("task__adopted_at")).exists()
    assert not Task.objects.filter(adopted_at__lt=F("called_at")).exists()
    assert not ServiceRecord.objects.filter(confirmed_by=F("volunteer__user")).exists()


def test_presence_is_kept_for_the_crisis_alone_and_gives_the_hours():
    start = Crisis.objects.get().started_at
    recent = ServiceRecord.objects.filter(served_on__gte=day_zero())
    seen = recent.filter(
        assignment__check_ins__kind="in", assignment__check_ins__at=F("starts_at")
    ).distinct()

    assert not CheckIn.objects.filter(at__lt=start).exists()
    assert seen.count() == recent.count() > 0
    # Some come a few minutes early.
    assert not CheckIn.objects.filter(at__gt=clock.now()).exists()


def test_the_figures_are_those_of_the_records():
    province = AreaDay.objects.filter(area__level=1).aggregate(
        minutes=Sum("minutes"), services=Sum("services")
    )

    assert province["minutes"] == ServiceRecord.objects.aggregate(minutes=Sum("minutes"))["minutes"]
    assert province["services"] == ServiceRecord.objects.count()


def test_everybody_has_agreed_and_no_two_share_a_contact():
    assert Consent.objects.filter(purpose="terms", user__in=invented().values("user")).count() == COUNT
    phones = list(User.objects.exclude(phone="").values_list("phone", flat=True))
    assert len(phones) == len(set(phones))
    assert all(phone.startswith("+86100") for phone in phones)
    assert User.objects.exclude(email="").count() == len(logins.ALL)


def test_there_are_windows_papers_and_every_way_of_filling():
    free = WeeklyAvailability.objects.values("volunteer").distinct().count()
    papers = VolunteerCapability.objects.filter(capability__kind="qualification")

    assert 0.38 * COUNT < free < 0.52 * COUNT
    assert papers.filter(confirmed_at__isnull=False).count() > 0.9 * papers.count()
    assert papers.filter(confirmed_at=None, declined_at=None).exists()
    assert set(Task.objects.values_list("filling", flat=True)) == set(Task.Filling.values)


def test_the_demo_has_what_its_people_look_at():
    now = clock.now()
    home = Organization.objects.get(memberships__user__email=logins.ORGANIZER.email)
    own = Shift.objects.filter(organization=home, status=Shift.Status.OPEN)
    guest = Assignment.objects.live().filter(volunteer__user__email=logins.VOLUNTEER.email)

    assert own.filter(starts_at__lt=now, ends_at__gt=now, roles__seats_taken__gt=0).exists()
    assert own.filter(starts_at__gt=now, roles__seats_taken__lt=F("roles__seats_min")).exists()
    assert guest.filter(shift__organization=home, shift__starts_at__gt=now).count() == 2
    assert Organization.objects.filter(status="pending").count() == 1
    assert Verification.objects.filter(decision="").count() == 1
    assert Task.objects.waiting().exists()
    assert User.objects.get(email=logins.STAFF.email).is_staff


def test_some_organizations_have_series_two_roles_and_work_without_a_time():
    home = Organization.objects.get(memberships__user__email=logins.ORGANIZER.email)
    own = Shift.objects.filter(organization=home, status=Shift.Status.OPEN)

    assert Series.objects.values("organization").distinct().count() == 3
    assert Series.objects.filter(organization=home, ended_at=None).count() == 2
    assert own.filter(series__isnull=False).annotate(count=Count("roles")).filter(count=2).count() >= 20
    assert own.filter(starts_at=None, due_at__gt=clock.now()).count() == 1
    assert own.filter(starts_at=None, due_at=None).count() == 1


def test_open_shifts_lie_ahead_and_some_lack_people():
    ahead = ShiftRole.objects.filter(
        shift__status="open", shift__starts_at__range=(clock.now(), clock.now() + timedelta(days=8))
    )

    assert ahead.filter(seats_taken__lt=F("seats_min")).exists()
    assert ahead.filter(seats_taken__gte=F("seats_min")).exists()


def test_the_next_rows_find_their_ids_free():
    for model in (User, Volunteer, Task, Shift, ShiftRole, Assignment):
        table = model._meta.db_table
        ((following,),) = rows(f"SELECT nextval(pg_get_serial_sequence('\"{table}\"', 'id'))")
        assert not model.objects.filter(pk__gte=following).exists()


def test_every_page_of_it_says_that_the_people_are_invented(client):
    deployment.forget()

    page = client.get("/zh-hans/").content.decode()

    assert 'class="synthetic"' in page


def test_each_step_is_told_with_its_seconds(output):
    assert output.startswith("  … areas of Zhejiang, ")
    assert "calls, shifts, seats and hours, " in output


def test_people_waited_for_full_shifts_and_the_earlier_ones_came_in_more_often():
    over = Waiting.objects.filter(ended_at__isnull=False)
    held = over.filter(offered_at__isnull=False)
    shares = {
        place: held.filter(joined_as=place).count() / over.filter(joined_as=place).count()
        for place in (1, 3, 5)
    }

    assert shares[1] > shares[3] > shares[5]
    assert not over.filter(ended_at__gt=clock.now()).exists()
    assert not Waiting.objects.filter(status="waiting", role__seats_taken__lt=F("role__seats")).exists()
    taken = Waiting.objects.filter(status="taken")
    assert taken.exists() and not taken.exclude(assignment__volunteer=F("volunteer")).exists()
