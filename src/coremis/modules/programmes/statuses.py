"""The statuses of a beneficiary, the groups of them that queries use, and the reasons of every permitted change."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """Where a beneficiary stands in one programme."""

    POTENTIAL = "POTENTIAL", _("potential")
    ACTIVE = "ACTIVE", _("active")
    SUSPENDED = "SUSPENDED", _("suspended")
    GRADUATED = "GRADUATED", _("graduated")
    EXITED = "EXITED", _("exited")


# The one declared set of state groups, used by every query (pitfall M20).
OPEN = (Status.POTENTIAL, Status.ACTIVE, Status.SUSPENDED)
ENDED = (Status.GRADUATED, Status.EXITED)
PAYABLE = (Status.ACTIVE,)
PLACED = (Status.ACTIVE, Status.SUSPENDED)  # those who take one of a programme's places
