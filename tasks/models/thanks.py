"""Names of those who want to be thanked in public when a crisis is over."""

from typing import ClassVar

from django.db import models

from core.models import Privacy
from tasks.models.crisis import Crisis
from volunteers.models import Volunteer


class Thanks(models.Model):
    """Somebody who served in a crisis and lets a name of their choice stand on its closing page."""

    privacy: ClassVar = Privacy(
        purpose="Thank in public those who want it.",
        keep="Until the person takes the name down or is erased; at most two years after the end of the crisis.",
        personal={"volunteer": "who is thanked", "name": "the name that they chose to show"},
    )

    crisis = models.ForeignKey(Crisis, models.CASCADE, related_name="+")
    volunteer = models.ForeignKey(Volunteer, models.CASCADE, related_name="+")
    name = models.CharField(max_length=40)
    made_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["crisis", "volunteer"], name="one_thanks_a_crisis"),
            models.CheckConstraint(name="thanks_have_a_name", condition=~models.Q(name="")),
        )

    def __str__(self) -> str:
        return f"thanks in {self.crisis_id}"
