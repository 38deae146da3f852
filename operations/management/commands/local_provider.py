from typing import Any

from django.core.management.base import BaseCommand

from operations.provider.running import run


class Command(BaseCommand):
    help = "Take the demo's e-mails and text messages on this machine; /demo/messages/ shows them."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        run()
