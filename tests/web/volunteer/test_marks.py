"""What is noted of a volunteer: read by them, objected to by them, shown to nobody else."""

import pytest
from django.test import Client

from tasks.models import Mark
from tests.factories.marks import make_mark, make_missed
from tests.factories.organizations import make_authority, make_member
from tests.factories.sessions import sign_in
from tests.factories.volunteers import make_volunteer

pytestmark = pytest.mark.django_db


def test_the_person_reads_it_and_objects(client: Client) -> None:
    mark = make_mark(note="Nobody answered.")
    sign_in(client, mark.volunteer.user)

    listed = client.get("/en/me/marks/").content.decode()
    page = client.get(f"/en/me/marks/{mark.code}/").content.decode()
    empty = client.post(f"/en/me/marks/{mark.code}/", {"words": ""})
    sent = client.post(f"/en/me/marks/{mark.code}/", {"words": "I was at the other gate."})

    assert mark.code in listed
    assert "Nobody answered." in page
    assert empty.status_code == 422
    assert sent.status_code == 303
    assert Mark.objects.get().appeal == "I was at the other gate."
    again = client.post(f"/en/me/marks/{mark.code}/", {"words": "Again."})
    assert again.status_code == 409


def test_nobody_else_reads_it(client: Client) -> None:
    mark = make_mark()
    sign_in(client, make_volunteer().user)

    assert client.get(f"/en/me/marks/{mark.code}/").status_code == 404
    assert mark.code not in client.get("/en/me/marks/").content.decode()


def test_an_organizer_confirms_what_the_page_proposes_and_takes_it_back(client: Client) -> None:
    seat = make_missed()
    organization = seat.shift.organization
    sign_in(client, make_member(organization))
    path = f"/en/org/{organization.code}/marks/"

    page = client.get(path).content.decode()
    assert f"{seat.code}:no-show" in page
    assert not Mark.objects.exists()
    unknown = client.post(path, {"key": "X:no-show"})
    noted = client.post(path, {"key": f"{seat.code}:no-show"})
    mark = Mark.objects.get()
    taken_back = client.post(f"{path}{mark.code}/", {"reason": "Wrong person."})

    assert unknown.status_code == 200
    assert noted.status_code == taken_back.status_code == 303
    mark.refresh_from_db()
    assert mark.status == "withdrawn"


def test_another_organizer_decides_and_the_first_only_waits(client: Client) -> None:
    seat = make_missed()
    organization = seat.shift.organization
    first, second = make_member(organization), make_member(organization)
    mark = make_mark(seat, marked_by=first, status="appealed")
    path = f"/en/org/{organization.code}/marks/{mark.code}/"

    sign_in(client, first)
    assert 'name="decision"' not in client.get(path).content.decode()
    sign_in(client, second)
    assert 'name="decision"' in client.get(path).content.decode()
    assert client.post(path, {"decision": "lifted", "reason": "I saw them."}).status_code == 303

    mark.refresh_from_db()
    assert mark.status == "lifted"


def test_the_desk_and_others_see_no_notes(client: Client) -> None:
    seat = make_missed()
    organization = seat.shift.organization
    mark = make_mark(seat)

    for person, expected in ((make_member(organization, "desk"), 403), (make_volunteer().user, 404)):
        sign_in(client, person)
        assert client.get(f"/en/org/{organization.code}/marks/").status_code == expected
        assert client.get(f"/en/org/{organization.code}/marks/{mark.code}/").status_code == expected


def test_an_official_decides_where_there_is_nobody_else(client: Client) -> None:
    seat = make_missed()
    area = seat.shift.area
    mark = make_mark(seat, marked_by=make_member(seat.shift.organization), status="appealed")
    authority = make_authority(area)
    sign_in(client, make_member(authority))
    path = f"/en/area/{area.code}/marks/{mark.code}/"

    assert client.get(path).status_code == 200
    assert client.post(path, {"decision": "stays", "reason": "The list says so."}).status_code == 303
    mark.refresh_from_db()
    assert mark.status == "upheld"
    assert client.get(path).status_code == 404


def test_an_official_leaves_it_to_another_organizer(client: Client) -> None:
    seat = make_missed()
    mark = make_mark(seat, marked_by=make_member(seat.shift.organization), status="appealed")
    make_member(seat.shift.organization)
    sign_in(client, make_member(make_authority(seat.shift.area)))

    assert client.get(f"/en/area/{seat.shift.area.code}/marks/{mark.code}/").status_code == 403
