"""What stands on the home page."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from coremis.kernel.exchange.models import Batch, BatchRow
from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.contributions import Shown
from coremis.kernel.screens.details import Fact
from coremis.kernel.screens.tables import small_table
from coremis.modules.intake.tables import SEE, BatchTable, rows_address
from coremis.modules.registry.models import Household

RECENT = 8
ENDED = (Batch.State.APPLIED, Batch.State.CANCELLED, Batch.State.UNDONE)


def my_imports(request: HttpRequest) -> dict[str, Any]:
    """My imports that are not ended, with rows good, to correct, and whether they wait; the newest first."""
    person: Any = request.user
    mine = BatchTable.prepare(Batch.objects.visible_to(person, SEE)).filter(sent_by_id=person.pk).exclude(state__in=ENDED)
    open_ones = list(mine.order_by("-pk")[:RECENT])
    links = [{"url": reverse("intake:create_batch"), "title": _("New import")}]
    if not open_ones:
        return {"text": _("You have no open imports."), "links": links}
    omit = ["area", "sent_by", "row_count", "applied_count"]
    oldest = oldest_to_correct(list(mine.filter(bad_count__gt=0).order_by("sent_at", "pk")[:1]))
    return {"facts": oldest, "table": small_table(BatchTable, open_ones, person, omit=omit), "links": links}


def oldest_to_correct(batches: list[Any]) -> list[Any]:
    """The first row to correct of the oldest import that has one, leading to the rows."""
    facts = []
    for batch in batches:
        row = BatchRow.objects.filter(batch=batch, state=BatchRow.State.BAD).order_by("number").values_list("number", flat=True).first()
        told = {"row": text_of(row), "file": batch.name, "when": text_of(batch.sent_at)}
        if row is not None:
            facts.append(Fact(_("Oldest row to correct"), _("row %(row)s of %(file)s, since %(when)s") % told, rows_address(batch, "BAD")))
    return [fact.ready() for fact in facts]


def brought_by(request: HttpRequest, household: Household) -> Shown:
    """The imports that brought a household, and what was asked in the interview."""
    asked = {household.batch_id: _("brought the household"), household.interview_batch_id: _("brought consent and interview")}
    found = Batch.objects.visible_to(request.user, SEE).filter(pk__in=[pk for pk in asked if pk])  # type: ignore[arg-type]
    facts = [Fact(batch.name, asked[batch.pk], reverse("intake:batch", args=[batch.pk])) for batch in found]
    return {"facts": [fact.ready() for fact in facts]} if facts else None
