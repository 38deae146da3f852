"""People who join because of the crisis: through the same steps as everybody, one after another along a logistic curve."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from django.utils.timezone import localtime

from accounts.actions import confirm_code, request_code
from accounts.models import LoginCode
from areas.models import Area
from notifications.actions import queue_messages
from notifications.notices import Notice
from operations.drill.drama import Drama
from operations.drill.people import model as model
from operations.drill.people.known import Crowd, Person, give_character
from operations.synthetic import people_rows as before
from operations.synthetic import profile as shares
from operations.synthetic.people import (
    AGES_MIDDLE,
    AGES_OLD,
    AGES_YOUNG,
    REACH_SHARES,
    REACHES,
    SCATTER,
    STUDENTS_BELOW,
    WEEK_SHARES,
    WEEKS,
)
from operations.synthetic.words import GIVEN, SURNAMES
from tasks.policies.offers import Window
from volunteers.actions import (
    ProfileChanges,
    go_on_duty,
    join_as_volunteer,
    set_availability,
    set_birth,
    update_profile,
)
from volunteers.models import Capability, Cause, Volunteer

# A block of numbers that no network assigns; a drill takes ten thousand of them.
FIRST_PHONE, PHONES_A_DRILL, DRILLS = 60_000_000, 10_000, 1_000
# Addresses for documentation (RFC 5737).
IP = "198.51.100.{}"
# The hours of a day in which people join.
FROM_HOUR, UNTIL_HOUR = 7.0, 23.0
# Of those who join: who is on duty at once, agrees to messages, says when they were born, keeps an English page.
ON_DUTY, MESSAGES, SAYS_BIRTH, ENGLISH = 0.25, 0.88, 0.92, 0.03
# Causes are chosen as by those who were there before; of the crisis' own this many more choose.
CRISIS_CAUSES, MORE_OFTEN = frozenset({"health", "emergency", "community"}), 2.0
# Minutes after joining until the first look at what there is to do: exponential.
FIRST_LOOK_MINUTES = 40.0


class Joining:
    """Plans when everybody joins, lets them join, and says each day how many it were."""

    def __init__(self, drama: Drama, crowd: Crowd) -> None:
        self.drama, self.crowd = drama, crowd
        self.models: Sequence[Person] = ()
        self.causes: list[Cause] = []
        self.skills: list[Capability] = []
        self.areas: dict[int, Area] = {}
        self.count = 0
        self.newcomers: list[Person] = []

    def begin(self) -> None:
        """Who joins lives where those live who are there."""
        look = self.drama.hands.look
        self.models = list(self.crowd.people.values())
        self.causes = look(lambda: list(Cause.objects.order_by("position", "id")))
        papers = Capability.Kind.QUALIFICATION
        self.skills = look(lambda: list(Capability.objects.exclude(kind=papers).order_by("position", "id")))
        areas = {person.area_id for person in self.models}
        self.areas = look(lambda: Area.objects.select_related("parent").in_bulk(areas))
        story, chance = self.drama.story, self.drama.chance
        last_day = (story.ends_at - story.begins_at) / timedelta(days=1)
        # The whole curve, whatever part of it is played.
        last_of_curve = max(last_day, model.WHOLE_CRISIS_DAYS)
        wanted = round(len(self.models) * model.JOIN_SHARE)
        for number in range(wanted):
            part = (number + chance.uniform("joins", number)) / wanted
            moment = self._by_day(model.day_of_joining(part, last_of_curve), number)
            story.plan(moment, partial(self.join, number))

    def _by_day(self, day: float, number: int) -> datetime:
        """On that day, at an hour at which people are awake."""
        hour = self.drama.chance.between(FROM_HOUR, UNTIL_HOUR, "hour of joining", number)
        moment = self.drama.moment(int(day), hour)
        # Before the hour at which the crisis began there is nothing to join for.
        return moment if moment >= self.drama.story.begins_at else moment + timedelta(days=1)

    def join(self, number: int, at: datetime) -> None:
        """A code for a telephone number, a name, and what they say of themselves."""
        drama, chance, do = self.drama, self.drama.chance, self.drama.hands.do
        first = FIRST_PHONE + drama.drill.pk % DRILLS * PHONES_A_DRILL
        language = "en" if chance.happens(ENGLISH, "language", number) else "zh-hans"
        code = do(
            "ask for a code",
            request_code,
            contact=f"+86100{first + number % PHONES_A_DRILL:08d}",
            name="",
            language=language,
            ip=IP.format(1 + number % 250),
        )
        if code is None:
            return
        do("get a code", _send_code, code=code, language=language)
        confirmed = do("confirm a code", confirm_code, token=code.token, code=code.secret)
        if confirmed is None:
            return
        messages = chance.happens(MESSAGES, "messages", number)
        volunteer = do(
            "join",
            join_as_volunteer,
            login_code=confirmed,
            name=self._name(number),
            language=language,
            messages=messages,
        )
        if volunteer is not None:
            self.count += 1
            self._introduce(number, volunteer, messages, at)

    def _name(self, number: int) -> str:
        chance = self.drama.chance
        given = chance.pick(GIVEN, "given name", number)
        if not chance.happens(0.15, "short name", number):
            given += chance.pick(GIVEN, "second given name", number)
        return chance.pick(SURNAMES, "surname", number) + given

    def _introduce(self, number: int, volunteer: Volunteer, messages: bool, at: datetime) -> None:
        """The profile, page by page."""
        chance, do, user = self.drama.chance, self.drama.hands.do, volunteer.user
        # A neighbour of theirs is there already.
        neighbour = chance.pick(self.models, "neighbour", number)
        changes = self._profile(number, neighbour)
        do("fill in the profile", update_profile, volunteer=volunteer, changes=changes, by=user)
        student = bool(changes.get("is_student"))
        birth_on = None
        if chance.happens(SAYS_BIRTH, "says birth", number):
            days = chance.between(0.0, 364.0, "birthday", number) + 365.25 * self._age(number, student)
            birth_on = localtime(at).date() - timedelta(days=int(days))
            do("say when born", set_birth, volunteer=volunteer, birth_on=birth_on, by=user)
        week: tuple[Window, ...] = ()
        if chance.happens(shares.WITH_WINDOWS, "has windows", number):
            week = tuple(chance.pick(before.WEEKS, "week", number))
            do("say when free", set_availability, volunteer=volunteer, windows=week, by=user)
        on_duty = chance.happens(ON_DUTY, "on duty", number)
        if on_duty:
            do("go on duty", go_on_duty, volunteer=volunteer, by=user)
        x, y = changes["longitude"], changes["latitude"]
        held = dict.fromkeys((one.pk for one in changes["capabilities"]), None)
        person = Person(
            id=volunteer.pk,
            user=user,
            area_id=neighbour.area_id,
            path=neighbour.path,
            point=None if x is None or y is None else (x, y),
            reach_km=changes["reach_km"],
            max_hours_week=changes["max_hours_week"],
            birth_on=birth_on,
            on_duty=on_duty,
            messages=messages,
            causes=frozenset(one.pk for one in changes["causes"]),
            shown=self.crowd.with_implied(held),
            week=week,
            organizations=frozenset(),
            joined_day=self.drama.day(at),
        )
        person.means_to = chance.happens(model.ACTIVE_OF_NEW, "newcomer means to help", number)
        give_character(person, chance)
        self.crowd.add(person)
        self.newcomers.append(person)

    def _profile(self, number: int, neighbour: Person) -> ProfileChanges:
        chance = self.drama.chance
        x, y = neighbour.point or (None, None)
        return ProfileChanges(
            area=self.areas[neighbour.area_id],
            longitude=None if x is None else x + chance.between(-SCATTER, SCATTER, "x", number),
            latitude=None if y is None else y + chance.between(-SCATTER, SCATTER, "y", number),
            reach_km=int(chance.weighted(REACHES.tolist(), REACH_SHARES, "reach", number)),
            max_hours_week=int(chance.weighted(WEEKS.tolist(), WEEK_SHARES, "hours a week", number)),
            takes_assignments=chance.happens(shares.TAKES_ASSIGNMENTS, "takes assignments", number),
            sex="female" if chance.happens(shares.WOMEN, "sex", number) else "male",
            is_student=chance.happens(shares.STUDENTS, "student", number),
            causes=[
                one for one in self.causes if chance.happens(_liked(one.code), "cause", number, one.code)
            ],
            capabilities=[
                one
                for one in self.skills
                if chance.happens(
                    before.CAN.get(one.code, before.USUALLY[one.kind]), "skill", number, one.code
                )
            ],
        )

    def _age(self, number: int, student: bool) -> float:
        chance = self.drama.chance
        if student:
            return chance.between(AGES_YOUNG[0], STUDENTS_BELOW, "age", number)
        middle = 1 - shares.YOUNG - shares.OLD
        low, high = chance.weighted(
            (AGES_YOUNG, AGES_MIDDLE, AGES_OLD), (shares.YOUNG, middle, shares.OLD), "ages", number
        )
        return chance.between(low, high, "age", number)

    def take_newcomers(self) -> list[Person]:
        """Those who joined since the last time, who have not looked around yet."""
        found, self.newcomers = self.newcomers, []
        return found

    def tell(self, at: datetime) -> None:
        """Once a day: how many it were."""
        if self.count:
            self.drama.say("people_joined", at, people=self.count)
        self.count = 0


def _liked(code: str) -> float:
    share = before.CAUSES.get(code, 0.05)
    return min(share * MORE_OFTEN, 0.9) if code in CRISIS_CAUSES else share


def _send_code(*, code: LoginCode, language: str, at: datetime) -> None:
    """The message with the code, as the page of a sign-in queues it."""
    queue_messages(
        notices=[
            Notice(
                kind="login_code",
                event=f"login_code:{code.pk}",
                recipient=None,
                context={"secret": code.secret},
                address=("sms", code.contact),
                language=language,
                useful_until=code.expires_at,
                inbox=False,
            )
        ],
        at=at,
    )
