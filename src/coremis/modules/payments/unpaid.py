"""Payments that did not arrive, as home pages count them and as the list of payments finds them: of the last cycle, or to pay again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from coremis.kernel.base.refusal import Refusal
from coremis.kernel.screens.filters import ChoiceFilter, Given
from coremis.kernel.screens.screen import whole_number
from coremis.modules.payments.models import Cycle, Payroll
from coremis.modules.payments.states import FINAL_UNPAID, SENT_PAYROLLS, UNPAID_LINES, LineState

LAST, AGAIN = "last", "again"
FEW = 100


def latest_cycles() -> dict[int, int]:
    """Of each programme the newest cycle of which something was sent for payment. One query."""
    sent = Cycle.objects.filter(Exists(Payroll.objects.filter(cycle=OuterRef("pk"), state__in=SENT_PAYROLLS)))
    return dict(sent.order_by("starts_on", "pk").values_list("programme_id", "pk"))


def unpaid(which: str) -> Q:
    """What did not arrive and was not paid again: in the last cycle of each programme; or in any cycle, finally or in part.

    What went back to the fund is not to be paid again.
    """
    if which == LAST:
        return Q(cycle__in=list(latest_cycles().values()), state__in=UNPAID_LINES, reissued_as=None)
    rest = Q(state=LineState.PARTIAL, paid_minor__lt=F("amount_minor"))
    return (Q(state__in=FINAL_UNPAID) | rest) & Q(reissued_as=None, forfeited_on=None)


@dataclass(frozen=True)
class UnpaidFilter(ChoiceFilter):
    """Payments that did not arrive."""

    def apply(self, rows: QuerySet[Any], value: list[tuple[Any, str]]) -> QuerySet[Any]:
        for stored, _words in value:
            rows = rows.filter(unpaid(stored))
        return rows


@dataclass(frozen=True)
class ReasonFilter(ChoiceFilter):
    """Payments by the reason for which they did not arrive; “none” has none."""

    def apply(self, rows: QuerySet[Any], value: list[tuple[Any, str]]) -> QuerySet[Any]:
        return self.limit(rows, **{"in": ["" if stored == "none" else stored for stored, _words in value]})


@dataclass(frozen=True)
class RowFilter(ChoiceFilter):
    """One of many records: the first are offered, every other one of ``rows(user)`` may stand in the address. "none" is none."""

    rows: Callable[[Any], QuerySet[Any]] = lambda user: Cycle.objects.none()
    blank: Any = ""

    def options(self, user: Any, asked: Sequence[str] = ()) -> dict[str, tuple[Any, str]]:
        found = [*self.rows(user)[:FEW]]
        wanted = {number for text in asked if (number := whole_number(text))} - {row.pk for row in found}
        found += self.rows(user).filter(pk__in=wanted) if wanted else []
        options = {"none": (None, str(self.blank))} if self.blank else {}
        return {**options, **{str(row.pk): (row.pk, str(row)) for row in found}}

    def read(self, given: Given, user: Any, permission: str) -> list[tuple[Any, str]] | None:
        asked = [text for text in given.get(self.name, ()) if text]
        options = self.options(user, asked) if asked else {}
        for text in asked:
            if text not in options:
                raise Refusal(_("“%(value)s” is no choice for “%(filter)s”."), value=text[:40], filter=self.title)
        return [options[text] for text in asked] or None

    def apply(self, rows: QuerySet[Any], value: list[tuple[Any, str]]) -> QuerySet[Any]:
        wanted = [stored for stored, _words in value]
        found = Q(**{f"{self.on}__in": [stored for stored in wanted if stored]})
        return rows.filter(found | Q(**{self.on: None}) if None in wanted else found)

    def control(self, given: Given, user: Any, permission: str) -> dict[str, Any]:
        asked = [text for text in given.get(self.name, ()) if text]
        options = [(text, words, text in asked) for text, (_value, words) in self.options(user, asked).items()]
        return {**super().control({}, user, permission), "options": options, "many": len(asked) > 1}
