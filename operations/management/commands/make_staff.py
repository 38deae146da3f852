"""Makes somebody staff of the platform, or takes it back."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actions.staff import grant_staff, withdraw_staff
from accounts.models import User
from core import clock
from core.errors import DomainError


class Command(BaseCommand):
    help = "Make the person of an e-mail address staff of the platform; --withdraw takes it back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the e-mail address of an account")
        parser.add_argument("--withdraw", action="store_true", help="take the rights back and sign them out")

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"].strip()
        user = User.objects.filter(email__iexact=email, email__gt="").first()
        if user is None:
            raise CommandError(f"No account has the e-mail {email}. The person joins first and enters it.")
        act = withdraw_staff if options["withdraw"] else grant_staff
        try:
            act(user=user, by=None, at=clock.now())
        except DomainError as error:
            raise CommandError(error.message) from error
        if options["withdraw"]:
            self.stdout.write(f"{email} is no longer staff, and is signed out.")
            return
        self.stdout.write(
            f"{email} is staff. They sign in at /account/login/ and set up the second factor there."
        )
        if not user.has_usable_password():
            self.stdout.write("They have no password yet: they set one at /account/password/reset/.")
