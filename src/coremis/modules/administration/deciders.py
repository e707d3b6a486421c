"""Who could decide a request that waits: said on its page, so that nothing waits for somebody who does not exist."""

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from coremis.kernel.access.models import Assignment, User
from coremis.kernel.approvals.models import Request
from coremis.kernel.approvals.queries import waiting_for
from coremis.kernel.approvals.services import may_decide
from coremis.kernel.areas.queries import path_of

NAMED = 3


def deciders(asked: Request) -> list[User]:
    """The first people who could decide a waiting request today, by name; none where nobody can."""
    if asked.state != Request.State.PENDING:
        return []
    today = timezone.localdate()
    held = Assignment.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=today), user=OuterRef("pk"), profile=asked.level_profile_id, valid_from__lte=today,
        area__in=[area.pk for area in path_of(asked.area)],
    )  # fmt: skip
    found: list[User] = []
    for person in User.objects.filter(Exists(held), is_active=True).exclude(pk=asked.maker_id).order_by("name", "pk"):
        if waiting_for(person).filter(pk=asked.pk).exists() and may_decide(asked, person):
            found.append(person)
        if len(found) == NAMED:
            break
    return found
