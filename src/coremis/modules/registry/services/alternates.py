"""Who collected in place of the primary recipient, how often in a row, and the visit that looks into it (rulebook 2.6)."""

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import copy_into, update_from
from coremis.kernel.actions.context import Actor
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.modules.registry.models import AlternateUse, Household, Recipient
from coremis.modules.registry.rules import clean_text
from coremis.modules.registry.services.living import check_day, lock

Ended = AlternateUse.Ended


@action(_("Record who collected"))
def record_collection(*, recipient: Recipient, reference: str, on: date | None = None, actor: Actor) -> Recipient:
    """One payment was collected by this recipient; ``reference`` names the payment and counts once."""
    household, day = lock(recipient.household), check_day(on, "on")
    if recipient.rank == 0:
        end_uses(Household.objects.filter(pk=household.pk), Ended.PRIMARY, day)
    elif not AlternateUse.objects.filter(household=household, reference=clean_text(reference, 60)).exists():
        AlternateUse(household=household, recipient=recipient, used_on=day, reference=clean_text(reference, 60)).save()
    return recipient


@action(_("Record a verification visit"))
def record_visit(*, household: Household, note: str, on: date | None = None, actor: Actor) -> Household:
    """Somebody saw why an alternate collects again and again; the count begins anew."""
    household, day = lock(household), check_day(on, "on")
    if not note.strip():
        raise Invalid(_("Write what was found."), {"note": [_("This is required.")]})
    if not end_uses(Household.objects.filter(pk=household.pk), Ended.VISIT, day, clean_text(note)):
        raise Refusal(_("No alternate has collected since the last visit. Nothing needs to be verified."))
    return household


def note_uses(uses: Iterable[tuple[int, int, date, str]]) -> int:
    """Log many uses inside a payment's action: (household id, recipient id, day, payment). One statement.

    Whoever calls leaves out payments that are logged already; the database refuses the same payment twice.
    """
    columns = ("household", "recipient", "used_on", "reference", "ended_by", "note")
    return copy_into(AlternateUse, columns, ((*use, "", "") for use in uses))


def end_uses(households: "QuerySet[Household]", why: str, day: date | None = None, note: str = "") -> int:
    """The uses in these households no longer count as in a row: the primary collected, or somebody visited. Two statements."""
    counting = AlternateUse.objects.filter(household__in=households.values("pk"), ended_by="")
    return update_from(counting, ended_by=Value(why), ended_on=Value(day or timezone.localdate()), note=Value(note))
