"""What residents of the invented place asked for, and what its authorities agreed: the product's own rules hold."""

from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import F, Q
from pytest_django import DjangoDbBlocker

from core import clock, deployment
from matching.models import ReplyRate
from operations.synthetic.asked import A_VOLUNTEER
from residents.models import HelpRequest, Promise, RequestEvent, RequestPoint
from tasks.models import Crisis, ModeChange, Offer, Review, Step, Transfer
from volunteers.models import Volunteer

COUNT = 600


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_demo", volunteers=COUNT, stdout=StringIO())
        deployment.remember(False)
        yield
        transaction.set_rollback(True)
        deployment.remember(False)


pytestmark = pytest.mark.usefixtures("loaded")


def test_requests_come_in_every_state_and_none_from_the_future():
    states = set(HelpRequest.objects.values_list("status", flat=True))

    assert HelpRequest.objects.count() == round(COUNT * A_VOLUNTEER) + 2
    assert {"new", "verified", "placed", "served", "confirmed"} <= states
    assert not HelpRequest.objects.filter(asked_at__gt=clock.now()).exists()


def test_what_happened_to_a_request_happened_in_order():
    backwards = HelpRequest.objects.filter(
        Q(answered_at__lt=F("asked_at"))
        | Q(placed_at__lt=F("answered_at"))
        | Q(served_at__lt=F("placed_at"))
        | Q(ended_at__lt=F("served_at"))
    )

    assert not backwards.exists()
    assert not HelpRequest.objects.exclude(county=F("task__county")).filter(task__isnull=False).exists()
    assert RequestEvent.objects.filter(verb="asked").count() == HelpRequest.objects.count()


def test_a_request_is_merged_into_an_earlier_one_of_its_kind_that_goes_on():
    merged = HelpRequest.objects.filter(status="merged").select_related("merged_into")

    for request in merged:
        other = request.merged_into
        assert other.asked_at <= request.asked_at and other.type_id == request.type_id
        assert other.status not in ("merged", "declined", "withdrawn")


def test_authorities_promised_took_part_and_helped_each_other():
    assert Promise.objects.filter(type=None).exists() and RequestPoint.objects.exists()
    assert ModeChange.objects.count() == 1
    assert Review.objects.open().exists()
    assert set(Transfer.objects.values_list("status", flat=True)) == {"proposed", "agreed"}
    assert Step.objects.filter(answer="agreed").exists()
    assert Crisis.objects.get().playbook.code == "zhejiang-2020"


def test_most_of_those_on_duty_were_asked_and_some_were_not():
    on_duty = Volunteer.objects.filter(on_duty_since__isnull=False)
    asked = on_duty.filter(pk__in=Offer.objects.values("volunteer"))

    assert 0 < asked.count() < on_duty.count()


def test_how_likely_a_yes_is_can_be_learned_from_the_offers_of_past_weeks():
    counted = ReplyRate.objects.get(county=None)
    answered = Offer.objects.filter(
        status__in=("accepted", "declined", "expired"), ended_at__lt=counted.counted_at
    )

    assert counted.asked == answered.count()
    assert 0.4 < counted.accepted / counted.asked < 0.8
    assert ReplyRate.objects.filter(type__isnull=False).values("type").distinct().count() > 3
