"""Tokens for programs: made, shown once, revoked."""

import re

import pytest
from django.urls import reverse

from accounts.actions.tokens import MOST, hash_of
from accounts.models import ApiToken
from core.models import AuditRecord
from tests.factories.organizations import make_member, make_organization
from tests.factories.sessions import sign_in
from tests.factories.tokens import Program, make_token
from tests.factories.volunteers import make_volunteer

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return make_volunteer().user


@pytest.fixture
def page(client, user):
    return sign_in(client, user)


def test_a_token_is_shown_once_and_opens_the_api(page, user):
    made = page.post(reverse("account:tokens"), {"name": "Rota"})
    first, second = (page.get(reverse("account:tokens")).content.decode() for _ in range(2))

    assert made.status_code == 303
    secret = re.search(r"mh_[\w-]{40,}", first)[0]
    assert secret not in second
    assert bytes(ApiToken.objects.get(user=user).token_hash) == hash_of(secret)
    assert Program(token=secret).get("/api/v1/assignments/").status_code == 200


def test_only_a_hash_is_kept_and_the_record_names_no_secret(page):
    page.post(reverse("account:tokens"), {"name": "Rota"})
    secret = re.search(r"mh_[\w-]{40,}", page.get(reverse("account:tokens")).content.decode())[0]

    token = ApiToken.objects.get()
    record = AuditRecord.objects.get(verb="token.made")
    assert secret not in repr(vars(token))
    assert secret not in repr(vars(record))


def test_a_revoked_token_opens_nothing(page, user):
    secret = make_token(user)
    token = ApiToken.objects.get()

    answer = page.post(reverse("account:token_revoke", args=[token.code]))

    assert answer.status_code == 303
    assert Program(token=secret).get("/api/v1/assignments/").status_code == 401


def test_nobody_revokes_the_token_of_somebody_else(page):
    make_token(make_volunteer().user)
    token = ApiToken.objects.get()

    assert page.post(reverse("account:token_revoke", args=[token.code])).status_code == 404
    assert ApiToken.objects.live().exists()


def test_a_token_needs_a_name_and_there_are_not_too_many(page, user):
    for _ in range(MOST - 1):
        make_token(user)

    nameless = page.post(reverse("account:tokens"), {"name": " "})
    last = page.post(reverse("account:tokens"), {"name": "Last"})
    beyond = page.post(reverse("account:tokens"), {"name": "Beyond"})

    assert (nameless.status_code, last.status_code, beyond.status_code) == (422, 303, 422)
    assert ApiToken.objects.count() == MOST


def test_a_member_without_the_second_factor_makes_none(client):
    member = make_member(make_organization())
    client.force_login(member)

    answer = client.post(reverse("account:tokens"), {"name": "Rota"})

    assert answer.status_code == 303
    assert answer["Location"] == reverse("account:second_factor")
    assert not ApiToken.objects.exists()


def test_the_day_of_the_last_use_is_noted_once_a_day(user):
    secret = make_token(user, last_used_on=None)
    program = Program(token=secret)

    program.get("/api/v1/assignments/")

    assert ApiToken.objects.get().last_used_on is not None
