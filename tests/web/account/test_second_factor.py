"""Whoever acts for an organization has passed a second factor."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from notifications.models import Message
from tests.factories.accounts import make_user
from tests.factories.areas import make_area
from tests.factories.organizations import make_member, make_official, make_organization
from tests.factories.sessions import give_totp
from tests.factories.volunteers import make_volunteer
from tests.web.account.reading import digits_sent_to, error_of

pytestmark = pytest.mark.django_db
PASSWORD = "three hands at the gate"


def code_now(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


@pytest.mark.parametrize("role", ["owner", "organizer", "desk"])
def test_a_member_without_one_is_sent_to_the_page_that_says_why(client: Client, role: str):
    organization = make_organization()
    client.force_login(make_member(organization, role))
    for path in (f"/en/org/{organization.code}/", "/en/me/mine/", "/en/home/"):
        response = client.get(path)
        assert (response.status_code, response["Location"]) == (303, "/en/me/second-factor/")
    assert "one more key" in client.get("/en/me/second-factor/").content.decode()


@pytest.mark.parametrize("path", ["/en/account/2fa/totp/activate/", "/en/account/logout/"])
def test_what_leads_out_stays_open(client: Client, path: str):
    client.force_login(make_member(make_organization()))
    assert client.get(path).status_code == 200


def test_setting_it_up_lets_on_and_shows_the_recovery_codes(
    client: Client, django_capture_on_commit_callbacks
):
    organization = make_organization()
    user = make_member(organization)
    client.force_login(user)
    page = client.get("/en/account/2fa/totp/activate/")
    secret = page.context["form"].secret
    refused = client.post("/en/account/2fa/totp/activate/", {"code": "12"})
    assert "not the code" in error_of(refused, "code")
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post("/en/account/2fa/totp/activate/", {"code": code_now(secret)}, follow=True)
    assert response.redirect_chain[-1][0] == "/en/account/2fa/recovery-codes/"
    assert client.get(f"/en/org/{organization.code}/").status_code == 200
    assert Message.objects.filter(recipient=user, kind="account_security", channel="inbox").exists()


def test_password_and_authenticator_let_in(client: Client):
    organization = make_organization()
    user = make_user(email="zhao@example.org", password=PASSWORD)
    make_member(organization, user=user)
    secret = give_totp(user)
    form = {"login": "zhao@example.org", "password": PASSWORD}
    assert "do not belong together" in error_of(
        client.post("/en/account/login/", {**form, "password": "nothing"}), "password"
    )
    assert client.post("/en/account/login/", form)["Location"] == "/en/account/2fa/authenticate/"
    response = client.post("/en/account/2fa/authenticate/", {"code": code_now(secret)})
    assert response["Location"] == "/en/home/"
    assert client.get(f"/en/org/{organization.code}/").status_code == 200


def test_a_session_older_than_the_factor_must_pass_it_too(client: Client):
    organization = make_organization()
    user = make_member(organization)
    client.force_login(user)
    give_totp(user)
    response = client.get(f"/en/org/{organization.code}/")
    assert response["Location"].startswith("/en/account/2fa/reauthenticate/")


def test_a_code_by_phone_alone_does_not_open_a_board(client: Client):
    organization = make_organization()
    user = make_member(organization)
    give_totp(user)
    client.post("/en/enter/", {"contact": user.phone})
    client.post("/en/enter/code/", {"code": digits_sent_to(user.phone)})
    response = client.get(f"/en/org/{organization.code}/")
    assert response["Location"].startswith("/en/enter/")


def test_a_volunteer_who_becomes_a_member_elsewhere_is_asked_at_the_first_guarded_page(client: Client):
    volunteer = make_volunteer()
    client.force_login(volunteer.user)
    assert client.get("/en/me/mine/").status_code == 200
    organization = make_organization()
    make_member(organization, user=volunteer.user)
    assert client.get(f"/en/org/{organization.code}/")["Location"] == "/en/me/second-factor/"


def test_nobody_decides_about_others_with_a_session_from_before_they_did(client: Client):
    volunteer = make_volunteer()
    client.force_login(volunteer.user)
    assert client.get("/en/me/mine/").status_code == 200
    make_member(make_organization(), user=volunteer.user)
    for path in ("/en/me/recoveries/", "/en/me/recoveries/ABCDEFGHJKMN/"):
        assert client.get(path)["Location"] == "/en/me/second-factor/"


def test_taking_the_factor_off_asks_for_another_at_once(client: Client):
    organization = make_organization()
    user = make_member(organization)
    client.force_login(user)
    secret = client.get("/en/account/2fa/totp/activate/").context["form"].secret
    client.post("/en/account/2fa/totp/activate/", {"code": code_now(secret)})
    assert client.get(f"/en/org/{organization.code}/").status_code == 200
    client.post("/en/account/2fa/totp/deactivate/", {})
    assert not Authenticator.objects.filter(user=user).exists()
    assert client.get(f"/en/org/{organization.code}/")["Location"] == "/en/me/second-factor/"


def test_an_official_needs_one_too(client: Client):
    area = make_area()
    client.force_login(make_official(area))
    assert client.get(f"/en/area/{area.code}/")["Location"] == "/en/me/second-factor/"


def test_the_check_costs_a_volunteer_one_query_a_session_and_then_none(
    client: Client, django_assert_max_num_queries
):
    client.force_login(make_volunteer().user)
    client.get("/en/me/birth/")
    with django_assert_max_num_queries(3):  # session, person, profile
        client.get("/en/me/birth/")


def test_sign_up_and_e_mail_pages_of_the_library_are_closed(client: Client):
    assert client.get("/en/account/signup/")["Location"] == "/en/join/"
    client.force_login(make_user())
    assert client.get("/en/account/email/")["Location"] == "/en/me/contact/"


def test_a_forgotten_password_is_answered_alike_and_mailed_through_the_outbox():
    make_user(email="zhao@example.org", password=PASSWORD)
    answers = []
    for email in ("zhao@example.org", "nobody@example.org"):
        client = Client()
        response = client.post("/en/account/password/reset/", {"email": email}, follow=True)
        answers.append((response.status_code, response.redirect_chain, response.content))
    assert answers[0] == answers[1]
    kinds = dict(Message.objects.values_list("address", "kind"))
    assert kinds == {"zhao@example.org": "password_reset", "nobody@example.org": "password_reset_unknown"}
    link = Message.objects.get(kind="password_reset").context["secret"]
    client = Client()
    page = client.get(link, follow=True)
    done = client.post(page.redirect_chain[-1][0], {"password1": PASSWORD + "!", "password2": PASSWORD + "!"})
    assert done.status_code == 302
