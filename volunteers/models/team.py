"""Volunteers who come together."""

from typing import ClassVar

from django.db import models

from core.models import Privacy, new_code
from volunteers.models.volunteer import Volunteer


def new_join_code() -> str:
    return new_code(7)


class TeamQuerySet(models.QuerySet["Team"]):
    def live(self) -> "TeamQuerySet":
        return self.filter(ended_at=None)


class Team(models.Model):
    """People who sign up as one. The code lets others in; each comes in by their own word, and leaves by it."""

    privacy: ClassVar = Privacy(
        purpose="Let people sign up together.",
        keep="1 year after it ended.",
        personal={"name": "what they call themselves", "leader": "who leads it"},
    )

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    name = models.CharField(max_length=60)
    join_code = models.CharField(max_length=7, unique=True, default=new_join_code)
    leader = models.ForeignKey(Volunteer, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["leader"], name="team_by_leader"),)

    def __str__(self) -> str:
        return self.code


class TeamMember(models.Model):
    privacy: ClassVar = Privacy(
        purpose="Know who belongs to a team.",
        keep="1 year after they left.",
        personal={"volunteer": "who belongs to it"},
    )

    team = models.ForeignKey(Team, models.CASCADE, related_name="members")
    volunteer = models.ForeignKey(Volunteer, models.CASCADE, related_name="+")
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["team", "volunteer"],
                name="one_live_membership_a_team",
                condition=models.Q(left_at=None),
            ),
        )
        indexes = (
            models.Index(fields=["volunteer"], name="team_by_member", condition=models.Q(left_at=None)),
        )

    def __str__(self) -> str:
        return f"{self.volunteer_id} in {self.team_id}"
