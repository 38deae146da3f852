"""Who may post and run shifts, and who sees a volunteer."""

from collections.abc import Callable

import pytest

from accounts.models import User
from core import clock
from tasks.models import Shift
from tasks.permissions import shifts as permissions
from tests.factories.accounts import make_user
from tests.factories.organizations import make_member, make_official
from tests.factories.tasks import make_assignment, make_shift
from tests.factories.volunteers import make_volunteer
from volunteers.models import Proxy

pytestmark = pytest.mark.django_db


def member(role: str) -> Callable[[Shift], User]:
    return lambda shift: make_member(shift.organization, role)


def member_elsewhere(shift: Shift) -> User:
    return make_member(make_shift().organization, "owner")


def stranger(shift: Shift) -> User:
    return make_user()


@pytest.mark.parametrize(
    ("who", "edits", "serves", "reads"),
    [
        (member("owner"), True, True, True),
        (member("organizer"), True, True, True),
        (member("desk"), False, True, False),
        (member_elsewhere, False, False, False),
        (stranger, False, False, False),
        (lambda shift: make_official(shift.area), False, False, True),
    ],
)
def test_what_each_role_may_do_with_a_shift(
    who: Callable[[Shift], User], edits: bool, serves: bool, reads: bool
) -> None:
    shift = make_shift()
    user = who(shift)

    assert permissions.can_edit_shift(user, shift) is edits
    assert permissions.can_post_shift(user, shift.organization) is edits
    assert permissions.can_serve_shift(user, shift) is serves
    assert permissions.can_read_incidents(user, shift) is reads


def test_a_suspended_organization_does_nothing() -> None:
    shift = make_shift()
    owner = make_member(shift.organization, "owner")
    shift.organization.status = "suspended"

    assert not permissions.can_edit_shift(owner, shift)
    assert not permissions.can_serve_shift(owner, shift)


def test_a_volunteer_and_their_proxy_act_for_the_volunteer() -> None:
    volunteer, helper, former = make_volunteer(), make_user(), make_user()
    at = clock.now()
    Proxy.objects.create(volunteer=volunteer, user=helper, consent="said so", granted_at=at)
    Proxy.objects.create(volunteer=volunteer, user=former, consent="said so", granted_at=at, ended_at=at)

    assert permissions.can_act_for(volunteer.user, volunteer)
    assert permissions.can_act_for(helper, volunteer)
    assert not permissions.can_act_for(former, volunteer)
    assert not permissions.can_act_for(make_user(), volunteer)


def test_a_volunteer_is_seen_by_those_in_whose_shift_they_have_a_seat() -> None:
    seat = make_assignment()
    desk = make_member(seat.shift.organization, "desk")

    assert permissions.can_see_volunteer(desk, seat.volunteer)
    assert permissions.can_answer_for(seat.volunteer.user, seat)
    assert not permissions.can_see_volunteer(make_member(make_shift().organization), seat.volunteer)
    assert not permissions.can_see_volunteer(desk, make_assignment().volunteer)
