"""A person who asked to be forgotten leaves no trace but pseudonyms."""

from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client

from accounts.actions import give_consent, request_code, request_recovery
from accounts.models import ErasureRequest, User
from core import access_log, clock
from core.models import AccessRecord, AuditRecord
from notifications.actions import queue_messages
from notifications.notices import Notice
from organizations.models import Invitation, Membership, Organization
from privacy.actions import DAYS_TO_THINK, OnlyOwner, cancel_erasure, request_erasure
from privacy.erasure import carry_out, erase_due, forget
from privacy.jobs import purge
from sheets.models import Sheet, SheetProblem
from tasks.models import Assignment, Incident, Offer, Shift, ShiftRole, Waiting
from tests.factories.accounts import make_user
from tests.factories.areas import small_tree
from tests.factories.calls import make_call_request, make_step
from tests.factories.organizations import make_member, make_organization
from tests.factories.sessions import give_totp
from tests.factories.tasks import make_assignment, make_shift, role_of, tomorrow_at
from tests.factories.volunteers import make_capability, make_cause, make_volunteer
from tests.factories.waiting import make_full_shift, make_waiting
from volunteers.actions import add_exception, grant_proxy, set_availability, update_profile
from volunteers.models import Affiliation, Volunteer, VolunteerInvitation

pytestmark = pytest.mark.django_db
AT = datetime(2020, 2, 6, 10, 0, tzinfo=UTC)
NAME, PHONE, EMAIL = "金丝雀阿桂", "+8613812345678", "canary.gui@example.org"


def dump() -> dict[str, str]:
    """The text of every table of the database."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT coalesce(string_agg(t::text, chr(10)), %s) FROM "{table}" t', [""])
            found[table] = cursor.fetchone()[0]
    return found


def traces() -> list[str]:
    words = [NAME, PHONE, PHONE.removeprefix("+86"), EMAIL]
    # As files are shown.
    words += [word.encode().hex() for word in words]
    return [f"{table}: {word}" for table, text in dump().items() for word in words if word in text]


@pytest.fixture
def canary() -> Volunteer:
    """Somebody who has been everywhere."""
    tree = small_tree()
    now = clock.now()
    user = make_user(name=NAME, phone=PHONE, email=EMAIL, password="three hands at the gate")
    volunteer = make_volunteer(
        user=user,
        area=tree.townships[0],
        birth_on=datetime(2010, 1, 1).date(),
        guardian_name=NAME,
        guardian_phone=PHONE,
        guardian_consent_at=now,
    )
    update_profile(
        volunteer=volunteer,
        changes={"capabilities": [make_capability()], "causes": [make_cause()]},
        by=user,
        at=now,
    )
    set_availability(volunteer=volunteer, windows=[(0, 6, 12)], by=user, at=now)
    today = clock.today()
    add_exception(
        volunteer=volunteer,
        starts_on=today,
        ends_on=today,
        is_free=False,
        note=f"{NAME}看病",
        by=user,
        at=now,
    )
    other = make_volunteer()
    grant_proxy(volunteer=volunteer, number=other.number, consent=f"{NAME}同意", by=user, at=now)
    grant_proxy(volunteer=other, number=volunteer.number, consent=f"让{NAME}替我", by=other.user, at=now)
    give_totp(user)
    EmailAddress.objects.create(user=user, email=EMAIL, verified=True, primary=True)
    give_consent(user=user, purpose="research", by=user, at=now)
    request_code(contact=PHONE, name=NAME, language="en", at=now, ip="192.0.2.1")
    request_recovery(user=user, kind="phone", reason=f"{NAME}的手机丢了", at=now, new_contact=PHONE)
    organization = make_organization(contact_phone=PHONE)
    organizer = make_member(organization, "owner")
    make_member(organization, "owner", user)
    Invitation.objects.create(
        code="x" * 24,
        organization=organization,
        contact=EMAIL,
        role="desk",
        invited_by=organizer,
        invited_at=now,
        expires_at=now + timedelta(days=14),
    )
    shift = make_shift(starts_at=tomorrow_at(9), contact_name=NAME, contact_phone=PHONE)
    make_assignment(shift, volunteer)
    Incident.objects.create(
        shift=shift,
        kind="other",
        text=f"{NAME}摔了，打{PHONE.removeprefix('+86')}",
        reported_at=now,
        reported_by=organizer,
    )
    make_step(shift.task, organization, words=f"问{NAME}", made_by=user)
    make_call_request(answer="declined", reason=f"{NAME}病了", answered_at=now, answered_by=user)
    queue_messages(
        notices=[
            Notice(kind="account_security", event="to-them", recipient=user, context={"change": "x"}),
            Notice(
                kind="account_security",
                event="about-them",
                recipient=organizer,
                context={"change": NAME, "more": [f"打 {PHONE}"]},
            ),
        ],
        at=now,
    )
    access_log.record(
        person_ids=[organizer.pk],
        by=user,
        label=NAME,
        at=now,
        purpose=AccessRecord.Purpose.OTHER,
        what=AccessRecord.What.NAME,
    )
    _asked(volunteer, shift, now)
    _waits(volunteer)
    _invited(volunteer, organizer, now)
    client = Client()
    client.force_login(user)
    return volunteer


def _asked(volunteer: Volunteer, shift: Shift, now: datetime) -> None:
    other = make_shift(starts_at=tomorrow_at(20))
    made = {"shift": other, "role": other.roles.get(), "source": "organizer", "offered_on": now.date()}
    Offer.objects.create(
        **made,
        volunteer=volunteer,
        made_at=now,
        expires_at=now + timedelta(hours=1),
        ration_slot=1,
        status="declined",
        ended_at=now,
        answer="other",
        answer_words=f"{NAME}病了，打 {PHONE}",
        factors={"said": f"打 {PHONE}"},
    )
    Offer.objects.create(
        **{**made, "shift": shift, "role": shift.roles.get()},
        volunteer=volunteer,
        made_at=now,
        expires_at=now + timedelta(hours=1),
        ration_slot=2,
    )


def _waits(volunteer: Volunteer) -> None:
    make_waiting(role_of(make_full_shift(starts_at=tomorrow_at(21, days=3))), volunteer, words=f"{NAME}能来")
    shift = make_full_shift(starts_at=tomorrow_at(21, days=4))
    make_waiting(role_of(shift), volunteer, status="refused", end_reason=f"{NAME}不合适，打 {PHONE}")


def _invited(volunteer: Volunteer, organizer: User, now: datetime) -> None:
    organization = make_organization()
    invitation = VolunteerInvitation.objects.create(
        organization=organization,
        contact=PHONE,
        name=NAME,
        note=f"{NAME}是护士",
        invited_by=organizer,
        invited_at=now,
        expires_at=now + timedelta(days=30),
        ended_at=now,
        ending="accepted",
        accepted_by=volunteer.user,
    )
    Affiliation.objects.create(
        volunteer=volunteer, organization=organization, invitation=invitation, started_at=now
    )
    VolunteerInvitation.objects.create(
        organization=make_organization(),
        contact=PHONE,
        name=NAME,
        invited_by=organizer,
        invited_at=now,
        expires_at=now + timedelta(days=30),
    )
    sheet = Sheet.objects.create(
        direction="in",
        kind="people",
        organization=organization,
        by=organizer,
        status="done",
        file_name="志愿者.csv",
        format="csv",
        created_at=now,
        ended_at=now,
    )
    SheetProblem.objects.create(
        sheet=sheet,
        line=3,
        field="phone",
        reason="twice",
        params={"value": PHONE, "near": [PHONE.removeprefix("+86")]},
    )
    _taken_out(volunteer.user, organization, organizer, now)


def _taken_out(user: User, organization: Organization, organizer: User, now: datetime) -> None:
    """Tables with them in it, and tables of theirs."""
    out = {"direction": "out", "kind": "people", "format": "csv", "status": "done"}
    times = {"created_at": now, "ended_at": now}
    Sheet.objects.create(
        **out, **times, organization=organization, by=organizer, content=f"{NAME},{PHONE}".encode()
    )
    Sheet.objects.create(
        **out,
        **times,
        organization=make_organization(),
        by=user,
        file_name=f"{NAME}的名单.csv",
        options={"purpose": "other", "own_words": f"{NAME}要打电话"},
    )
    Sheet.objects.create(
        direction="in",
        kind="people",
        format="csv",
        status="checked",
        created_at=now,
        organization=make_organization(),
        by=user,
        content=f"{NAME},{PHONE}".encode(),
    )


def test_after_seven_days_no_table_holds_name_phone_or_address(canary: Volunteer):
    user = canary.user
    assert traces()
    request = request_erasure(user=user, by=user, at=clock.now())
    assert erase_due(at=request.due_at - timedelta(seconds=1)) == 0
    assert erase_due(at=request.due_at) == 1
    assert traces() == []


def test_what_happened_stays_under_a_pseudonym(canary: Volunteer):
    role = ShiftRole.objects.get(pk=Assignment.objects.get(volunteer=canary).role_id)
    request = request_erasure(user=canary.user, by=canary.user, at=clock.now())
    carry_out(request_id=request.pk, at=clock.now())
    left = Assignment.objects.get(volunteer=canary)
    assert (left.status, left.end_reason) == ("released", "erasure")
    role.refresh_from_db()
    assert role.seats_taken == 0
    gone = User.objects.get(pk=canary.user_id)
    assert (gone.is_active, gone.phone, gone.has_usable_password()) == (False, "", False)
    assert Volunteer.objects.get(pk=canary.pk).number != canary.number
    assert not Membership.objects.live().filter(user=gone).exists()
    assert not Affiliation.objects.live().filter(volunteer=canary).exists()
    assert sorted(Offer.objects.filter(volunteer=canary).values_list("status", flat=True)) == [
        "declined",
        "withdrawn",
    ]
    places = Waiting.objects.filter(volunteer=canary).order_by("pk")
    assert list(places.values_list("status", "words", "end_reason")) == [
        ("left", "", ""),
        ("refused", "", "—"),
    ]
    assert AuditRecord.objects.filter(verb="erasure.carried_out", subject_id=gone.pk).count() == 1


def test_carrying_it_out_again_changes_nothing(canary: Volunteer):
    request = request_erasure(user=canary.user, by=canary.user, at=clock.now())
    assert carry_out(request_id=request.pk, at=clock.now())
    assert not carry_out(request_id=request.pk, at=clock.now())
    forget(user=canary.user, at=clock.now())
    assert traces() == []


def test_a_namesake_keeps_their_name(canary: Volunteer):
    namesake = make_user(name=NAME)
    forget(user=canary.user, at=clock.now())
    namesake.refresh_from_db()
    assert namesake.name == NAME


def test_one_broken_person_does_not_hold_up_the_others(monkeypatch):
    users = [make_volunteer().user for _ in range(2)]
    requests = [request_erasure(user=user, by=user, at=AT) for user in users]

    def broken(*, user: User, at: datetime) -> None:
        if user.pk == users[0].pk:
            raise RuntimeError("planted")
        forget(user=user, at=at)

    monkeypatch.setattr("privacy.erasure.forget", broken)
    assert erase_due(at=AT + DAYS_TO_THINK) == 1
    assert ErasureRequest.objects.get(pk=requests[0].pk).carried_out_at is None


def test_whoever_changes_their_mind_stays():
    user = make_user()
    request_erasure(user=user, by=user, at=AT)
    assert cancel_erasure(user=user, by=user, at=AT)
    assert not cancel_erasure(user=user, by=user, at=AT)
    assert erase_due(at=AT + timedelta(days=30)) == 0


def test_asking_twice_keeps_the_first_day():
    user = make_user()
    first = request_erasure(user=user, by=user, at=AT)
    second = request_erasure(user=user, by=user, at=AT + timedelta(days=1))
    assert first == second


def test_the_only_owner_hands_the_organization_over_first():
    organization = make_organization()
    owner = make_member(organization, "owner")
    with pytest.raises(OnlyOwner):
        request_erasure(user=owner, by=owner, at=AT)
    make_member(organization, "owner")
    assert request_erasure(user=owner, by=owner, at=AT)


def test_what_has_served_its_time_is_purged_and_the_rest_stays():
    now = clock.now()
    old = request_code(
        contact="a@example.org", name="", language="en", at=now - timedelta(days=2), ip="192.0.2.1"
    )
    young = request_code(contact="b@example.org", name="", language="en", at=now, ip="192.0.2.1")
    user = make_user()
    for event, at in (("old", now - timedelta(days=91)), ("young", now)):
        queue_messages(
            notices=[
                Notice(
                    kind="account_security",
                    event=event,
                    recipient=user,
                    context={"change": "x"},
                    outside=False,
                )
            ],
            at=at,
        )
    gone = purge()
    assert (gone["login_codes"], gone["messages"]) == (1, 1)
    assert type(old).objects.get() == young
