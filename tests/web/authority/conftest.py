"""One tree and the people who knock at its doors."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.test import Client
from django.utils import translation

from accounts.models import User
from tests.factories.areas import SmallTree, small_tree
from tests.factories.organizations import make_member, make_official, make_organization
from tests.factories.volunteers import make_volunteer
from web.second_factor import PASSED, SESSION_KEY


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Addresses are reversed outside a request, too."""
    with translation.override("en"):
        yield


@pytest.fixture
def tree() -> SmallTree:
    return small_tree()


@dataclass(frozen=True)
class People:
    """`official` is one of the first county, `above` of its city, `elsewhere` of another county."""

    official: User
    above: User
    elsewhere: User
    desk: User
    organizer: User
    volunteer: User


@pytest.fixture
def people(tree: SmallTree) -> People:
    return People(
        official=make_official(tree.counties[0]),
        above=make_official(tree.cities[0]),
        elsewhere=make_official(tree.counties[2]),
        desk=make_official(tree.counties[0], role="desk"),
        organizer=make_member(make_organization(home_area=tree.counties[0])),
        volunteer=make_volunteer(area=tree.townships[0]).user,
    )


def signed_in(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
        session = client.session
        session[SESSION_KEY] = PASSED
        session.save()
    return client


@pytest.fixture
def official(people: People) -> Client:
    """A browser in which the official of the first county has signed in."""
    return signed_in(people.official)
