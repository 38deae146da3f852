"""What is decided about residents' requests: every verb in every state, two who decide at once, and what follows."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from areas.models import Area
from core import clock
from core.errors import DomainError
from core.models import AuditRecord
from notifications.models import Message
from residents.actions.asking import withdraw_request
from residents.actions.merging import Part, SameRequest, merge, split, unmerge
from residents.actions.moving import DecidedAlready, LooksElsewhere
from residents.actions.placing import NotOurShift, place, take_out
from residents.actions.promises import DoneBeforeAnswered, PromisedAlready, PromiseInThePast, make_promise
from residents.actions.triage import CannotLook, NobodyToHelp, decline, pass_on, verify
from residents.models import HelpRequest
from residents.policies import ALLOWED, Verb
from residents.queries.alike import alike
from residents.queries.own import waiting_at
from residents.queries.promises import promise_of, promises_over, table_of
from tasks.actions.reasons import ReasonMissing
from tasks.models import Shift, Task
from tests.factories.areas import make_area, small_tree
from tests.factories.organizations import make_authority, make_member, make_organization
from tests.factories.residents import make_help_kind, make_point
from tests.factories.tasks import make_assignment, make_shift, tomorrow_at
from tests.residents.triage_rules import Town, every_verb, make_town

pytestmark = pytest.mark.django_db
STATUSES = HelpRequest.Status.values
AFTER = {
    Verb.VERIFIED: "verified",
    Verb.CORRECTED: "verified",
    Verb.MERGED: "merged",
    Verb.UNMERGED: "new",
    Verb.SPLIT: "verified",
    Verb.DECLINED: "declined",
    Verb.PLACED: "placed",
    Verb.TAKEN_OUT: "verified",
    Verb.SERVED: "served",
    Verb.ENDED: "confirmed",
}


@pytest.fixture
def town() -> Town:
    return make_town()


def test_every_verb_in_every_state_is_done_or_refused_in_words(town: Town) -> None:
    acts = every_verb(town)
    assert set(acts) == set(ALLOWED) - {Verb.LOOKED}

    for verb, act in acts.items():
        for status in STATUSES:
            asked = town.ask(status)
            before = HelpRequest.objects.filter(pk=asked.pk).values().get()
            if status in ALLOWED[verb]:
                act(asked)
                asked.refresh_from_db()
                assert asked.status == AFTER.get(verb, status), (verb, status)
                assert asked.events.order_by("-id")[0].verb == verb
            else:
                with pytest.raises(DomainError) as refused, transaction.atomic():
                    act(asked)
                assert refused.value.message, (verb, status)
                assert HelpRequest.objects.filter(pk=asked.pk).values().get() == before, (verb, status)


@pytest.mark.parametrize(
    "broken",
    [
        {"status": "declined", "reason": ""},
        {"status": "merged", "merged_into": None},
        {"status": "placed", "task": None},
        {"status": "confirmed", "ended_at": None},
        {"status": "verified", "answered_at": None},
        {"people": 0},
    ],
)
def test_the_database_refuses_a_state_without_what_it_needs(town: Town, broken: dict[str, object]) -> None:
    asked = town.ask()

    with pytest.raises(IntegrityError), transaction.atomic():
        HelpRequest.objects.filter(pk=asked.pk).update(**broken)


def test_of_two_who_decide_at_once_the_second_reads_who_did_what(town: Town) -> None:
    asked = town.ask()
    seen_by_both = HelpRequest.objects.get(pk=asked.pk)
    verify(request=asked, by=town.by, at=clock.now())
    decline(request=asked, by=town.by, at=clock.now(), reason="The lift is out.")

    with pytest.raises(DecidedAlready) as refused:
        verify(request=seen_by_both, by=make_member(town.group), at=clock.now())

    assert town.by.name in refused.value.message
    assert str(HelpRequest.Status.DECLINED.label) in refused.value.message


def test_who_decides_after_it_was_passed_on_reads_who_looks_at_it(town: Town) -> None:
    asked = town.ask()
    seen = HelpRequest.objects.get(pk=asked.pk)
    pass_on(request=asked, organization=town.other, by=town.by, at=clock.now(), words="They have a car.")

    with pytest.raises(LooksElsewhere) as refused:
        verify(request=seen, by=town.by, at=clock.now())

    assert town.other.display_name in refused.value.message


def test_a_check_corrects_and_takes_the_promise_of_the_right_kind(town: Town) -> None:
    asked = town.ask()
    kind = make_help_kind()
    early = asked.asked_at - timedelta(days=1)
    make_promise(area=town.area, type=kind, answer_minutes=60, done_minutes=120, by=town.by, at=early)

    verify(request=asked, by=town.by, at=clock.now(), type=kind, people=4)

    assert (asked.status, asked.type, asked.people) == ("verified", kind, 4)
    assert asked.done_due_at == asked.asked_at + timedelta(minutes=120)
    record = AuditRecord.objects.get(verb="request.verified", subject_id=asked.pk)
    assert record.data == {"changed": ["people", "type"]}
    with pytest.raises(NobodyToHelp):
        verify(request=town.ask(), by=town.by, at=clock.now(), people=0)


def test_a_check_keeps_to_what_could_be_asked_where_one_looks_and_what_was_promised(town: Town) -> None:
    asked, at = town.ask(), clock.now()
    promised, slow = asked.done_due_at, make_help_kind()
    make_promise(
        area=town.area,
        type=slow,
        answer_minutes=60,
        done_minutes=99_999,
        by=town.by,
        at=at - timedelta(days=1),
    )
    wrong = {
        "looks-not-there": {"area": make_area(level=Area.Level.TOWNSHIP)},
        "place-missing": {"place": " "},
        "too-many-people": {"people": 501},
        "day-past": {"wanted_on": timezone.localdate() - timedelta(days=1)},
    }
    for code, corrections in wrong.items():
        with pytest.raises(DomainError) as refused:
            verify(request=asked, by=town.by, at=at, **corrections)
        assert refused.value.code == code

    verify(request=asked, by=town.by, at=at, type=slow)

    assert (asked.type, asked.done_due_at) == (slow, promised)


def test_a_reason_is_needed_and_reaches_whoever_asked(town: Town) -> None:
    asked = town.ask(phone="+8613900002222")
    with pytest.raises(ReasonMissing):
        decline(request=asked, by=town.by, at=clock.now(), reason="  ")

    decline(request=asked, by=town.by, at=clock.now(), reason="We have no nurse.")

    assert asked.reason == "We have no nurse."
    assert Message.objects.get(kind="help_declined").context["words"] == "We have no nurse."
    # The record outlives the reason, which may name somebody.
    assert "nurse" not in str(AuditRecord.objects.get(verb="request.declined").__dict__)


def test_it_is_passed_on_only_to_who_serves_the_place(town: Town) -> None:
    asked = town.ask()
    far = make_organization()

    with pytest.raises(CannotLook):
        pass_on(request=asked, organization=far, by=town.by, at=clock.now(), words="Please.")
    pass_on(request=asked, organization=town.authority, by=town.by, at=clock.now(), words="Too big for us.")

    assert asked.organization == town.authority
    assert asked.status == "new" and asked.answered_at is None


def test_duplicates_follow_the_one_that_stays_and_can_be_taken_apart(town: Town) -> None:
    day = timezone.localdate() + timedelta(days=2)
    stays = town.ask(people=1, place="", phone="+8613900001111")
    same = town.ask(people=3, wanted_on=day, place="North gate", type=stays.type, phone="+8613900002222")
    checked = town.ask("verified")
    at = clock.now()

    kept = merge(
        requests=[same, checked], into=stays, by=town.by, at=at, take=("people", "wanted_on", "place")
    )

    assert (kept.people, kept.wanted_on, kept.place) == (3, day, "North gate")
    assert kept.phone == "+8613900001111"
    same.refresh_from_db()
    assert (same.status, same.merged_into, same.answered_at) == ("merged", stays, at)
    again = unmerge(request=same, by=town.by, at=clock.now())
    assert (again.status, again.answered_at, again.merged_into) == ("new", None, None)
    # One that was checked before is checked still.
    checked.refresh_from_db()
    assert unmerge(request=checked, by=town.by, at=clock.now()).status == "verified"
    with pytest.raises(SameRequest):
        merge(requests=[stays], into=stays, by=town.by, at=at)


def test_what_was_laid_to_a_request_goes_on_with_it(town: Town) -> None:
    first, second, third = town.ask(), town.ask(), town.ask()

    merge(requests=[first], into=second, by=town.by, at=clock.now())
    merge(requests=[second], into=third, by=town.by, at=clock.now())

    found = {each.pk: each.merged_into_id for each in HelpRequest.objects.all()}
    assert found == {first.pk: third.pk, second.pk: third.pk, third.pk: None}


def test_nothing_is_laid_to_one_that_has_ended_nor_half_of_several(town: Town) -> None:
    first, gone = town.ask(), town.ask("declined")

    with pytest.raises(DomainError):
        merge(requests=[first], into=gone, by=town.by, at=clock.now())
    with pytest.raises(DomainError):
        merge(requests=[first, gone], into=town.ask(), by=town.by, at=clock.now())

    first.refresh_from_db()
    assert first.status == "new" and not first.events.filter(verb="merged").exists()


def test_parts_have_their_own_kind_and_day_and_the_same_asker(town: Town) -> None:
    asked = town.ask(name="Zhou Guilan", address="Block 3, 501")
    kinds = [make_help_kind(), make_help_kind()]
    day = timezone.localdate() + timedelta(days=1)
    parts = [Part(kinds[0], 1, "Medicine"), Part(kinds[1], 3, "", wanted_on=day)]

    first, second = split(request=asked, parts=parts, by=town.by, at=clock.now())

    assert first.pk == asked.pk and first.type == kinds[0] and first.words == "Medicine"
    assert (second.split_from, second.type, second.people, second.wanted_on) == (asked, kinds[1], 3, day)
    assert (second.name, second.address, second.words) == ("Zhou Guilan", "Block 3, 501", "Medicine")
    assert (second.status, second.asked_at) == ("verified", asked.asked_at)
    assert second.code != asked.code and second.ref != asked.ref


def test_work_of_several_requests_names_its_first_shift_and_copies_nothing(town: Town) -> None:
    asked = [
        town.ask(name="Zhou Guilan", phone="+8613900001111", address="Block 3, 501"),
        town.ask("verified", name="Old Chen", address="Block 7, 102"),
    ]
    values = {
        "type": asked[0].type,
        "title": "Medicine runs",
        "content": "Fetch medicine.",
        "area": town.area,
        "place": "Canal gate",
        "people_needed": 2,
        "starts_on": timezone.localdate() + timedelta(days=1),
        "ends_on": timezone.localdate() + timedelta(days=1),
        "risks": "None beyond everyday ones.",
        "private_details": "Ring twice.",
    }
    wanted = {"starts_at": tomorrow_at(9), "ends_at": tomorrow_at(11), "seats": 2, "seats_min": 2}

    task = place(
        requests=asked, organization=town.group, values=values, first_shift=wanted, by=town.by, at=clock.now()
    )

    shift = Shift.objects.get(task=task)
    for each in asked:
        each.refresh_from_db()
        assert (each.status, each.task, each.shift) == ("placed", task, shift)
    assert task.private_details == shift.private_details == "Ring twice."
    everything = " ".join(str(value) for row in (task, shift) for value in vars(row).values())
    for private in ("Zhou Guilan", "3900001111", "Block 3, 501", "Old Chen", asked[0].words):
        assert private not in everything


def test_adding_to_a_shift_leaves_what_it_says_and_refuses_those_of_others(town: Town) -> None:
    Shift.objects.filter(pk=town.shift.pk).update(private_details="Use the side door.")
    asked = town.ask(name="Zhou Guilan")
    foreign = make_shift(area=town.area)

    with pytest.raises(NotOurShift):
        place(requests=[asked], organization=town.group, shift=foreign, by=town.by, at=clock.now())
    place(requests=[asked], organization=town.group, shift=town.shift, by=town.by, at=clock.now())

    town.shift.refresh_from_db()
    assert town.shift.private_details == "Use the side door."
    assert waiting_at(town.shift) == [asked]


def test_whoever_has_a_seat_is_told_of_one_more_and_of_one_less(town: Town) -> None:
    seat, given_back = make_assignment(town.shift), make_assignment(town.shift, status="released")
    elsewhere = make_assignment(make_shift(task=town.shift.task, organization=town.group))
    asked = [town.ask(name="Zhou Guilan", words="Insulin"), town.ask()]

    place(requests=asked, organization=town.group, shift=town.shift, by=town.by, at=clock.now())
    for each in asked:
        each.refresh_from_db()
    withdraw_request(request=asked[0], at=clock.now())
    take_out(request=asked[1], by=town.by, at=clock.now(), words="The wrong shift.")

    told = Message.objects.filter(kind="help_seat", channel="inbox").order_by("id")
    assert [(each.recipient, each.context["verb"], each.context["count"]) for each in told] == [
        (seat.volunteer.user, "placed", 2),
        (seat.volunteer.user, "withdrawn", 1),
        (seat.volunteer.user, "taken-out", 1),
    ]
    assert not any(word in str(list(told.values())) for word in ("Zhou Guilan", "Insulin", asked[0].place))
    assert not told.filter(recipient__in=[given_back.volunteer.user, elsewhere.volunteer.user]).exists()


def test_nothing_is_placed_where_one_of_several_was_decided_meanwhile(town: Town) -> None:
    free, gone = town.ask(), town.ask("declined")
    tasks = Task.objects.count()

    with pytest.raises(DomainError):
        place(requests=[free, gone], organization=town.group, shift=town.shift, by=town.by, at=clock.now())

    free.refresh_from_db()
    assert free.status == "new" and Task.objects.count() == tasks


def test_likeness_finds_the_same_and_leaves_the_rest(town: Town) -> None:
    point = make_point(town.group)
    own = town.ask(words="帮我妈妈买两盒降压药，三栋五零一", place="运河人家 3 幢", phone="+8613900001111")
    again = town.ask(words="给妈妈买降压药两盒", place="运河人家3幢", type=own.type, phone="+8613900001111")
    near = town.ask(words="帮我妈妈买降压药", place="运河人家 3 幢", type=own.type, point=point)
    town.ask(words="家里水管坏了", place="城西新村", type=own.type)
    town.ask(words=own.words, place=own.place)
    town.ask("declined", words=own.words, place=own.place, type=own.type)
    late = own.asked_at - timedelta(days=8)
    town.ask(words=own.words, place=own.place, type=own.type, asked_at=late)

    found = alike(own)

    assert {each.request.pk for each in found} == {again.pk, near.pk}
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
    assert found[0].request == again and "phone" in found[0].why
    assert "place" in found[1].why


def test_alike_reads_an_index_and_one_statement(town: Town) -> None:
    own = town.ask()
    for _ in range(3):
        town.ask(type=own.type)

    with connection.execute_wrapper(_no_more_than(1)):
        alike(own)


def _no_more_than(most: int):  # type: ignore[no-untyped-def]
    count = 0

    def wrapper(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        nonlocal count
        count += 1
        assert count <= most, sql
        return execute(sql, params, many, context)

    return wrapper


def test_the_promise_of_the_kind_and_of_the_nearest_area_holds() -> None:
    tree = small_tree()
    official = make_member(make_authority(tree.province))
    area, kind, other = tree.townships[0], make_help_kind(), make_help_kind()
    at = clock.now()

    def promise(where, type, answer, done, starts_at=None):  # type: ignore[no-untyped-def]
        make_promise(
            area=where,
            type=type,
            answer_minutes=answer,
            done_minutes=done,
            by=official,
            at=at,
            starts_at=starts_at,
        )

    assert promise_of(area, kind, at) == (24 * 60, 72 * 60)
    promise(tree.province, kind, 120, 600)
    promise(tree.province, None, 240, 1200)
    promise(tree.counties[0], None, 300, 1500)
    assert promise_of(area, kind, at) == (120, 600)
    assert promise_of(area, other, at) == (300, 1500)
    promise(tree.counties[0], kind, 60, 90, at + timedelta(days=1))
    assert promise_of(area, kind, at) == (120, 600)
    later = at + timedelta(days=2)
    assert promise_of(area, kind, later) == (60, 90)
    # The table of the page says the same.
    table = {row.type: row for row in table_of(promises_over(area), [kind, other], later)}
    assert (table[kind].answer, table[other].done) == (timedelta(minutes=60), timedelta(minutes=1500))
    for error, values in (
        (PromisedAlready, {"answer_minutes": 300, "done_minutes": 1500}),
        (DoneBeforeAnswered, {"answer_minutes": 300, "done_minutes": 200}),
        (PromiseInThePast, {"answer_minutes": 60, "done_minutes": 90, "starts_at": at - timedelta(1)}),
    ):
        with pytest.raises(error):
            make_promise(area=tree.counties[0], type=None, by=official, at=at, **values)
