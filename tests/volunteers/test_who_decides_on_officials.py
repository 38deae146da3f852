"""An official's second factor is given back by their own authority or one above it, by no group they also belong to."""

import pytest

from accounts.models import Recovery, User
from core import clock
from tests.factories.areas import small_tree
from tests.factories.organizations import make_authority, make_member, make_organization
from volunteers.permissions import recoveries_to_decide


@pytest.mark.django_db
def test_a_groups_owner_does_not_decide_for_an_official_who_belongs_to_the_group() -> None:
    tree = small_tree()
    city = make_authority(tree.cities[0])
    official = make_member(city)
    group = make_organization(home_area=tree.counties[0])
    make_member(group, "desk", official)
    Recovery.objects.create(user=official, kind="second_factor", reason="Lost it.", requested_at=clock.now())

    def decides(user: User) -> bool:
        return recoveries_to_decide(user).exists()

    assert not decides(make_member(group, "owner"))
    assert not decides(make_member(make_authority(tree.counties[0])))
    assert decides(make_member(city, "owner"))
    assert decides(make_member(make_authority(tree.province)))
    assert not decides(official)
