"""Who has a part in a call, and what the two sides said to each other."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from organizations.models import Organization, OrganizationQuerySet
from organizations.queries import authorities_over
from tasks.models import Adoption, Step, Task


def takes_part(task: Task, organization: Organization) -> bool:
    """Whether it speaks on the call: the issuer, an authority over its area, whoever has a share in it."""
    if organization.pk == task.issuer_id:
        return True
    if organization.is_authority:
        return organization.home_area.contains(task.area)
    return Adoption.objects.live().filter(task=task, organization=organization).exists()


def other_side(step: Step) -> OrganizationQuerySet:
    """Whom a step is for: of a group's the issuing authority, else the nearest over the area; of an authority's the
    groups that have a share, and the one that asked for the work."""
    task = step.task
    if not step.organization.is_authority:
        if task.issuer.is_authority:
            return Organization.objects.filter(pk=task.issuer_id)
        return Organization.objects.filter(pk__in=authorities_over(task.area).values("pk")[:1])
    shares = Adoption.objects.live().filter(task=task, organization=OuterRef("pk"))
    groups = Organization.objects.approved().exclude(kind=Organization.Kind.GOVERNMENT)
    return groups.filter(Q(Exists(shares)) | Q(pk=task.issuer_id))


def steps_of(task: Task) -> QuerySet[Step]:
    """What was proposed on a call and answered, in order."""
    return Step.objects.filter(task=task).select_related("organization", "answered_for").order_by("id")
