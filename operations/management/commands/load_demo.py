"""Fills an empty database with the invented city, once, and prints a way in per role."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from areas.actions import load_zhejiang
from core import clock
from operations.synthetic import city, logins
from tasks.actions.reference import load_reference
from tasks.models import Crisis

SIZES = {"city": 3_000, "province": 85_699}


class Command(BaseCommand):
    help = "Fill an empty demo database with an invented city; does nothing where it is filled already."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--size", choices=SIZES, default="city")

    def handle(self, *args: Any, size: str, **options: Any) -> None:
        if not settings.DEMO and not settings.TESTING:
            raise CommandError(
                "Invented data is for the demo alone. Set MANYHANDS_DEMO=1 on a database of its own."
            )
        if Crisis.objects.exists():
            self.stdout.write("The demo's data is there already.")
        elif User.objects.exists():
            raise CommandError("This database holds accounts that are not the demo's. Use an empty one.")
        else:
            self._fill(SIZES[size])
        for login in logins.ALL:
            how = f"password {logins.PASSWORD}" if login.has_password else "a code, shown under /demo/"
            self.stdout.write(f"  {login.role:<10} {login.email}   {how}")
        self.stdout.write("  second factor of official and organizer: the six digits shown under /demo/")

    def _fill(self, volunteer_count: int) -> None:
        at = clock.now()
        self._say("areas of Zhejiang")
        load_zhejiang(at=at)
        load_reference(at=at)
        official, organizer, guest = (logins.create(login, at=at) for login in logins.ALL)
        city.load(
            volunteer_count=volunteer_count,
            official=official,
            organizer=organizer,
            guest=guest,
            at=at,
            say=self._say,
        )

    def _say(self, what: str) -> None:
        self.stdout.write(f"  … {what}")
        self.stdout.flush()
