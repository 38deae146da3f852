"""Parties: several seats that one person keeps for others."""

from tasks.models import Assignment


def party_of(join_code: str) -> Assignment | None:
    """The live assignment with this code, as typed, with what its page shows; None where there is none."""
    typed = "".join(join_code.split()).replace("-", "").upper()
    if not typed:
        return None
    return (
        Assignment.objects.live()
        .filter(join_code=typed)
        .select_related(
            "role",
            "volunteer__user",
            "shift__task__issuer",
            "shift__organization",
            "shift__area__parent__parent",
        )
        .first()
    )


def companions_of(assignment: Assignment) -> list[Assignment]:
    """Those who took their place in a party, the first first."""
    live = Assignment.objects.live().filter(came_with=assignment)
    return list(live.select_related("volunteer__user").order_by("created_at", "pk"))
