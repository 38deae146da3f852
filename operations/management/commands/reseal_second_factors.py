"""Seals the secrets of all second factors with the present key; may run again at any time."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand
from django.db import transaction

from core.sealing import seal, unseal

# What allauth keeps under these names went through the adapter's `encrypt`.
SEALED = ("secret", "seed")


class Command(BaseCommand):
    help = "Seal the secrets of second factors with the present MFA_KEY. May run again at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        ids = list(Authenticator.objects.order_by("pk").values_list("pk", flat=True))
        changed = sum(_reseal(pk) for pk in ids)
        self.stdout.write(f"{changed} of {len(ids)} second factors are sealed with the present key.")


@transaction.atomic
def _reseal(pk: int) -> bool:
    """One row under a lock, so that a sign-in that uses up a recovery code meanwhile is not undone."""
    row = Authenticator.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        return False
    held = {name: row.data[name] for name in SEALED if name in row.data}
    if not held:
        return False
    row.data |= {name: seal(unseal(value)) for name, value in held.items()}
    row.save(update_fields=["data"])
    return True
