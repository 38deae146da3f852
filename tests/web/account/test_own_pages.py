"""Pages of one's own: profile, week, proxies, messages, data."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Consent, ErasureRequest, User
from core import access_log, clock
from core.models import AccessRecord
from notifications.actions import queue_messages
from notifications.models import Message
from notifications.notices import Notice
from tasks.models import Thanks
from tests.factories.accounts import make_user
from tests.factories.areas import small_tree
from tests.factories.organizations import make_member, make_organization
from tests.factories.sessions import sign_in
from tests.factories.tasks import make_crisis
from tests.factories.volunteers import make_capability, make_cause, make_volunteer
from tests.web.account.reading import error_of
from volunteers.actions import grant_proxy
from volunteers.models import Proxy, Volunteer
from volunteers.queries import live_proxies_of

pytestmark = pytest.mark.django_db

PAGES = (
    "start",
    "mine",
    "contact",
    "contact/change",
    "security",
    "second-factor",
    "profile",
    "birth",
    "availability",
    "availability/days",
    "proxies",
    "messages",
    "data",
    "data/looks",
    "data/held",
    "data/thanks",
    "data/erase",
)


@pytest.fixture
def volunteer(client: Client) -> Volunteer:
    volunteer = make_volunteer()
    client.force_login(volunteer.user)
    return volunteer


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_with_few_queries(
    client: Client, volunteer: Volunteer, page: str, django_assert_max_num_queries
):
    make_capability()
    make_cause()
    client.get("/en/me/mine/")
    with django_assert_max_num_queries(12):
        assert client.get(f"/en/me/{page}/").status_code == 200
    assert client.get(f"/zh-hans/me/{page}/").status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_strangers_are_sent_to_sign_in_first(client: Client, page: str):
    response = client.get(f"/en/me/{page}/")
    assert response.status_code == 302
    assert response["Location"].startswith("/en/enter/?next=")


@pytest.mark.parametrize(
    "page", ["join", "enter", "recover", "recover/second-factor", "recover/phone", "recover/sent"]
)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_public_pages_open(client: Client, page: str, language: str):
    assert client.get(f"/{language}/{page}/").status_code == 200


@pytest.mark.parametrize("page", ["profile", "birth", "availability", "proxies"])
def test_somebody_without_a_profile_is_led_to_the_first_steps(client: Client, page: str):
    client.force_login(make_user())
    assert client.get(f"/en/me/{page}/")["Location"] == "/en/me/start/"


def test_the_first_steps_offer_to_lend_a_hand(client: Client):
    user = make_user()
    client.force_login(user)
    assert "lend a hand" in client.get("/en/me/start/").content.decode()
    assert client.post("/en/me/volunteer/")["Location"] == "/en/me/profile/"
    assert Volunteer.objects.filter(user=user).exists()


def test_a_profile_keeps_what_was_said(client: Client, volunteer: Volunteer):
    tree = small_tree()
    skill, cause = make_capability(), make_cause()
    values = {
        "county": tree.counties[0].code,
        "reach_km": "8",
        "max_hours_week": "10",
        "offers_a_day": "1",
        "skill": [skill.code],
        "causes": [cause.code],
    }
    assert client.post("/en/me/profile/", values).status_code == 303
    page = client.get("/en/me/profile/").content.decode()
    assert tree.townships[0].name_en in page
    values["township"] = tree.townships[0].code
    client.post("/en/me/profile/", values)
    volunteer.refresh_from_db()
    assert (volunteer.area, volunteer.county) == (tree.townships[0], tree.counties[0])
    assert [row.capability for row in volunteer.capabilities.all()] == [skill]


def test_how_often_somebody_is_asked_and_what_counts_for_figures_is_theirs_to_say(
    client: Client, volunteer: Volunteer
):
    sound = {"reach_km": "5", "max_hours_week": "5"}
    said = {"offers_a_day": "0", "takes_assignments": "on", "sex": "female", "is_student": "no"}
    assert client.post("/en/me/profile/", {**sound, **said}).status_code == 303
    volunteer.refresh_from_db()
    assert (volunteer.offers_a_day, volunteer.takes_assignments) == (0, True)
    assert (volunteer.sex, volunteer.is_student) == ("female", False)

    client.post("/en/me/profile/", {**sound, "offers_a_day": "2", "sex": "", "is_student": ""})
    volunteer.refresh_from_db()
    assert (volunteer.offers_a_day, volunteer.takes_assignments) == (2, False)
    assert (volunteer.sex, volunteer.is_student) == ("", None)


def test_a_township_of_another_county_counts_as_none(client: Client, volunteer: Volunteer):
    tree = small_tree()
    Volunteer.objects.update(area=tree.townships[0], county=tree.counties[0])
    values = {
        "county": tree.counties[1].code,
        "township": tree.townships[0].code,
        "reach_km": "8",
        "max_hours_week": "10",
        "offers_a_day": "1",
    }
    client.post("/en/me/profile/", values)
    volunteer.refresh_from_db()
    assert volunteer.area == tree.counties[1]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("reach_km", "0"),
        ("reach_km", "far"),
        ("max_hours_week", "81"),
        ("county", "xx"),
        ("offers_a_day", "3"),
        ("offers_a_day", ""),
        ("sex", "elf"),
    ],
)
def test_an_impossible_profile_is_refused_at_its_field(
    client: Client, volunteer: Volunteer, field: str, value: str
):
    sound = {"reach_km": "5", "max_hours_week": "5", "offers_a_day": "2"}
    response = client.post("/en/me/profile/", {**sound, field: value})
    assert response.status_code == 422
    assert error_of(response, field)


def test_a_child_without_a_guardian_is_told_at_the_field(client: Client, volunteer: Volunteer):
    born = (clock.today() - timedelta(days=365 * 10)).isoformat()
    assert "must agree" in error_of(client.post("/en/me/birth/", {"birth_on": born}), "guardian_name")
    short = client.post("/en/me/birth/", {"birth_on": born, "guardian_phone": "138 0000 004"})
    assert "one digit short" in error_of(short, "guardian_phone")


def test_the_week_is_ticked_and_neighbouring_parts_become_one_window(client: Client, volunteer: Volunteer):
    client.post("/en/me/availability/", {"day_0": ["morning", "afternoon"], "day_5": ["evening"]})
    assert list(volunteer.week.order_by("weekday").values_list("weekday", "starts_hour", "ends_hour")) == [
        (0, 6, 18),
        (5, 18, 24),
    ]
    page = client.get("/en/me/availability/").content.decode()
    assert page.count(" checked") == 3


def test_days_that_differ_are_added_and_removed(client: Client, volunteer: Volunteer):
    first, last = clock.today() + timedelta(days=3), clock.today() + timedelta(days=1)
    days = {"starts_on": first.isoformat(), "ends_on": last.isoformat(), "is_free": "no"}
    assert "Swap them" in error_of(client.post("/en/me/availability/days/", days), "ends_on")
    days["ends_on"] = first.isoformat()
    assert client.post("/en/me/availability/days/", days).status_code == 303
    assert client.post("/en/me/availability/days/nonsense/end/").status_code == 404
    assert client.post(f"/en/me/availability/days/{first.isoformat()}/end/").status_code == 303
    assert not volunteer.exceptions.exists()


def test_a_proxy_is_named_with_words_and_ended(client: Client, volunteer: Volunteer):
    child = make_volunteer()
    assert "No volunteer" in error_of(
        client.post("/en/me/proxies/", {"number": "00000000", "consent": "x"}), "number"
    )
    assert "without your word" in error_of(
        client.post("/en/me/proxies/", {"number": child.number, "consent": ""}), "consent"
    )
    client.post("/en/me/proxies/", {"number": child.number, "consent": "may sign me up"})
    assert Proxy.objects.get().user == child.user
    other = sign_in(Client(), child.user)
    assert other.post("/en/me/acting/", {"number": volunteer.number})["Location"] == "/en/me/"
    assert other.get("/en/me/availability/").context["volunteer"] == volunteer
    client.post(f"/en/me/proxies/{child.user.code}/end/")
    assert other.get("/en/me/availability/").context["volunteer"] == child


def test_whoever_acts_for_somebody_chooses_nobody_else(client: Client):
    elder, child, stranger, friend = (make_volunteer() for _ in range(4))
    for other in (child, friend):
        grant_proxy(volunteer=elder, number=other.number, consent="她说可以", by=elder.user, at=clock.now())
    client.force_login(child.user)
    client.post("/en/me/acting/", {"number": elder.number})
    page = client.get("/en/me/proxies/").content.decode()
    assert friend.user.name in page and "Let somebody act for me" not in page
    wish = {"number": stranger.number, "consent": "x"}
    assert client.post("/en/me/proxies/", wish).status_code == 403
    assert client.post(f"/en/me/proxies/{friend.user.code}/end/").status_code == 403
    assert set(live_proxies_of(elder).values_list("user", flat=True)) == {child.user_id, friend.user_id}
    assert client.post(f"/en/me/proxies/{child.user.code}/end/").status_code == 303


def test_numbers_are_not_guessed_through_the_proxy_form(client: Client, volunteer: Volunteer):
    for number in range(11):
        response = client.post("/en/me/proxies/", {"number": f"9000000{number % 10}", "consent": "x"})
    assert "enough" in error_of(response, "number")


def test_messages_are_read_on_a_post_and_only_ones_own(client: Client, volunteer: Volunteer):
    for recipient in (volunteer.user, make_user()):
        queue_messages(
            notices=[
                Notice(
                    kind="account_security",
                    event=f"e{recipient.pk}",
                    recipient=recipient,
                    context={"change": "password_changed"},
                )
            ],
            at=clock.now(),
        )
    mine = Message.objects.get(recipient=volunteer.user, channel="inbox")
    theirs = Message.objects.exclude(recipient=volunteer.user).get(channel="inbox")
    assert "Your password was changed" in client.get("/en/me/messages/").content.decode()
    assert client.get(f"/en/me/messages/{mine.code}/").status_code == 200
    assert client.get(f"/en/me/messages/{theirs.code}/").status_code == 404
    mine.refresh_from_db()
    assert mine.read_at is None
    client.post("/en/me/messages/read/", {"code": mine.code})
    client.post("/en/me/messages/read/", {"code": theirs.code})
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert mine.read_at is not None and theirs.read_at is None


def test_all_messages_are_marked_as_read_and_new_again(client: Client, volunteer: Volunteer):
    notices = [
        Notice(kind="account_security", event=f"e{n}", recipient=volunteer.user, context={"change": "x"})
        for n in range(3)
    ]
    queue_messages(notices=notices, at=clock.now())
    old, *new = Message.objects.filter(channel="inbox")
    Message.objects.filter(pk=old.pk).update(read_at=clock.now() - timedelta(days=1))
    response = client.post("/en/me/messages/read/", follow=True)
    page = response.content.decode()
    assert "All messages are marked as read." in page and "Mark them as new again" in page
    assert not Message.objects.filter(channel="inbox", read_at=None).exists()

    client.post("/en/me/messages/read/", {"back": response.context["all_read"].isoformat()})

    assert set(Message.objects.filter(channel="inbox", read_at=None)) == set(new)
    for odd in ("yesterday", "2026-13-45T25:00", "2026-11-22T10:00:00"):
        assert "Mark them as new again" not in client.get(f"/en/me/messages/?read={odd}").content.decode()


def test_a_name_on_the_page_of_a_crisis_is_seen_and_taken_down(client: Client, volunteer: Volunteer):
    crisis = make_crisis(started_at=clock.now() - timedelta(days=9), ended_at=clock.now())
    for whose, name in ((volunteer, "Aunt Gui"), (make_volunteer(), "Uncle Wang")):
        Thanks.objects.create(crisis=crisis, volunteer=whose, name=name, made_at=clock.now())
    page = client.get("/en/me/data/thanks/").content.decode()
    assert "Aunt Gui" in page and "Uncle Wang" not in page

    page = client.post(f"/en/me/data/thanks/{crisis.code}/down/", follow=True).content.decode()

    assert f"/en/closing/{crisis.code}/" in page and "Your name stands nowhere." in page
    assert Thanks.objects.get().name == "Uncle Wang"
    assert client.post(f"/en/me/data/thanks/{crisis.code}/down/").status_code == 404


@pytest.mark.parametrize("number", [1, 3, 25])
def test_the_list_of_messages_costs_the_same_however_long(
    client: Client, volunteer: Volunteer, number: int, django_assert_num_queries
):
    queue_messages(
        notices=[
            Notice(kind="account_security", event=f"e{n}", recipient=volunteer.user, context={"change": "x"})
            for n in range(number)
        ],
        at=clock.now(),
    )
    client.get("/en/me/mine/")
    with django_assert_num_queries(5):
        page = client.get("/en/me/messages/").content.decode()
    assert ('rel="next"' in page) is (number > 20)


def test_consent_is_taken_back_and_given_again(client: Client, volunteer: Volunteer):
    client.post("/en/me/data/consent/", {"purpose": "messages", "give": "1"})
    client.post("/en/me/data/consent/", {"purpose": "messages", "give": "0"})
    assert Consent.objects.current(volunteer.user)["messages"].decision == "withdrawn"
    client.post("/en/me/data/consent/", {"purpose": "terms", "give": "0"})
    assert Consent.objects.current(volunteer.user)["terms"].decision == "granted"
    assert "Taking part rests on this" in client.get("/en/me/data/").content.decode()


def test_a_person_reads_who_looked(client: Client, volunteer: Volunteer):
    by = make_user()
    access_log.record(
        person_ids=[volunteer.user_id],
        by=by,
        label="Canalside Mutual Aid",
        at=clock.now(),
        purpose=AccessRecord.Purpose.CHANGE,
        what=AccessRecord.What.TELEPHONE,
        about={"zh": "夜间卡口测温登记", "en": "Night checkpoint"},
    )
    for page in ("me/data/", "me/data/looks/"):
        english, chinese = (client.get(f"/{tag}/{page}").content.decode() for tag in ("en", "zh-hans"))
        assert "Canalside Mutual Aid" in english
        assert "To call you about a change of the shift: Night checkpoint" in english
        assert "Your name and telephone number" in english
        assert "夜间卡口测温登记" in chinese
        assert "To call you" not in chinese


def test_to_be_forgotten_takes_a_typed_word_and_can_be_taken_back(client: Client, volunteer: Volunteer):
    slip = client.post("/en/me/data/erase/", {"word": "yes"})
    assert slip.status_code == 422 and "Type the word" in error_of(slip, "word")
    assert not ErasureRequest.objects.exists()
    client.post("/en/me/data/erase/", {"word": " 删除 "})
    assert ErasureRequest.objects.get().user == volunteer.user
    assert "change your mind" in client.get("/en/me/data/").content.decode()
    client.post("/en/me/data/erase/cancel/")
    assert ErasureRequest.objects.get().cancelled_at is not None


def test_the_only_owner_is_told_what_to_do_first(client: Client):
    organization = make_organization()
    sign_in(client, make_member(organization, "owner"))
    response = client.post("/en/me/data/erase/", {"word": "erase"}, follow=True)
    assert "only owner" in response.content.decode()
    assert not ErasureRequest.objects.exists()


def test_a_way_of_being_reached_that_is_not_there_is_refused(client: Client, volunteer: Volunteer):
    values = {"name": "桂芳", "contact_by": "email", "language": "en"}
    assert "Add it first" in error_of(client.post("/en/me/contact/", values), "contact_by")
    client.post("/en/me/contact/", {**values, "contact_by": "sms"})
    changed = User.objects.get(pk=volunteer.user_id)
    assert (changed.name, changed.contact_by, changed.language) == ("桂芳", "sms", "en")


@pytest.mark.parametrize(
    "path", ["me/volunteer", "me/acting", "me/messages/read", "me/data/consent", "me/data/erase/cancel"]
)
def test_what_changes_something_is_never_a_get(client: Client, volunteer: Volunteer, path: str):
    assert client.get(f"/en/{path}/").status_code == 405
