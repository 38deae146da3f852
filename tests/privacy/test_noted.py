"""What is noted of somebody, and what they watch, is forgotten with them and in time."""

from datetime import timedelta

import pytest

from core import clock
from privacy.erasure import forget
from privacy.retention import MARKS, purge
from tasks.models import Mark, Watch
from tests.factories.marks import make_mark
from tests.factories.tasks import make_shift

pytestmark = pytest.mark.django_db


def test_notes_and_watches_go_with_the_person() -> None:
    mark, other = make_mark(status="appealed"), make_mark()
    Watch.objects.create(shift=make_shift(), user=mark.volunteer.user, made_at=clock.now())

    forget(user=mark.volunteer.user, at=clock.now())

    assert list(Mark.objects.all()) == [other]
    assert not Watch.objects.exists()


def test_notes_go_after_a_year_and_watches_with_the_shift() -> None:
    now = clock.now()
    old = make_mark(marked_at=now - MARKS - timedelta(days=1))
    new = make_mark(marked_at=now - MARKS + timedelta(days=1))
    Watch.objects.create(shift=old.assignment.shift, user=new.volunteer.user, made_at=now)

    gone = purge(at=now)

    assert (gone["marks"], gone["watches"]) == (1, 1)
    assert list(Mark.objects.all()) == [new]
