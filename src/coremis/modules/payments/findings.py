"""What is found in a calculated payroll, and what people may say about it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FlagKind(models.TextChoices):
    """Why several payments may be for one person."""

    PERSON = "PERSON", _("one payee of several payments")
    DOCUMENT = "DOCUMENT", _("same identity document")
    PHONE = "PHONE", _("same phone")
    NAME = "NAME", _("same name, birth year and place")
    CYCLE = "CYCLE", _("also paid in another payroll of the cycle")


class Severity(models.TextChoices):
    """How much a flag weighs."""

    NOTICE = "NOTICE", _("for information")
    SERIOUS = "SERIOUS", _("needs a verdict")


class Verdict(models.TextChoices):
    """What somebody said about a payment of a flagged group; of a group, whether anything of it is held."""

    PAY = "PAY", _("pay")
    HOLD = "HOLD", _("hold")


class HoldDecision(models.TextChoices):
    """What became of a held payment."""

    PAY = "PAY", _("paid after all")
    VOID = "VOID", _("voided")


class DifferenceKind(models.TextChoices):
    """How a payment differs from the cycle before."""

    NEW = "NEW", _("new in this cycle")
    GONE = "GONE", _("no longer paid")
    RECIPIENT = "RECIPIENT", _("another recipient")
    AMOUNT = "AMOUNT", _("another amount")
    TOP = "TOP", _("among the largest amounts")


class Phase(models.TextChoices):
    """Where a payment cycle stands in its calendar."""

    COMING = "COMING", _("coming")
    RUNNING = "RUNNING", _("running")
    LATE = "LATE", _("late")
    CLOSED = "CLOSED", _("closed")


# Groups of these severities wait for a verdict before a payroll can be approved.
NEEDS_VERDICT = (Severity.SERIOUS,)
