"""`Preview`: what an action will do, said before it is done."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from coremis.kernel.base.money import Money
from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.screen import Text

READER: ContextVar[Any] = ContextVar("reader", default=None)


@contextmanager
def shown_to(reader: Any) -> Iterator[None]:
    """Inside, a preview made with the rights of whoever asked tells nothing that ``reader``, who decides, may not see."""
    before = READER.set(reader)
    try:
        yield
    finally:
        READER.reset(before)


@dataclass
class Preview:
    """What will happen: `facts` (label, value, and where it leads), how many (`count`), how much (`amount`), who is left out and why.

    `left_out` holds (reason, number), `changes` holds (label, before, after). `button` repeats the numbers:
    "Suspend 1,240 households". A `count` of 0 means that nobody is concerned: it is said, and nothing can be
    confirmed. `problem` is a sentence that forbids the confirmation. `table` is a `small_table`.
    """

    facts: Sequence[tuple[Text, Any] | tuple[Text, Any, str]] = ()
    count: int | None = None
    amount: Money | None = None
    left_out: Sequence[tuple[Text, int]] = ()
    changes: Sequence[tuple[Text, Any, Any]] = ()
    button: str = ""
    problem: Text = ""
    table: dict[str, Any] | None = field(default=None)

    def blocked(self) -> bool:
        """Whether there is nothing to confirm."""
        return self.count == 0 or bool(self.problem)

    def fingerprint(self) -> str:
        """Changes whenever what the person looked at changes."""
        amount = (self.amount.amount_minor, self.amount.currency) if self.amount else None
        facts = [str(fact[1]) for fact in self.facts]
        changes = [(str(before), str(after)) for _label, before, after in self.changes]
        said = repr((facts, self.count, amount, [number for _reason, number in self.left_out], changes))
        return hashlib.sha256(said.encode()).hexdigest()[:32]

    def ready(self) -> dict[str, Any]:
        """As the template prints it."""
        problem = str(self.problem)
        if self.count == 0 and not problem:
            problem = _("Nobody is concerned, so there is nothing to do. Change what you chose.")
        return {
            "facts": [{"label": str(label), "text": text_of(value) or "–", "href": "".join(href)} for label, value, *href in self.facts],
            "count": text_of(self.count),
            "amount": text_of(self.amount),
            "left_out": [(str(reason), text_of(number)) for reason, number in self.left_out if number],
            "left_out_total": text_of(sum(number for _reason, number in self.left_out)),
            "changes": [{"label": str(label), "before": text_of(old), "after": text_of(new)} for label, old, new in self.changes],
            "problem": problem,
            "table": self.table,
        }
