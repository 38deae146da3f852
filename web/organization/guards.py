"""Pages that only an approved organization has: in others they do not exist."""

from django.http import Http404

from organizations.permissions import can_lead, can_serve_desk
from web.access import OrganizerRequest


def leader_of_approved(request: OrganizerRequest) -> None:
    if not can_lead(request.user, request.organization):
        raise Http404


def desk_of_approved(request: OrganizerRequest) -> None:
    if not can_serve_desk(request.user, request.organization):
        raise Http404
