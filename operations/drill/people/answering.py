"""Answers to whoever asks: offers, and seats that were held for whoever waited."""

from datetime import datetime, timedelta
from functools import partial

from django.db import connection
from django.db.models import Max
from django.utils.timezone import localtime

from areas.policies import distance_m
from operations.drill.drama import Drama
from operations.drill.people import model as model
from operations.drill.people.known import Crowd, Person
from tasks.actions.offers import accept_offer, decline_offer
from tasks.actions.waiting import accept_held, decline_held
from tasks.models import Offer, Waiting

# How often it is seen to who was asked: an offer for a shift that begins soon stands for 20 minutes alone.
LOOK = timedelta(minutes=5)
READ_MOST = 500
# How long until an answer: lognormal, in minutes, but in the middle no later than after this part of the time that
# the offer stands, which the message says.
DELAY_MEDIAN, DELAY_SIGMA, DELAY_PART = 25.0, 1.1, 0.4
# At night so many let it wait until the morning.
NIGHT_FROM, NIGHT_UNTIL, SLEEPS = 23, 7, 0.85
# Of held seats: whoever waited wants them rather.
HELD_YES = 0.75
# Who says no because of the way says so beyond this part of their reach; who was asked in vain so often wants a rest.
FAR_PART, FAR_SAID = 0.7, 0.6
REST_VAIN, REST_SAID = 3.0, 0.4
OTHER_WORK_SAID, NO_REASON_SAID = 0.08, 0.1

# New offers, then the seats that are held: few at a time.
_ASKED = """
(
  SELECT false, id, volunteer_id, role_id, made_at, expires_at FROM tasks_offer
  WHERE id > %(last)s ORDER BY id LIMIT %(most)s
)
UNION ALL
(
  SELECT true, id, volunteer_id, role_id, offered_at, expires_at FROM tasks_waiting
  WHERE status = 'offered' ORDER BY id
)
"""


class Answering:
    """Sees each offer and each held seat once, and answers it in its own time, or never."""

    def __init__(self, drama: Drama, crowd: Crowd) -> None:
        self.drama, self.crowd = drama, crowd
        self.last_offer = 0
        # A place in line may be offered again.
        self.held: set[tuple[int, datetime]] = set()

    def begin(self) -> None:
        look, story = self.drama.hands.look, self.drama.story
        self.last_offer = look(lambda: Offer.objects.aggregate(last=Max("id"))["last"]) or 0
        story.every(LOOK, self.look, first=story.begins_at + LOOK)

    def look(self, at: datetime) -> None:
        """One statement: whoever was asked since the last look."""
        for is_held, pk, volunteer, role, since, until in self.drama.hands.look(self._asked):
            person = self.crowd.people.get(volunteer)
            if not is_held:
                self.last_offer = max(self.last_offer, pk)
                if person is not None:
                    self.receive(person, pk, role, since, until, at)
                continue
            if person is None or (pk, since) in self.held:
                continue
            self.held.add((pk, since))
            moment = self.moment("held", person, role, since, until)
            if moment < until:
                self.drama.story.plan(max(moment, at), partial(self.answer_held, person, pk))

    def _asked(self) -> list[tuple[bool, int, int, int, datetime, datetime]]:
        with connection.cursor() as cursor:
            cursor.execute(_ASKED, {"last": self.last_offer, "most": READ_MOST})
            return cursor.fetchall()

    def receive(
        self, person: Person, pk: int, role: int, made_at: datetime, expires_at: datetime, at: datetime
    ) -> None:
        """Decide whether and when it is answered."""
        chance = self.drama.chance
        moment = self.moment("reply", person, role, made_at, expires_at)
        if moment >= expires_at or chance.happens(
            model.silence(person.vain_now(at)), "silent", person.id, role
        ):
            person.add_vain(model.VAIN_UNANSWERED, at)
            return
        self.drama.story.plan(max(moment, at), partial(self.answer, person, pk))

    def moment(self, what: str, person: Person, role: int, since: datetime, until: datetime) -> datetime:
        """When somebody reads what they were asked."""
        chance = self.drama.chance
        lasts = (until - since) / timedelta(minutes=1)
        median = min(DELAY_MEDIAN, lasts * DELAY_PART)
        delay = chance.lognormal(median, DELAY_SIGMA, what, person.id, role)
        moment = since + timedelta(minutes=delay)
        local = localtime(moment)
        is_night = local.hour >= NIGHT_FROM or local.hour < NIGHT_UNTIL
        if is_night and chance.happens(SLEEPS, what, "sleeps", person.id, role):
            morning = local.replace(hour=NIGHT_UNTIL, minute=0, second=0, microsecond=0)
            return morning + timedelta(days=local.hour >= NIGHT_FROM, minutes=delay)
        return moment

    def answer(self, person: Person, pk: int, at: datetime) -> None:
        """Say yes, or no and why; what is gone by then was in vain."""
        offer = self.drama.hands.look(
            lambda: Offer.objects.select_related("volunteer", "shift__task__type").get(pk=pk)
        )
        if not offer.is_open(at):
            person.add_vain(model.VAIN_GONE, at)
            return
        chance, do = self.drama.chance, self.drama.hands.do
        km = _km(person, offer)
        task = offer.shift.task
        likely = model.yes(
            means_to=person.means_to,
            km=km,
            likes_cause=task.type.cause_id in person.causes,
            on_duty=person.on_duty,
            vain=person.vain_now(at),
            is_crisis=task.crisis_id is not None,
            day=self.drama.day(at),
        )
        if chance.happens(likely, "says yes", person.id, offer.role_id):
            if do("accept an offer", accept_offer, offer=offer, by=person.user) is None:
                person.add_vain(model.VAIN_GONE, at)
            return
        why = self.why_not(person, offer, km, at)
        do("decline an offer", decline_offer, offer=offer, by=person.user, answer=why)
        person.add_vain(model.VAIN_DECLINED, at)

    def why_not(self, person: Person, offer: Offer, km: float, at: datetime) -> str:
        """What they choose of the reasons on the page."""
        chance, key = self.drama.chance, ("why not", person.id, offer.role_id)
        if km > FAR_PART * person.reach_km and chance.happens(FAR_SAID, *key, "far"):
            return Offer.Answer.TOO_FAR
        if person.vain_now(at) >= REST_VAIN and chance.happens(REST_SAID, *key, "rest"):
            return Offer.Answer.NEED_REST
        if chance.happens(OTHER_WORK_SAID, *key, "work"):
            return Offer.Answer.NOT_THIS_WORK
        return Offer.Answer.OTHER if chance.happens(NO_REASON_SAID, *key, "other") else Offer.Answer.NO_TIME

    def answer_held(self, person: Person, pk: int, at: datetime) -> None:
        """Take the seat that was held, or say no, so that the next one has it."""
        place = self.drama.hands.look(lambda: Waiting.objects.select_related("volunteer").get(pk=pk))
        if not place.is_open(at):
            return
        do = self.drama.hands.do
        if self.drama.chance.happens(HELD_YES, "takes what was held", person.id, place.role_id):
            do("take a held seat", accept_held, waiting=place, by=person.user)
        else:
            do("decline a held seat", decline_held, waiting=place, by=person.user)


def _km(person: Person, offer: Offer) -> float:
    """How far it is; half of what somebody would go where a point is missing, nothing for work from home."""
    x, y = offer.shift.longitude, offer.shift.latitude
    if offer.shift.task.is_remote:
        return 0.0
    if person.point is None or x is None or y is None:
        return person.reach_km / 2
    return distance_m(*person.point, x, y) / 1000
