"""What people do in a rush on the seats of twenty shifts."""

import threading
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.db.utils import InterfaceError, OperationalError

from accounts.models import User
from core import clock
from operations.bench.crowd import FIRST_IDS, add_crowd, add_place, add_shifts
from tasks.actions.seats import sign_up
from tasks.models import Shift
from tasks.queries.seats import SeatWanted

SHIFTS, THREADS = 20, 4


def prepare(people: int) -> None:
    """A database with shifts and a crowd."""
    call_command("prepare", verbosity=0)
    add_shifts(add_place(), SHIFTS, seats=people)
    add_crowd(people)


def sign(first: int, count: int) -> None:
    """Sign the people from number `first` up, print the code of each seat that is acknowledged, end with the database."""
    codes = list(Shift.objects.order_by("pk").values_list("code", flat=True))
    people = list(User.objects.filter(pk__gt=FIRST_IDS[User]).order_by("pk")[first : first + count])
    lock = threading.Lock()

    def work(own: list[User]) -> None:
        for user in own:
            try:
                seat: Any = sign_up(role=SeatWanted(codes[user.pk % SHIFTS]), by=user, at=clock.now())
            except (OperationalError, InterfaceError):
                break
            with lock:
                print(seat.code, flush=True)
        connection.close()

    threads = [threading.Thread(target=work, args=[people[number::THREADS]]) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
