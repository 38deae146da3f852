"""Whoever follows the links of the overview finds areas, calls and definitions, and never a person."""

from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import resolve, reverse
from django.utils import translation

from core import clock
from insights.actions import refresh, release_for
from insights.actions.window import last_day
from tests.factories.areas import SmallTree
from tests.factories.organizations import make_official, make_organization
from tests.factories.residents import make_request
from tests.factories.tasks import make_assignment, make_shift, make_task
from tests.factories.volunteers import give_capability, make_capability, make_volunteer
from tests.insights.serving import serve
from tests.web.authority.conftest import signed_in

pytestmark = pytest.mark.django_db
NOW = clock.now()
# So many pages of a kind and a level are looked at; of overviews every one of the small tree.
EACH, OVERVIEWS = 1, 8


@dataclass
class Way(HTMLParser):
    """The links of a page's own part; what stands around it, and tabs of lists, lead elsewhere."""

    html: str
    links: list[str] = field(default_factory=list)
    inside: bool = False
    aside: bool = False

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "main":
            self.inside = True
        if tag == "nav" and {"segments", "ways"} & set((values.get("class") or "").split()):
            self.aside = True
        if tag == "a" and self.inside and not self.aside and values.get("href"):
            self.links.append(values["href"] or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self.inside = False
        if tag == "nav":
            self.aside = False


Kind = tuple[str, int]


def kind_of(address: str) -> Kind:
    """The route of an address, and how deep its area lies."""
    with translation.override("en"):
        match = resolve(urlsplit(address).path)
    return match.view_name, len(match.kwargs.get("area_code", ""))


def walk(client: Client, start: str, secrets: list[str]) -> tuple[Counter[Kind], list[str]]:
    """The kinds of pages seen from a start, and the addresses that show or name one of the secrets."""
    waiting, seen, found = [start], Counter[Kind](), []
    known = set[str]()
    while waiting:
        address = waiting.pop(0)
        kind = kind_of(address)
        most = OVERVIEWS if kind[0] == "authority:overview" else EACH
        if address in known or seen[kind] >= most or address.endswith(".pdf"):
            continue
        known.add(address)
        seen[kind] += 1
        response = client.get(address, follow=True)
        assert response.status_code == 200, address
        kind_of_content = response["Content-Type"]
        text = response.content.decode() if kind_of_content.startswith("text/") else ""
        if any(secret in address + text for secret in secrets):
            found.append(address)
        if kind_of_content.startswith("text/html"):
            links = (urljoin(address, link).split("#")[0] for link in Way(text).links)
            waiting.extend(link for link in links if link.startswith("/"))
    return seen, found


@pytest.fixture
def secrets(tree: SmallTree) -> list[str]:
    """Names, numbers and telephones of somebody who served, who waits, who wrote down a paper, and who asks."""
    home = tree.townships[0]
    served = serve(home).volunteer
    for _ in range(8):
        serve(home)
    idle, learned = make_volunteer(area=home, on_duty_since=NOW), make_volunteer(area=home)
    give_capability(learned, make_capability("nurse", kind="qualification"), confirmed=False, claimed_at=NOW)
    shift = make_shift(
        area=home, organization=make_organization(home_area=tree.counties[0]), seats=6, seats_min=4
    )
    coming = make_assignment(shift).volunteer
    make_task(area=home)
    asks = make_request(area=home, name="Fan Xiaogang", phone="+8613800004321")
    found = [asks.name, asks.phone, asks.code]
    for number, volunteer in enumerate((served, idle, learned, coming)):
        volunteer.user.name = f"Zhuge Number-{number}"
        volunteer.user.save()
        found += [volunteer.user.name, volunteer.number]
    refresh(at=NOW)
    release_for(last_day(NOW), at=NOW)
    return found


def test_no_link_of_the_overview_leads_to_a_person(tree: SmallTree, secrets: list[str]) -> None:
    client = signed_in(make_official(tree.province))

    seen, found = walk(client, reverse("authority:overview", args=[tree.province.code]), secrets)

    assert found == []
    for area in (tree.province, tree.cities[0], tree.counties[0], tree.townships[0]):
        assert seen["authority:overview", len(area.code)]
    for name in ("index", "report", "table_csv", "choose_template"):
        assert seen[f"authority:{name}", len(tree.province.code)], name
    assert seen["public:definition", 0]


def test_the_walk_sees_a_person_where_one_is(tree: SmallTree, secrets: list[str]) -> None:
    """Papers are looked at one by one: there a volunteer has a number."""
    client = signed_in(make_official(tree.counties[0]))

    _, found = walk(client, reverse("authority:qualifications", args=[tree.counties[0].code]), secrets)

    assert found
