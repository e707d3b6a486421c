"""What waits for whom."""

from django.db.models import Q, QuerySet

from coremis.kernel.access.models import User
from coremis.kernel.approvals.models import Request


def waiting_for(person: User) -> "QuerySet[Request]":
    """The requests this person may decide now, oldest first."""
    if not person.has_perm("approvals.approve_request"):
        return Request.objects.none()
    mine = Q(pk__in=[])
    for profile_id in person.profile_ids():
        places = person.places_as(profile_id)
        mine |= Q(level_profile_id=profile_id) if places.everywhere else Q(level_profile_id=profile_id, area__in=places.areas())
    requests = Request.objects.filter(mine, state=Request.State.PENDING).exclude(maker=person).exclude(decisions__person=person)
    return requests.select_related("maker", "area", "level_profile").order_by("pk")
