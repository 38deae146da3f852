"""Fills an empty database with an invented place, once, and prints a way in per role."""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import User
from core import clock, deployment
from operations.synthetic import loading, logins, province
from operations.synthetic.profile import SIZES
from operations.synthetic.progress import Progress

LEAST_VOLUNTEERS = 500


class Command(BaseCommand):
    help = "Fill an empty demo database with an invented place; does nothing where it is filled already."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--size", choices=SIZES, default="city")
        parser.add_argument("--volunteers", type=int, help="the same place with another number of volunteers")

    def handle(self, *args: Any, size: str, volunteers: int | None = None, **options: Any) -> None:
        if not settings.DEMO and not settings.TESTING:
            raise CommandError(
                "Invented data is for the demo alone. Set MANYHANDS_DEMO=1 on a database of its own."
            )
        if volunteers is not None and volunteers < LEAST_VOLUNTEERS:
            raise CommandError(f"A place needs at least {LEAST_VOLUNTEERS} volunteers.")
        if User.objects.filter(email=logins.ORGANIZER.email).exists():
            # Also where it was filled before databases said that they are synthetic.
            deployment.mark_synthetic(at=clock.now())
            self.stdout.write("The demo's data is there already.")
        elif User.objects.exists():
            raise CommandError("This database holds accounts that are not the demo's. Use an empty one.")
        else:
            self._fill(size, volunteers)
        for login in logins.ALL:
            how = f"password {logins.PASSWORD}" if login.has_password else "a code, shown under /demo/"
            self.stdout.write(f"  {login.role:<10} {login.email}   {how}")
        self.stdout.write("  second factor of those with a password: the six digits shown under /demo/")

    def _fill(self, size: str, volunteers: int | None) -> None:
        at, began = clock.now(), time.monotonic()
        progress = Progress(self.stdout)
        # All or nothing: a load that was interrupted begins anew, and never looks complete.
        with transaction.atomic():
            own = loading.prepare(at=at, progress=progress)
            province.load(province.sized(SIZES[size], volunteers), own, at=at, progress=progress)
        self.stdout.write(f"  loaded in {time.monotonic() - began:.1f} s")
