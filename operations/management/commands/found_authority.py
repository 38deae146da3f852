"""Makes the first authority of a deployment and its first official."""

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from accounts.models import User
from areas.models import Area
from core import clock
from core.errors import DomainError
from organizations.actions import found_authority


class Command(BaseCommand):
    help = "Make an authority over an area with its first official, who then invites colleagues on the pages."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("area", help="the area's official code, such as 33")
        parser.add_argument("--name", required=True, help="the authority's name")
        parser.add_argument("--name-en", default="", help="its English name")
        parser.add_argument("--person", required=True, help="the official's name")
        parser.add_argument("--email", required=True, help="the official's e-mail, with which they sign in")
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the password from standard input"
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        area = Area.objects.filter(code=options["area"]).first()
        if area is None:
            raise CommandError(
                f"There is no area {options['area']}. Load the areas first: manage.py import_areas."
            )
        email = options["email"].strip()
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email} is no e-mail address.") from error
        if User.objects.filter(email__iexact=email).exists():
            raise CommandError(f"{email} belongs to an account already. Invite that person instead.")
        at = clock.now()
        official = User.objects.create_user(
            name=options["person"],
            email=email,
            contact_by=User.ContactBy.EMAIL,
            password=self._password(from_stdin=options["password_stdin"]),
            joined_at=at,
        )
        try:
            found_authority(
                area=area, name=options["name"], name_en=options["name_en"], official=official, at=at
            )
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(
            f"{options['person']} signs in at /account/login/ and sets up the second factor there."
        )

    def _password(self, *, from_stdin: bool) -> str:
        password = sys.stdin.readline().rstrip("\n") if from_stdin else getpass.getpass("Password: ")
        if not from_stdin and getpass.getpass("Once more: ") != password:
            raise CommandError("The two passwords differ.")
        try:
            validate_password(password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        return password
