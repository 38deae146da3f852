"""Those whom alerts that led to nothing made tired: they go off duty, or want no messages, and seldom come back."""

from datetime import datetime

from accounts.actions import give_consent, withdraw_consent
from accounts.models import Consent
from operations.drill.drama import Drama
from operations.drill.people.known import Crowd, Person, volunteer_row
from volunteers.actions import go_off_duty, go_on_duty

# Of those who lapse: who also takes back that they may be written to.
NO_MESSAGES = 0.35
# Of those who lapsed, on a day: who comes back.
COMES_BACK_A_DAY = 0.012


class Tiring:
    """Asks everybody once a day how they feel about it."""

    def __init__(self, drama: Drama, crowd: Crowd) -> None:
        self.drama, self.crowd = drama, crowd

    def day(self, at: datetime) -> None:
        chance = self.drama.chance
        for person in self.crowd.people.values():
            if person.has_lapsed:
                if chance.happens(COMES_BACK_A_DAY, "comes back", person.id, int(self.drama.day(at))):
                    self.come_back(person, at)
            elif person.vain and person.vain_now(at) >= person.lapses_after:
                self.lapse(person, at)

    def lapse(self, person: Person, at: datetime) -> None:
        do, volunteer = self.drama.hands.do, self.drama.hands.look(lambda: volunteer_row(person))
        person.has_lapsed = True
        person.was_on_duty, person.on_duty = person.on_duty, False
        if person.was_on_duty:
            do("go off duty, tired", go_off_duty, volunteer=volunteer, by=person.user)
        if person.messages and self.drama.chance.happens(NO_MESSAGES, "no messages", person.id):
            messages = Consent.Purpose.MESSAGES
            do("want no messages", withdraw_consent, user=person.user, purpose=messages, by=person.user)
            person.messages = False

    def come_back(self, person: Person, at: datetime) -> None:
        """As they were before, and with half of what was in vain forgotten."""
        do, volunteer = self.drama.hands.do, self.drama.hands.look(lambda: volunteer_row(person))
        person.has_lapsed = False
        person.vain, person.vain_at = person.vain_now(at) / 2, at
        if person.was_on_duty:
            do("go on duty again", go_on_duty, volunteer=volunteer, by=person.user)
            person.on_duty = True
        if not person.messages:
            messages = Consent.Purpose.MESSAGES
            do("want messages again", give_consent, user=person.user, purpose=messages, by=person.user)
            person.messages = True
