"""Joining and signing in by a code, through the pages."""

import re

import pytest
from django.test import Client

from accounts.models import Consent, User
from notifications.models import Message
from tasks.models import Assignment
from tests.factories.accounts import make_user
from tests.factories.areas import make_area
from tests.factories.organizations import make_authority, make_member, make_organization
from tests.factories.sessions import give_totp
from tests.factories.tasks import make_shift
from tests.factories.volunteers import make_capability, make_volunteer
from tests.web.account.reading import digits_sent_to, error_of, wrong
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db
PHONE = "+8613800000044"
# The cookie is random, the other the time of day.
VARYING = {"Set-Cookie", "Expires"}


def ask(client: Client, page: str = "join", **values: str):
    data = {"name": "桂芳", "contact": "138 0000 0044", **values} if page == "join" else values
    return client.post(f"/en/{page}/", data)


def test_a_newcomer_is_in_with_one_form_and_a_code(client: Client):
    response = ask(client, messages="on")
    assert (response.status_code, response["Location"]) == (303, "/en/enter/code/")
    response = client.post("/en/enter/code/", {"code": digits_sent_to(PHONE)})
    assert (response.status_code, response["Location"]) == (302, "/en/me/start/")
    user = User.objects.get(phone=PHONE)
    assert (user.name, user.language) == ("桂芳", "en")
    assert Volunteer.objects.filter(user=user).exists()
    assert set(Consent.objects.current(user)) == {"terms", "messages"}
    assert client.get("/en/me/start/").status_code == 200


def test_the_digits_go_to_the_phone_alone_and_into_nobodys_inbox(client: Client):
    ask(client)
    assert list(Message.objects.values_list("channel", "recipient")) == [("sms", None)]


def test_what_was_typed_stays_and_each_error_stands_at_its_field(client: Client):
    response = ask(client, name="", contact="138 0000 004")
    assert response.status_code == 422
    assert "one digit short" in error_of(response, "contact")
    assert "what we may call you" in error_of(response, "name")
    assert 'value="138 0000 004"' in response.content.decode()


def test_a_wrong_code_says_how_many_tries_are_left_at_its_field(client: Client):
    ask(client)
    response = client.post("/en/enter/code/", {"code": wrong(digits_sent_to(PHONE))})
    assert response.status_code == 422
    assert "Tries left: 4" in error_of(response, "code")


def test_too_many_codes_are_refused_at_the_contact(client: Client):
    for _ in range(3):
        ask(client)
    assert "Wait ten minutes" in error_of(ask(client), "contact")


def test_another_code_can_be_sent_and_the_old_one_is_void(client: Client):
    ask(client)
    first = digits_sent_to(PHONE)
    assert client.post("/en/enter/code/again/").status_code == 303
    second = digits_sent_to(PHONE)
    if first != second:
        assert client.post("/en/enter/code/", {"code": first}).status_code == 422
    assert client.post("/en/enter/code/", {"code": second}).status_code == 302


def test_somebody_known_signs_in_with_phone_and_code(client: Client):
    volunteer = make_volunteer(user=make_user(phone=PHONE))
    ask(client, "enter", contact="13800000044")
    response = client.post("/en/enter/code/", {"code": digits_sent_to(PHONE)})
    assert response["Location"] == "/en/home/"
    assert client.get("/en/home/")["Location"] == "/en/me/"
    assert client.session["_auth_user_id"] == str(volunteer.user_id)


def test_those_who_share_a_phone_say_who_they_are(client: Client):
    elder, child = make_user(name="奶奶", phone=PHONE), make_user(name="小林", phone=PHONE)
    ask(client, "enter", contact=PHONE)
    assert client.post("/en/enter/code/", {"code": digits_sent_to(PHONE)})["Location"] == "/en/enter/who/"
    page = client.get("/en/enter/who/").content.decode()
    assert "奶奶" in page and "小林" in page
    assert "Choose a name" in error_of(client.post("/en/enter/who/", {}), "person")
    client.post("/en/enter/who/", {"person": child.code})
    assert client.session["_auth_user_id"] == str(child.pk)
    assert elder.pk != child.pk


def test_somebody_new_may_share_a_known_phone(client: Client):
    make_user(name="奶奶", phone=PHONE)
    ask(client, name="小林")
    client.post("/en/enter/code/", {"code": digits_sent_to(PHONE)})
    assert "your name" in client.get("/en/enter/who/").content.decode()
    assert "call you" in error_of(client.post("/en/enter/who/", {"person": "new", "name": ""}), "name")
    client.post("/en/enter/who/", {"person": "new", "name": "小林"})
    assert sorted(User.objects.filter(phone=PHONE).values_list("name", flat=True)) == ["奶奶", "小林"]


def test_an_unknown_phone_at_the_sign_in_page_is_asked_for_a_name(client: Client):
    ask(client, "enter", contact=PHONE)
    client.post("/en/enter/code/", {"code": digits_sent_to(PHONE)})
    client.post("/en/enter/who/", {"name": "桂芳"})
    assert User.objects.get(phone=PHONE).name == "桂芳"


def scrubbed(text: str) -> str:
    return re.sub(r'(name="csrfmiddlewaretoken" value=")[^"]+', r"\1", text)


@pytest.mark.parametrize("page", ["join", "enter"])
def test_known_and_unknown_contacts_are_answered_alike(page: str, django_assert_num_queries):
    make_user(phone="+8613800000001", email="known@example.org")
    answers = []
    for contact in ("13800000001", "13800000002"):
        client = Client()
        with django_assert_num_queries(14):  # four of them savepoints
            sent = client.post(f"/en/{page}/", {"name": "桂芳", "contact": contact})
        shown = client.get(sent["Location"])
        answers.append(
            (
                sent.status_code,
                {name: value for name, value in sent.headers.items() if name not in VARYING},
                sent.content,
                shown.status_code,
                {name: value for name, value in shown.headers.items() if name not in VARYING},
                scrubbed(shown.content.decode()).replace(contact[-4:], "0000"),
            )
        )
    assert answers[0] == answers[1]


def test_somebody_with_a_second_factor_meets_it_after_the_code(client: Client):
    user = make_user(phone=PHONE)
    give_totp(user)
    ask(client, "enter", contact=PHONE)
    response = client.post("/en/enter/code/", {"code": digits_sent_to(PHONE)})
    assert response["Location"] == "/en/account/2fa/authenticate/"
    assert "_auth_user_id" not in client.session


def test_the_page_after_signing_in_is_the_one_that_was_wanted_and_never_another_site(client: Client):
    make_volunteer(user=make_user(phone=PHONE))
    response = client.get("/en/me/mine/")
    assert response["Location"] == "/en/enter/?next=%2Fen%2Fme%2Fmine%2F"
    client.post("/en/enter/", {"contact": PHONE, "next": "/en/me/mine/"})
    assert client.post("/en/enter/code/", {"code": digits_sent_to(PHONE)})["Location"] == "/en/me/mine/"
    other = Client()
    other.post("/en/enter/", {"contact": PHONE, "next": "https://evil.example/"})
    assert other.post("/en/enter/code/", {"code": digits_sent_to(PHONE)})["Location"] == "/en/home/"


@pytest.mark.parametrize("kind", ["official", "organizer", "nobody"])
def test_everybody_has_a_home(client: Client, kind: str):
    area = make_area()
    user = make_user()
    homes = {"nobody": "/en/me/start/"}
    if kind == "official":
        make_member(make_authority(area), user=user)
        homes["official"] = f"/en/area/{area.code}/"
    if kind == "organizer":
        organization = make_organization()
        make_member(organization, user=user)
        homes["organizer"] = f"/en/org/{organization.code}/"
    client.force_login(user)
    session = client.session
    session["second_factor"] = "passed"
    session.save()
    assert client.get("/en/home/")["Location"] == homes[kind]


def test_whoever_joins_from_a_shift_has_a_seat_in_it_with_the_code(client: Client):
    shift = make_shift(area=make_area())
    need = f"/en/needs/{shift.code}/"
    page = client.get("/en/join/", {"next": need}).content.decode()
    assert shift.task.display_title in page and "Join and take the seat" in page

    ask(client, next=need)
    assert "With the code you have a seat" in client.get("/en/enter/code/").content.decode()
    response = client.post("/en/enter/code/", {"code": digits_sent_to(PHONE)})

    seat = Assignment.objects.live().get(shift=shift)
    assert seat.volunteer.user.phone == PHONE and not seat.volunteer.is_guest
    assert response["Location"] == f"/en/me/seats/{seat.code}/done/"


def test_a_skill_that_only_the_newcomer_can_say_is_asked_and_then_the_seat_is_theirs(client: Client):
    skill = make_capability()
    shift = make_shift(area=make_area(), requirements=[skill], min_age=16)
    ask(client, next=f"/en/needs/{shift.code}/")
    response = client.post("/en/enter/code/", {"code": digits_sent_to(PHONE)})
    ready = f"/en/me/needs/{shift.code}/ready/"
    assert response["Location"] == f"{ready}?part=1"
    assert skill.name in client.get(response["Location"]).content.decode()
    # The page of the shift leads there too, for whoever has joined already.
    assert ready in client.get(f"/en/needs/{shift.code}/").content.decode()

    unsaid = client.post(ready, {"part": "1"})
    assert unsaid.status_code == 422 and error_of(unsaid, "birth_on")
    response = client.post(ready, {"part": "1", "birth_on": "1990-02-06"})

    seat = Assignment.objects.live().get(shift=shift)
    assert response["Location"] == f"/en/me/seats/{seat.code}/done/"
    assert seat.volunteer.capabilities.get().capability == skill


def test_a_paper_is_no_matter_of_ones_word(client: Client):
    shift = make_shift(area=make_area(), requirements=[make_capability(kind="qualification")])
    client.force_login(make_volunteer().user)
    ready = f"/en/me/needs/{shift.code}/ready/"

    assert "This seat needs a paper" in client.get(ready).content.decode()
    client.post(ready, {"part": "1"})

    assert not Assignment.objects.exists()
    assert client.get("/en/me/needs/NOSUCH/ready/").status_code == 404


def test_where_an_organizer_looks_first_joining_leads_back_to_the_shift(client: Client):
    shift = make_shift(area=make_area(), needs_approval=True)
    need = f"/en/needs/{shift.code}/"
    ask(client, next=need)
    response = client.post("/en/enter/code/", {"code": digits_sent_to(PHONE)})
    assert response["Location"] == need
    assert not Assignment.objects.exists()


@pytest.mark.parametrize("borrowed", [True, False])
def test_on_a_borrowed_device_the_session_ends_with_the_browser(client: Client, borrowed: bool):
    volunteer = make_volunteer(user=make_user(phone=PHONE))
    client.post("/en/enter/", {"contact": "138 0000 0044"})
    assert "This is not my device" in client.get("/en/enter/code/").content.decode()
    said = {"borrowed": "on"} if borrowed else {}

    response = client.post("/en/enter/code/", {"code": digits_sent_to(PHONE), **said})

    assert client.session["_auth_user_id"] == str(volunteer.user_id)
    assert client.session.get_expire_at_browser_close() is borrowed
    assert bool(response.cookies["sessionid"]["max-age"]) is not borrowed
    # Nothing of the day is kept on the device of somebody else.
    assert ("Keep-For" in client.get("/en/me/").headers) is not borrowed


def test_a_newcomer_who_is_asked_who_they_are_says_only_once_that_the_device_is_borrowed(client: Client):
    make_user(phone=PHONE)
    ask(client)
    response = client.post("/en/enter/code/", {"code": digits_sent_to(PHONE), "borrowed": "on"})
    assert response["Location"] == "/en/enter/who/"

    client.post("/en/enter/who/", {"person": "new", "name": "Yue"})

    assert client.session.get_expire_at_browser_close()
