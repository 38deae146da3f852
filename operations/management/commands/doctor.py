from typing import Any

from django.core.management.base import BaseCommand, CommandError

from operations import doctor


class Command(BaseCommand):
    help = "Examine this deployment and say in plain words what to do. Exit code 1 if anything fails."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        failed = 0
        for finding in doctor.examine():
            mark = self.style.SUCCESS("ok  ") if finding.healthy else self.style.ERROR("FAIL")
            self.stdout.write(f"{mark}  {finding.part}: {finding.said}")
            if not finding.healthy:
                failed += 1
                self.stdout.write(f"      {finding.advice}")
        if failed:
            raise CommandError(
                f"{failed} of the checks failed." if failed > 1 else "One of the checks failed."
            )
        self.stdout.write("Everything is well.")
