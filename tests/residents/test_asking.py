"""Asking for help: what is written down, who looks at it, who is told, and what whoever asked says afterwards."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import localdate
from django.utils.translation import override

from areas.models import Area
from core import clock
from core.errors import DomainError
from core.models import AccessRecord
from notifications.models import Message
from organizations.models import Delegation
from residents.actions import asking
from residents.actions.merging import merge
from residents.actions.placing import mark_served
from residents.actions.points import DeskOpen, PointThere, close_desk, end_point, make_point, open_desk
from residents.actions.telling import looked, looked_each, note
from residents.actions.triage import verify
from residents.models import HelpRequest, Promise, RequestEvent, RequestLook
from residents.policies import Verb
from residents.queries.own import waiting_at
from residents.queries.routing import area_meant, who_looks_at
from tasks.actions.call_errors import AreaNotServed, NotApproved
from tests.factories.accounts import make_user
from tests.factories.areas import make_area, small_tree
from tests.factories.organizations import make_authority, make_member, make_organization
from tests.factories.residents import make_desk, make_help_kind, make_request
from tests.factories.tasks import make_shift, make_task_type
from tests.residents.triage_rules import make_town

pytestmark = pytest.mark.django_db
PHONE = "+8613800000044"


def ask(**values: Any) -> HelpRequest:
    at = values.pop("at", clock.now())
    given = {"words": "Two bags of rice.", "place": "East gate", "channel": "web", "language": "en", **values}
    if "type" not in given:
        given["type"] = make_help_kind()
    made = asking.ask_help(at=at, **given)
    asking.tell_whoever_asked(request=made, at=at)
    return made


def test_a_request_goes_to_the_delegate_then_to_the_nearest_desk_then_to_the_authority() -> None:
    tree = small_tree()
    town, county = tree.townships[0], tree.counties[0]
    assert who_looks_at(town, clock.now()) is None
    authority = make_authority(county)
    assert who_looks_at(town, clock.now()) == authority
    wide = make_organization(home_area=tree.cities[0])
    near = make_organization(home_area=tree.townships[1])
    near.service_areas.create(area=town)
    make_organization(home_area=town)
    make_desk(wide)
    assert who_looks_at(town, clock.now()) == wide
    make_desk(near)
    assert who_looks_at(town, clock.now()) == near
    delegate = make_organization(home_area=tree.counties[1])
    word = Delegation.objects.create(
        authority=authority,
        delegate=delegate,
        kind="triage",
        area=county,
        reason="They know the streets.",
        starts_at=clock.now(),
        ends_at=clock.now() + timedelta(days=9),
        granted_at=clock.now(),
        granted_by=make_user(),
    )
    assert who_looks_at(town, clock.now()) == delegate
    assert who_looks_at(town, word.ends_at) == near
    near.status = "suspended"
    near.save()
    assert who_looks_at(town, word.ends_at) == wide


def test_whoever_follows_another_request_still_speaks_for_themselves() -> None:
    town = make_town()
    main, first, second, third = town.ask("verified"), *(town.ask() for _ in range(3))
    merge(requests=[first, second, third], into=main, by=town.by, at=clock.now())
    for each in (main, first, second, third):
        each.refresh_from_db()
    with pytest.raises(asking.NotNow):
        asking.confirm_done(request=first, at=clock.now())
    asking.withdraw_request(request=third, at=clock.now())
    assert (third.status, third.merged_into) == ("withdrawn", None)
    mark_served(request=main, by=town.by, at=clock.now())
    first, second = (HelpRequest.objects.get(pk=each.pk) for each in (first, second))
    with pytest.raises(asking.NotNow):
        asking.withdraw_request(request=first, at=clock.now())

    asking.confirm_done(request=first, at=clock.now())
    asking.say_not_done(request=second, words="Nobody came.", at=clock.now())

    assert (first.status, first.confirmed_at is not None) == ("merged", True)
    assert (second.status, second.merged_into, second.reopened) == ("verified", None, 1)
    main.refresh_from_db()
    assert main.status == "served"
    asking.confirm_done(request=main, at=clock.now())
    main_over = clock.now() + asking.REOPEN
    with pytest.raises(asking.NotNow):
        asking.say_not_done(request=HelpRequest.objects.get(pk=first.pk), words="", at=main_over)


def test_a_group_makes_codes_and_a_desk_where_it_may() -> None:
    town, at = make_town(), clock.now()
    elsewhere = make_area(level=Area.Level.TOWNSHIP)
    with pytest.raises(AreaNotServed):
        make_point(organization=town.group, area=elsewhere, place="East gate", by=town.by, at=at)
    town.group.status = "pending"
    with pytest.raises(NotApproved):
        make_point(organization=town.group, area=town.area, place="East gate", by=town.by, at=at)
    with pytest.raises(NotApproved):
        open_desk(organization=town.group, by=town.by, at=at)


def test_a_town_named_in_the_words_is_where_help_is_needed() -> None:
    tree = small_tree()
    county, town = tree.counties[0], tree.townships[0]

    assert area_meant(county, "canal house 3, tongjun subdistrict") == town
    assert area_meant(county, "桐君街道运河人家 3 幢") == town
    assert area_meant(county, "behind the market") == county


def test_what_was_promised_that_day_stands_in_the_request_and_in_the_message() -> None:
    county = small_tree().counties[0]
    desk = make_authority(county)
    leader = make_member(desk, "owner")
    at = clock.now()
    kind = make_help_kind(zh="取药", en="Medicine fetched")
    Promise.objects.create(
        area=county, type=kind, answer_minutes=60, done_minutes=600, starts_at=at, decided_at=at
    )

    made = ask(type=kind, area=county, phone=PHONE, at=at, place="Canary Lane 7", name="Canary")

    assert (made.answer_due_at, made.done_due_at) == (at + timedelta(hours=1), at + timedelta(hours=10))
    told = Message.objects.get(kind="help_asked")
    assert (told.address, told.language, told.context["code"]) == (PHONE, "en", made.code)
    to_desk = Message.objects.filter(recipient=leader)
    assert {message.channel for message in to_desk} == {"inbox", "sms"}
    said = str([message.context for message in to_desk])
    assert made.ref in said and made.code not in said and "Canary" not in said and PHONE not in said


def test_a_rush_tells_whoever_looks_outside_once_an_hour() -> None:
    county = small_tree().counties[0]
    make_member(make_authority(county), "owner")
    at = clock.now().replace(minute=1)

    for minute in range(3):
        ask(area=county, at=at + timedelta(minutes=minute))

    assert Message.objects.filter(kind="help_waiting").count() == 3
    assert Message.objects.filter(kind="help_waiting_call").count() == 1


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"place": " "}, "place-missing", "place"),
        ({"words": ""}, "words-missing", "words"),
        ({"words": "长" * 1001}, "too-long", "words"),
        ({"people": 0}, "too-many-people", "people"),
        ({"phone": "1380000"}, "bad-contact", "contact"),
        ({"wanted_on": -1}, "day-past", "wanted_on"),
        ({"wanted_on": 91}, "day-too-far", "wanted_on"),
        ({"type": "culture"}, "not-asked-for", "type"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(values: dict[str, Any], code: str, field: str) -> None:
    if "wanted_on" in values:
        values = {"wanted_on": localdate(clock.now()) + timedelta(days=values["wanted_on"])}
    if "type" in values:
        values = {"type": make_task_type("culture")}

    with pytest.raises(DomainError) as refused:
        ask(area=small_tree().counties[0], **values)

    assert (refused.value.code, refused.value.field) == (code, field)
    assert not HelpRequest.objects.exists() and not Message.objects.exists()


def test_a_point_gives_its_area_and_place_and_a_taken_down_one_makes_room() -> None:
    tree = small_tree()
    group = make_organization(home_area=tree.townships[0])
    by = make_member(group)
    at = clock.now()
    point = make_point(organization=group, area=tree.townships[0], place="Canal house 3", by=by, at=at)
    with pytest.raises(PointThere):
        make_point(organization=group, area=tree.townships[0], place="Canal house 3", by=by, at=at)

    made = ask(area=tree.counties[1], place="", point=point, channel="qr")
    end_point(point=point, by=by, at=at)

    assert (made.area, made.place, made.county_id) == (point.area, "Canal house 3", tree.counties[0].pk)
    make_point(organization=group, area=tree.townships[0], place="Canal house 3", by=by, at=at)


def test_a_group_begins_and_ends_to_look_at_requests() -> None:
    area = small_tree().counties[0]
    group = make_organization(home_area=area)
    by = make_member(group)

    open_desk(organization=group, by=by, at=clock.now())
    with pytest.raises(DeskOpen):
        open_desk(organization=group, by=by, at=clock.now())
    assert who_looks_at(area, clock.now()) == group
    close_desk(organization=group, by=by, at=clock.now())

    assert who_looks_at(area, clock.now()) is None


def test_whoever_asked_confirms_says_not_done_and_it_begins_again_with_what_was_promised() -> None:
    desk = make_organization()
    leader = make_member(desk, "owner")
    made = make_request(organization=desk, status="served", phone=PHONE)
    due = made.done_due_at
    at = clock.now()

    asking.confirm_done(request=made, at=at)
    assert (made.status, made.ended_at) == ("confirmed", at)
    with pytest.raises(asking.NotNow):
        asking.confirm_done(request=made, at=at)
    asking.say_not_done(request=made, words="Only half of it came.", at=at + timedelta(days=1))

    made.refresh_from_db()
    assert (made.status, made.reopened, made.ended_at, made.done_due_at) == ("verified", 1, None, due)
    said = RequestEvent.objects.filter(request=made, verb=Verb.NOT_DONE).get()
    assert said.words == "Only half of it came."
    assert Message.objects.filter(recipient=leader, kind="help_waiting", context__what="not-done").exists()
    asking.withdraw_request(request=made, at=at)
    with pytest.raises(asking.NotNow):
        asking.add_words(request=made, words="After all", at=at)


def test_after_thirty_days_nothing_is_said_of_it_any_more() -> None:
    made = make_request(status="confirmed")
    made.ended_at = clock.now() - asking.REOPEN
    made.save()

    with pytest.raises(asking.NotNow):
        asking.say_not_done(request=made, words="", at=clock.now())


def test_of_two_who_answer_at_once_the_second_is_told_what_it_is_now() -> None:
    made = make_request(status="served")
    stale = HelpRequest.objects.get(pk=made.pk)
    asking.confirm_done(request=made, at=clock.now())

    with override("zh-hans"), pytest.raises(asking.NotNow, match="居民说办好了"):
        asking.confirm_done(request=stale, at=clock.now())


def test_news_goes_in_the_language_of_the_request_and_to_those_laid_together_with_it() -> None:
    desk = make_organization()
    main = make_request(organization=desk, phone=PHONE, language="zh-hans")
    other = make_request(
        organization=desk,
        status="merged",
        merged_into=main,
        phone="+8613800000045",
        language="en",
        area=main.area,
    )
    at = clock.now()

    verify(request=main, by=make_member(desk), at=at)
    note(request=main, verb=Verb.SERVED, at=at, organization=desk)

    news = Message.objects.filter(kind__in=("help_verified", "help_served")).order_by("id")
    assert [(each.kind, each.address, each.language) for each in news] == [
        ("help_verified", PHONE, "zh-hans"),
        ("help_served", PHONE, "zh-hans"),
        ("help_served", other.phone, "en"),
    ]
    assert news[2].context["code"] == other.code


def test_who_reads_the_contact_is_written_down_once_an_hour_for_whoever_asked() -> None:
    desk = make_organization()
    reader, resident = make_member(desk), make_user()
    made = make_request(organization=desk, asked_by=resident)
    at = clock.now()

    for minutes in (0, 10, 70):
        looked(request=made, by=reader, at=at + timedelta(minutes=minutes), organization=desk)
    looked(request=made, by=resident, at=at, organization=None)

    assert RequestLook.objects.filter(request=made, by=reader).count() == 2
    seen = AccessRecord.objects.filter(person_id=resident.pk, purpose="help", what="address")
    assert seen.count() == 2


def test_what_an_operator_writes_down_counts_as_spoken_and_may_be_of_any_kind() -> None:
    operator = make_user()
    county = small_tree().counties[0]

    made = ask(
        area=county,
        type=make_task_type("culture"),
        phone="138 0000 0044",
        entered_by=operator,
        channel="phone",
    )

    assert made.phone_confirmed_at is not None and made.asked_by is None
    assert made.area.level == Area.Level.COUNTY


def test_a_volunteer_who_reads_where_to_go_is_written_down_in_the_same_three_statements_for_many(
    django_assert_num_queries: Any,
) -> None:
    volunteer, resident = make_user(), make_user()
    shift = make_shift()
    asked = [make_request(status="placed", task=shift.task, shift=shift, asked_by=resident) for _ in range(3)]

    with django_assert_num_queries(4):
        looked_each(requests=waiting_at(shift)[:1], by=volunteer, at=clock.now(), task=shift.task)
    with django_assert_num_queries(3):
        looked_each(requests=asked, by=volunteer, at=clock.now(), task=shift.task)

    assert RequestLook.objects.filter(by=volunteer, organization=None).count() == 3
