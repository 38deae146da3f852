"""Lost phones and second factors: who may decide, and what follows."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.test import Client

from accounts.actions import (
    OwnRecovery,
    RecoveryChanged,
    RecoveryDecided,
    decide_recovery,
    request_recovery,
)
from accounts.models import ApiToken, Recovery, User
from core import clock
from core.models import AccessRecord
from notifications.models import Message
from tests.factories.accounts import make_user
from tests.factories.areas import small_tree
from tests.factories.organizations import make_authority, make_member, make_official, make_organization
from tests.factories.sessions import give_totp, sign_in
from tests.factories.tokens import make_token
from tests.factories.volunteers import make_volunteer
from tests.web.account.reading import digits_sent_to, error_of
from volunteers.permissions import recoveries_to_decide

pytestmark = pytest.mark.django_db
NEW = "+8613800000099"


@pytest.fixture
def scene():
    """An organizer who lost a second factor, and one person per role around them."""
    tree = small_tree()
    county, city, elsewhere = tree.counties[0], tree.cities[0], tree.counties[2]
    organization = make_organization(home_area=county)
    lost = make_user(email="zhao@example.org")
    make_member(organization, "owner", lost)
    give_totp(lost)
    people = {
        "themselves": lost,
        "another owner": make_member(organization, "owner"),
        "an organizer of the same": make_member(organization, "organizer"),
        "the desk": make_member(organization, "desk"),
        "an owner elsewhere": make_member(make_organization(home_area=county), "owner"),
        "an official of the county": make_official(county),
        "an official of the city": make_official(city),
        "an official elsewhere": make_official(elsewhere),
        "the desk of the authority": make_member(make_authority(tree.townships[0]), "desk"),
        "a volunteer": make_volunteer().user,
        "platform staff": make_user(is_staff=True),
    }
    return lost, people


DECIDERS = {
    "another owner": True,
    "an organizer of the same": False,
    "the desk": False,
    "an owner elsewhere": False,
    "an official of the county": True,
    "an official of the city": True,
    "an official elsewhere": False,
    "the desk of the authority": False,
    "a volunteer": False,
    "platform staff": True,
    "themselves": False,
}


@pytest.mark.parametrize(("role", "may"), DECIDERS.items())
def test_a_lost_factor_is_decided_by_a_second_person_near(scene, role: str, may: bool):
    lost, people = scene
    recovery = request_recovery(user=lost, kind="second_factor", reason="手机丢了", at=clock.now())
    client = sign_in(Client(), people[role])
    assert recoveries_to_decide(people[role]).filter(pk=recovery.pk).exists() is may
    response = client.post(
        f"/en/me/recoveries/{recovery.code}/", {"decision": "approve", "reason": "I called back"}
    )
    assert response.status_code == (303 if may else 404)
    assert Authenticator.objects.filter(user=lost).exists() is not may


def test_approval_takes_the_factor_the_sessions_and_the_tokens_and_tells_the_person(scene):
    lost, people = scene
    UserSession.objects.create(user=lost, ip="192.0.2.1", session_key="abc", user_agent="x")
    make_token(lost)
    recovery = request_recovery(user=lost, kind="second_factor", reason="手机丢了", at=clock.now())
    client = sign_in(Client(), people["another owner"])
    page = client.get(f"/en/me/recoveries/{recovery.code}/").content.decode()
    assert "手机丢了" in page
    client.post(f"/en/me/recoveries/{recovery.code}/", {"decision": "approve", "reason": "I called back"})
    assert not UserSession.objects.filter(user=lost).exists()
    assert not ApiToken.objects.live().filter(user=lost).exists()
    assert Message.objects.filter(recipient=lost, kind="recovery_decided", channel="sms").exists()
    assert AccessRecord.objects.filter(person_id=lost.pk, actor_id=people["another owner"].pk).exists()


def test_a_decision_needs_a_reason_and_stands(scene):
    lost, people = scene
    recovery = request_recovery(user=lost, kind="second_factor", reason="手机丢了", at=clock.now())
    client = sign_in(Client(), people["another owner"])
    refused = client.post(f"/en/me/recoveries/{recovery.code}/", {"decision": "decline", "reason": " "})
    assert "how you know" in error_of(refused, "reason")
    client.post(f"/en/me/recoveries/{recovery.code}/", {"decision": "decline", "reason": "Not her voice"})
    assert Authenticator.objects.filter(user=lost).exists()
    with pytest.raises(RecoveryDecided):
        decide_recovery(
            recovery=recovery, approve=True, reason="x", by=people["an official of the city"], at=clock.now()
        )


def test_nobody_decides_their_own(scene):
    lost, _people = scene
    recovery = request_recovery(user=lost, kind="second_factor", reason="x", at=clock.now())
    with pytest.raises(OwnRecovery):
        decide_recovery(recovery=recovery, approve=True, reason="x", by=lost, at=clock.now())


def test_a_request_is_answered_alike_for_known_and_unknown_addresses(scene):
    answers = []
    for email in ("zhao@example.org", "nobody@example.org"):
        response = Client().post(
            "/en/recover/second-factor/", {"email": email, "reason": "手机丢了"}, follow=True
        )
        answers.append((response.status_code, response.redirect_chain, response.content))
    assert answers[0] == answers[1]
    assert Recovery.objects.count() == 1


def lose_phone(client: Client, number: str) -> object:
    values = {"number": number, "contact": NEW, "reason": "手机掉河里了"}
    client.post("/en/recover/phone/", values)
    return client.post("/en/recover/phone/code/", {"code": digits_sent_to(NEW)})


def test_a_lost_phone_is_asked_for_after_a_code_and_decided_by_an_official_of_the_county():
    tree = small_tree()
    volunteer = make_volunteer(area=tree.townships[0])
    old = volunteer.user.phone
    assert lose_phone(Client(), volunteer.number)["Location"] == "/en/recover/sent/"
    recovery = Recovery.objects.get()
    far = sign_in(Client(), make_official(tree.counties[2]))
    assert far.get(f"/en/me/recoveries/{recovery.code}/").status_code == 404
    near = sign_in(Client(), make_official(tree.counties[0]))
    values = {"decision": "approve", "reason": "来过服务站"}
    assert near.post(f"/en/me/recoveries/{recovery.code}/", values).status_code == 303
    assert User.objects.get(pk=volunteer.user_id).phone == NEW
    told = set(
        Message.objects.filter(kind="recovery_decided", channel="sms").values_list("address", flat=True)
    )
    assert told == {old, NEW}


def test_a_contact_that_came_in_later_is_not_approved_with_the_one_that_was_read():
    tree = small_tree()
    volunteer = make_volunteer(area=tree.townships[0])
    old, official = volunteer.user.phone, make_official(tree.counties[0])
    asked = {"user": volunteer.user, "kind": "phone", "reason": "手机掉河里了"}
    read = request_recovery(**asked, at=clock.now(), new_contact=NEW)
    assert request_recovery(**asked, at=clock.now(), new_contact=NEW).code == read.code
    later = request_recovery(**asked, at=clock.now(), new_contact="+8613900000077")
    client = sign_in(Client(), official)
    values = {"decision": "approve", "reason": "来过服务站"}
    assert client.post(f"/en/me/recoveries/{read.code}/", values).status_code == 404
    with pytest.raises(RecoveryChanged):
        decide_recovery(recovery=read, approve=True, reason="来过", by=official, at=clock.now())
    assert User.objects.get(pk=volunteer.user_id).phone == old
    assert client.get(f"/en/me/recoveries/{later.code}/").status_code == 200


def test_an_address_of_somebody_else_can_only_be_declined():
    tree = small_tree()
    make_user(email="taken@example.org")
    volunteer = make_volunteer(area=tree.townships[0])
    recovery = request_recovery(
        user=volunteer.user, kind="phone", reason="x", at=clock.now(), new_contact="taken@example.org"
    )
    client = sign_in(Client(), make_official(tree.counties[0]))
    path = f"/en/me/recoveries/{recovery.code}/"
    refused = client.post(path, {"decision": "approve", "reason": "I know her"})
    assert refused.status_code == 422
    assert "belongs to one person" in refused.content.decode()
    assert client.post(path, {"decision": "decline", "reason": "Taken"}).status_code == 303


def test_the_new_phone_holds_only_after_its_code():
    volunteer = make_volunteer()
    client = Client()
    client.post("/en/recover/phone/", {"number": volunteer.number, "contact": NEW, "reason": "x"})
    assert not Recovery.objects.exists()


def test_an_unknown_number_is_answered_like_a_known_one():
    volunteer = make_volunteer()
    known = lose_phone(Client(), volunteer.number)
    unknown = lose_phone(Client(), "19999999")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert Recovery.objects.count() == 1


def test_a_changed_phone_is_confirmed_by_code_and_told_to_the_old_one(client: Client):
    volunteer = make_volunteer()
    old = volunteer.user.phone
    client.force_login(volunteer.user)
    client.post("/en/me/contact/change/", {"contact": NEW})
    assert User.objects.get(pk=volunteer.user_id).phone == old
    assert client.post("/en/me/contact/code/", {"code": digits_sent_to(NEW)})["Location"] == "/en/me/contact/"
    assert User.objects.get(pk=volunteer.user_id).phone == NEW
    assert Message.objects.filter(kind="contact_changed", channel="sms", address=old).exists()


def test_an_address_of_somebody_else_is_refused_at_the_code(client: Client):
    make_user(email="taken@example.org")
    client.force_login(make_volunteer().user)
    client.post("/en/me/contact/change/", {"contact": "Taken@example.org"})
    response = client.post("/en/me/contact/code/", {"code": digits_sent_to("taken@example.org")})
    assert "belongs to one person" in error_of(response, "code")
