"""Corrects public figures: counts a release again and makes its next version, with a reason that everybody reads."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from core import clock
from core.errors import DomainError
from insights.actions import correct_release
from insights.models import Release


class Command(BaseCommand):
    help = "Count the public figures of a period again; the next version says why, the old one stays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--period", required=True, choices=Release.Period.values)
        parser.add_argument(
            "--day", required=True, type=date.fromisoformat, help="the last day of the period"
        )
        parser.add_argument("--reason", required=True, help="what was wrong, in a sentence for everybody")
        parser.add_argument("--by", required=True, help="the e-mail address of whoever decided it")

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["by"].strip()
        user = User.objects.filter(email__iexact=email, email__gt="").first()
        if user is None:
            raise CommandError(f"No account has the e-mail {email}.")
        named = Release.objects.filter(period=options["period"], ends_on=options["day"])
        release = named.order_by("-version").first()
        if release is None:
            raise CommandError(f"Nothing was released for the {options['period']} to {options['day']}.")
        try:
            made = correct_release(release=release, by=user, at=clock.now(), reason=options["reason"])
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"Version {made.version} of the {made.period} to {made.ends_on} is public.")
