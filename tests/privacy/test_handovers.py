"""Who asked whom to come instead: given out to the person, forgotten with them, and let go after a year."""

from datetime import timedelta
from typing import Any

import pytest

from core import clock
from privacy.erasure import forget
from privacy.passing_on import GONE
from privacy.retention import HANDOVERS, purge
from privacy.ties import columns_of, ties
from tasks.models import Handover
from tests.factories.accounts import make_user
from tests.factories.handovers import make_handover
from tests.factories.tasks import make_assignment, make_shift, tomorrow_at
from tests.factories.volunteers import make_volunteer

pytestmark = pytest.mark.django_db


def test_every_side_of_it_belongs_to_somebodys_data() -> None:
    sides = {tie.name: tie for tie in ties() if tie.model is Handover}

    assert set(sides) == {"assignment", "wanted", "taker", "in_return", "made_by", "decided_by"}
    assert "words" in {field.name for field in columns_of(sides["assignment"])}
    # What the holder wrote, and who else was asked, is not the taker's to read.
    assert {"words", "wanted", "assignment"} & {field.name for field in columns_of(sides["taker"])} == set()


def test_each_reads_their_own_side_alone() -> None:
    handover = make_handover(status="done", taker=make_volunteer(), words="My mother is ill.")
    holder = handover.assignment.volunteer
    sides = {tie.name: tie for tie in ties() if tie.model is Handover}

    assert list(Handover.objects.filter(sides["assignment"].rows_of(holder.user))) == [handover]
    assert list(Handover.objects.filter(sides["taker"].rows_of(handover.taker.user))) == [handover]  # type: ignore[union-attr]
    for tie in sides.values():
        assert not Handover.objects.filter(tie.rows_of(make_user())).exists()


@pytest.mark.parametrize("side", ["holder", "wanted", "taker"])
def test_nothing_waits_for_whoever_is_forgotten_and_no_word_of_it_stays(side: str) -> None:
    shift = make_shift(handover_rule="approve")
    person = make_volunteer(user=make_user(name="Canary"))
    seat = make_assignment(shift, person if side == "holder" else None)
    fields: dict[str, Any] = {"words": "" if side == "taker" else "Canary is ill."}
    if side == "wanted":
        fields["wanted"] = person
    if side == "taker":
        fields |= {"taker": person, "status": "agreed"}
    live = make_handover(seat, **fields)
    earlier = make_assignment(make_shift(starts_at=tomorrow_at(9, days=3)), person)
    refused = make_handover(earlier, status="refused", words="Canary", reason="Canary")

    forget(user=person.user, at=clock.now())

    live.refresh_from_db()
    refused.refresh_from_db()
    assert (live.words, refused.words, refused.reason) == ("", "", GONE)
    assert (live.status, live.taker) == ("open" if side == "taker" else "withdrawn", None)


def test_it_goes_after_a_year() -> None:
    now = clock.now()
    for days in (-1, 1):
        made_at = now - HANDOVERS + timedelta(days=days)
        make_handover(made_at=made_at, status="expired", expires_at=made_at + timedelta(hours=1))

    assert purge(at=now)["handovers"] == 1
    assert Handover.objects.count() == 1
