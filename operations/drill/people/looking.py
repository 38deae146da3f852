"""People who look for work themselves: when they open the list, what they take of it, whom they bring."""

from bisect import insort
from datetime import datetime, timedelta
from functools import partial

from django.utils.timezone import localtime

from operations.drill.drama import Drama
from operations.drill.people import model as model
from operations.drill.people.board import Board, Choice
from operations.drill.people.joining import FIRST_LOOK_MINUTES, Joining
from operations.drill.people.known import Crowd, Person, busy_periods
from operations.synthetic.curve import WEEKEND
from tasks.actions.approvals import ask_approval
from tasks.actions.parties import claim_place
from tasks.actions.seats import sign_up
from tasks.actions.waiting import join_line
from tasks.models import Assignment, ShiftRole
from tasks.policies import SEATS_AT_ONCE, Ground

# How often it is seen to who looks, and how long what was read of the list is shown to them.
LOOK = timedelta(minutes=30)
BOARD_HOLDS = timedelta(minutes=60)
# Of a day's looks, by the hour: nobody from 1 to 6, most in the evening.
HOURS = (1, 0, 0, 0, 0, 0, 1, 3, 4, 4, 4, 4, 6, 5, 3, 3, 3, 4, 5, 7, 8, 8, 6, 3)
# Who has so many seats ahead looks no further.
SEATS_AHEAD_MOST = 2
# Where nothing of the crisis is open that suits, these still look at the rest.
LOOKS_ELSEWHERE = 0.3
# Of those who would wait for a full shift, or ask for a seat that wants the organizer's word: who does.
WAITS, ASKS = 0.6, 0.7
# Sign-ups with others, and how many come along at most; of them so many take their place in their own name.
PARTY, PARTY_MOST, CLAIMS = 0.04, 3, 0.6
CLAIMED_WITHIN_HOURS = 10.0


class Looking:
    """The day's looks, drawn at its beginning, and each as its time comes."""

    def __init__(self, drama: Drama, crowd: Crowd, joining: Joining) -> None:
        self.drama, self.crowd, self.joining = drama, crowd, joining
        self.board = Board([])
        self.read_at: datetime | None = None
        # When, who, and a number for the draws; the next first.
        self.waiting: list[tuple[datetime, int, str]] = []

    def begin(self) -> None:
        story = self.drama.story
        self.plan_day(story.begins_at)
        story.every(LOOK, self.look, first=story.begins_at + LOOK)

    def plan_day(self, at: datetime) -> None:
        """Draw who looks on the rest of this day, and when."""
        drama, chance = self.drama, self.drama.chance
        local = localtime(at)
        day = (local.date() - localtime(drama.story.begins_at).date()).days
        weekend = WEEKEND if local.weekday() >= 5 else 1.0
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        for person in self.crowd.people.values():
            often = self.looks_on(person, drama.day(at)) * weekend
            for number in range(chance.count(often, "looks on", person.id, day)):
                hour = chance.weighted(range(24), HOURS, "hour of a look", person.id, day, number)
                minute = chance.between(0.0, 60.0, "minute of a look", person.id, day, number)
                moment = midnight + timedelta(hours=hour, minutes=minute)
                if moment > at:
                    self.waiting.append((moment, person.id, f"{day}/{number}"))
        self.waiting.sort()

    @staticmethod
    def looks_on(person: Person, day: float) -> float:
        """How often somebody opens the list on a day: from habit, and for the crisis."""
        often = person.a_year / 365 * model.LOOKS_A_SERVICE
        if person.means_to:
            often += person.looks_a_day * model.mood(day)
        return often * model.FRUITLESS ** min(person.fruitless, model.FRUITLESS_MOST)

    def look(self, at: datetime) -> None:
        """Let everybody look whose time has come."""
        for person in self.joining.take_newcomers():
            if person.means_to:
                pause = self.drama.chance.waiting(FIRST_LOOK_MINUTES, "first look", person.id)
                insort(self.waiting, (at + timedelta(minutes=pause), person.id, "first"))
        due = 0
        while due < len(self.waiting) and self.waiting[due][0] <= at:
            due += 1
        looks, self.waiting = self.waiting[:due], self.waiting[due:]
        if not looks:
            return
        if self.read_at is None or at - self.read_at >= BOARD_HOLDS:
            self.board, self.read_at = self.drama.hands.look(lambda: Board.read(at)), at
        people = {pk for _, pk, _ in looks}
        busy = self.drama.hands.look(lambda: busy_periods(people, at))
        seen: set[int] = set()
        for _, pk, name in looks:
            ahead = sum(end > at for _, end in busy.get(pk, []))
            # Once in so short a time is enough.
            if pk not in seen and ahead < SEATS_AHEAD_MOST:
                self.choose(self.crowd.people[pk], busy.get(pk, []), name, at)
            seen.add(pk)

    def choose(self, person: Person, busy: list[tuple[datetime, datetime]], name: str, at: datetime) -> None:
        """One look at the list."""
        chance, day, key = self.drama.chance, self.drama.day(at), ("look", person.id, name)
        own = person.a_year / 365 * model.LOOKS_A_SERVICE
        for_crisis = person.looks_a_day * model.mood(day) if person.means_to else 0.0
        habit = own / (own + for_crisis) if own + for_crisis else 0.0
        crisis = not chance.happens(habit, *key, "from habit") or chance.happens(
            model.turns_to_crisis(day, person.hours), *key, "turns"
        )
        found = self.board.choose(person, busy, at, chance, key, crisis=crisis)
        if found is None and crisis and chance.happens(LOOKS_ELSEWHERE, *key, "elsewhere"):
            found = self.board.choose(person, busy, at, chance, (*key, "rest"), crisis=False)
        if found is None or not self.take(person, found, key, at):
            person.fruitless += 1

    def take(self, person: Person, found: Choice, key: tuple[str | int, ...], at: datetime) -> bool:
        """Press the button that the page shows; whether something came of it."""
        chance, do, opening = self.drama.chance, self.drama.hands.do, found.opening
        role = ShiftRole(pk=opening.role_id)
        if found.against is not None:
            person.waits_for.add(opening.role_id)
        if found.against == Ground.SHIFT_FULL:
            waits = chance.happens(WAITS, *key, "waits")
            return waits and do("join a waiting list", join_line, role=role, by=person.user) is not None
        if found.against == Ground.NEEDS_APPROVAL:
            asks = chance.happens(ASKS, *key, "asks")
            return asks and do("ask for a seat", ask_approval, role=role, by=person.user) is not None
        seats = self.party(found, key)
        taken = do("sign up", sign_up, role=role, by=person.user, seats=seats)
        if taken is None:
            # Whoever was faster: the list is read anew for the next.
            self.read_at = None
            return False
        opening.free -= seats
        person.fruitless = 0
        if seats > 1:
            self.bring(person, taken, found, at)
        return True

    def party(self, found: Choice, key: tuple[str | int, ...]) -> int:
        """How many seats somebody takes."""
        chance, opening = self.drama.chance, found.opening
        if not chance.happens(PARTY, *key, "party"):
            return 1
        wanted = 1 + chance.pick(range(1, PARTY_MOST + 1), *key, "come along")
        most = opening.admission.party_most or SEATS_AT_ONCE
        return max(1, min(wanted, opening.free, most))

    def bring(self, person: Person, taken: Assignment, found: Choice, at: datetime) -> None:
        """Send the code to neighbours, some of whom take their place in their own name."""
        chance = self.drama.chance
        neighbours = [one for one in self.crowd.by_area[person.area_id] if one is not person]
        for number in range(1, taken.seats):
            key = ("companion", taken.pk, number)
            if neighbours and chance.happens(CLAIMS, *key, "claims"):
                other = chance.pick(neighbours, *key)
                hours = chance.between(0.2, CLAIMED_WITHIN_HOURS, *key, "when")
                moment = at + timedelta(hours=hours)
                self.drama.story.plan(moment, partial(self.claim, other, taken.join_code or "", found))

    def claim(self, person: Person, join_code: str, found: Choice, at: datetime) -> None:
        """Take one's place in a party, unless the page would say why not."""
        busy = self.drama.hands.look(lambda: busy_periods([person.id], at)).get(person.id, [])
        grounds = found.opening.grounds(person, busy, localtime(at))
        if not set(grounds) - {Ground.SHIFT_FULL}:
            self.drama.hands.do("come along", claim_place, join_code=join_code, by=person.user)
