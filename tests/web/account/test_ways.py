"""The way around on the pages of one's own account, those of the library too."""

import pytest
from django.test import Client
from django.utils.translation import override

from tests.factories.accounts import make_user
from tests.factories.areas import small_tree
from tests.factories.organizations import make_member, make_official, make_organization
from tests.factories.sessions import sign_in
from tests.factories.volunteers import make_volunteer
from tests.web.reading import check_page
from web.templatetags.devices import device_words

pytestmark = pytest.mark.django_db
PAGES = ("me/mine", "account/password/set", "account/2fa", "account/sessions")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ["volunteer", "organizer", "official", "staff"])
def test_whoever_has_signed_in_finds_the_way_back_to_their_own_pages(
    client: Client, role: str, page: str
) -> None:
    if role == "volunteer":
        user, home = make_volunteer().user, "/en/me/"
    elif role == "staff":
        user, home = make_user(is_staff=True), "/en/staff/"
    elif role == "organizer":
        organization = make_organization()
        user, home = make_member(organization), f"/en/org/{organization.code}/"
    else:
        county = small_tree().counties[0]
        user, home = make_official(county), f"/en/area/{county.code}/"

    links = check_page(sign_in(client, user).get(f"/en/{page}/")).links

    assert home in links and "/en/me/mine/" in links
    assert "/en/figures/" not in links


def test_before_the_second_factor_there_is_no_way_but_through_it(client: Client) -> None:
    organization = make_organization()
    sign_in(client, make_member(organization), second_factor=False)

    links = check_page(client.get("/en/account/2fa/totp/activate/")).links

    assert f"/en/org/{organization.code}/" not in links and "/en/figures/" not in links


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0",
            "Firefox, Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36",
            "Chrome, Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) Version/17.5 Mobile/15E148 Safari/604.1",
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (Linux; Android 13) Chrome/116.0 MicroMessenger/8.0.49", "WeChat, Android"),
        ("curl/8.5.0", "Unknown device"),
    ],
)
def test_a_device_is_called_by_its_name(said: str, words: str) -> None:
    with override("en"):
        assert device_words(said) == words
