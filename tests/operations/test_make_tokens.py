"""Tokens for whoever measures the API."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import ApiToken
from core import clock, deployment
from tests.factories.areas import make_area
from tests.factories.organizations import make_member, make_official, make_organization
from tests.factories.tokens import Program
from tests.factories.volunteers import make_volunteer

pytestmark = pytest.mark.django_db


def made(**options):
    out = StringIO()
    call_command("make_tokens", stdout=out, **options)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_every_role_gets_tokens_that_open_the_api():
    deployment.mark_synthetic(at=clock.now())
    people = {
        "volunteer": make_volunteer().user,
        "organizer": make_member(make_organization(), "organizer"),
        "official": make_official(make_area()),
    }

    for role, user in people.items():
        (line,) = made(role=role, count=1)

        assert line["user"] == user.code
        assert Program(token=line["token"]).get("/api/v1/shifts/").status_code == 200


def test_real_people_get_none():
    make_volunteer()

    with pytest.raises(CommandError, match="real people"):
        made(role="volunteer", count=1)
    assert not ApiToken.objects.exists()


def test_there_are_no_more_than_people():
    deployment.mark_synthetic(at=clock.now())
    make_volunteer()

    with pytest.raises(CommandError, match="There are 1 people"):
        made(role="volunteer", count=2)
