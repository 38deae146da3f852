"""Makes tokens of invented people, for whoever measures or tests the API."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Exists, OuterRef, QuerySet

from accounts.actions.tokens import hash_of, new_secret
from accounts.models import ApiToken, User
from core import clock, deployment
from organizations.models import Membership, Organization
from organizations.queries import LEADERS
from volunteers.models import Volunteer

NAME = "make_tokens"
BATCH = 2_000


def people_in(role: str) -> QuerySet[User]:
    """Active people of a role: volunteer, organizer or official."""
    if role == "volunteer":
        of_role = Exists(Volunteer.objects.filter(user=OuterRef("pk")))
    else:
        government = Organization.Kind.GOVERNMENT
        memberships = Membership.objects.live().filter(
            user=OuterRef("pk"), role__in=LEADERS, organization__status=Organization.Status.APPROVED
        )
        officials = memberships.filter(organization__kind=government)
        of_role = Exists(
            officials if role == "official" else memberships.exclude(organization__kind=government)
        )
    return User.objects.filter(of_role, is_active=True).order_by("pk")


class Command(BaseCommand):
    help = "Print API tokens of invented people, a JSON object a line. Only where all people are invented."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--role", choices=("volunteer", "organizer", "official"), default="volunteer")
        parser.add_argument("--count", type=int, default=1, help="how many people, one token each")

    def handle(self, *args: Any, role: str, count: int, **options: Any) -> None:
        if not deployment.is_synthetic():
            raise CommandError(
                "This database holds real people. They make their tokens themselves, at /me/tokens/."
            )
        if count < 1:
            raise CommandError("--count is 1 or more.")
        users = list(people_in(role)[:count])
        if len(users) < count:
            raise CommandError(f"There are {len(users)} people with the role {role}.")
        at = clock.now()
        secrets = [new_secret() for _ in users]
        ApiToken.objects.bulk_create(
            (
                ApiToken(user=user, name=NAME, token_hash=hash_of(secret), made_at=at)
                for user, secret in zip(users, secrets, strict=True)
            ),
            batch_size=BATCH,
        )
        for user, secret in zip(users, secrets, strict=True):
            self.stdout.write(json.dumps({"user": user.code, "token": secret}))
