"""Groups that fall silent: for some days nobody of them takes anything on, confirms hours or looks at requests."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from operations.drill.cast import Group
from operations.drill.chance import Key
from operations.drill.drama import Drama
from operations.drill.groups.ground import about
from organizations.models import Organization

# A group falls silent once in so many days on average; nobody is then there for so long.
SILENT_EVERY_DAYS = 45.0
SILENT_MEDIAN_DAYS, SILENT_SIGMA = 2.2, 0.6
SILENT_MOST_DAYS = 9.0


@dataclass
class Silences:
    """When which organization is silent, by its id."""

    drama: Drama
    spans: dict[int, list[tuple[datetime, datetime]]] = field(default_factory=dict)

    def draw(self) -> None:
        """Draw the silences of the whole story: the same whoever asks."""
        for group in self.drama.cast.groups:
            self._draw(group)

    def announce(self) -> None:
        """Say of each when it begins."""
        groups = {group.organization.pk: group for group in self.drama.cast.groups}
        for pk, spans in sorted(self.spans.items()):
            for begins, _ends in spans:
                self.drama.story.plan(begins, partial(self._say, groups[pk]))

    def be_silent(self, group: Group, begins: datetime, ends: datetime) -> None:
        self.spans.setdefault(group.organization.pk, []).append((begins, ends))

    def until(self, organization_id: int, at: datetime) -> datetime | None:
        """Until when it is silent at the moment; None where it is not."""
        spans = self.spans.get(organization_id, ())
        return next((ends for begins, ends in spans if begins <= at < ends), None)

    def next_moment(self, organization_id: int, moment: datetime, *key: Key) -> datetime:
        """When the organization can act: the moment, or the morning after a night or a silence."""
        moment = about(self.drama, moment, *key)
        ends = self.until(organization_id, moment)
        return moment if ends is None else about(self.drama, ends, "back", *key)

    def _draw(self, group: Group) -> None:
        story, chance, pk = self.drama.story, self.drama.chance, group.organization.pk
        begins, number = story.begins_at, 0
        while True:
            waits = chance.waiting(SILENT_EVERY_DAYS, "silent-after", pk, number)
            begins += timedelta(days=waits)
            if begins >= story.ends_at:
                return
            lasts = chance.lognormal(SILENT_MEDIAN_DAYS, SILENT_SIGMA, "silent-for", pk, number)
            ends = begins + timedelta(days=min(SILENT_MOST_DAYS, lasts))
            self.be_silent(group, begins, ends)
            begins, number = ends, number + 1

    def _say(self, group: Group, at: datetime) -> None:
        self.drama.say("group_silent", at, group=named(group.organization))


def named(organization: Organization) -> dict[str, str]:
    """Its name by language."""
    return {"zh": organization.name, "en": organization.name_en or organization.name}
