"""Fixed reasons of an outcome, beside the codes of rules and variables."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

ADDITION, MOVED_UP = "addition", "moved_up"
APPEAL, PLACE_BY_APPEAL, BEYOND_BY_APPEAL = "appeal", "appeal_place", "appeal_beyond"


class Rejection(TextChoices):
    """Why a community says no (rulebook 2.4)."""

    NOT_HERE = "not_here", _("does not live here")
    TWICE = "twice", _("is on the list twice")
    DECEASED = "deceased", _("has died")
    PUBLIC_EMPLOYEE = "public_employee", _("public employee")
    NOT_POOR = "not_poor", _("clearly not poor")
    FALSE_DATA = "false_data", _("the data are false")
    REFUSED = "refused", _("does not want to take part")
    OTHER = "other", _("other reason (say it in the note)")
