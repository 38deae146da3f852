"""Loads causes, capabilities, task types and templates in both languages; may run again at any time."""

from typing import Any

from django.core.management.base import BaseCommand

from core import clock
from tasks.actions.reference import load_reference


class Command(BaseCommand):
    help = "Load the bundled causes, capabilities, task types and templates. May run again at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        load_reference(at=clock.now())
        self.stdout.write("Causes, capabilities, task types and templates are up to date.")
