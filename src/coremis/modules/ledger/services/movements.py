"""Writing movements set by set. What is written twice must say the same, or nothing is written."""

from typing import Any

from django.db.models import BigIntegerField, CharField, DateField, DateTimeField, Exists, F, OuterRef, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.bulk import insert_from
from coremis.kernel.base.refusal import Refusal
from coremis.modules.ledger.models import Account, Movement, Posting

COLUMNS = (
    "posting", "line_id", "step", "from_account", "to_account", "amount_minor", "currency", "reason", "effective_on", "recorded_at",
    "reverses", "area",
)  # fmt: skip
CONTENT = ("from_account", "to_account", "amount_minor", "currency", "area")


def post_movements(
    posting: Posting, lines: "QuerySet[Any]", *, source: Any, target: Any, step: str, amount: Any = "amount_minor",
    line: str = "pk", area: str = "area", expected: int | None = None,
) -> int:  # fmt: skip
    """One movement from ``source`` to ``target`` for each of ``lines``; returns how many were written.

    ``line``, ``area`` and ``amount`` name their columns; accounts and amount may be expressions. One statement where ``expected``
    lines were written, else a second one: a movement that was written before is left alone where it says the same, and where it
    differs, everything is refused.
    """
    require_preparing(posting)
    ready = lines.order_by().annotate(
        **_constants(posting, step),
        new_line_id=F(line), new_from_account=_account(source), new_to_account=_account(target),
        new_amount_minor=F(amount) if isinstance(amount, str) else amount,
        new_reverses=Value(None, output_field=BigIntegerField()), new_area=F(area),
    )  # fmt: skip
    count = insert_from(Movement, ready, COLUMNS, skip_existing=True)
    if count != expected:
        refuse_differences(ready, posting, step)
    return count


def copy_reversed(posting: Posting, movements: "QuerySet[Movement]", target: Any = None) -> int:
    """The opposite of each of these movements, written into a reversal; returns how many.

    ``target`` is the account that gets it where this is not the one it came from (paid, then back: it is owed, not in transit).
    """
    require_preparing(posting)
    ready = movements.order_by().annotate(
        new_posting=Value(posting.pk), new_from_account=F("to_account"), new_reverses=F("pk"),
        new_to_account=F("from_account") if target is None else _account(target),
        new_effective_on=Value(posting.effective_on, output_field=DateField()),
        new_recorded_at=Value(timezone.now(), output_field=DateTimeField()),
    )  # fmt: skip
    return insert_from(Movement, ready, COLUMNS)


def refuse_differences(ready: "QuerySet[Any]", posting: Posting, step: str) -> None:
    """Refuse when any of the lines has no movement of exactly this content (ON CONFLICT DO NOTHING would swallow it)."""
    same = Movement.objects.filter(posting=posting, line_id=OuterRef("new_line_id"), step=step)
    same = same.filter(**{name: OuterRef(f"new_{name}") for name in CONTENT if name != "area"}, area_id=OuterRef("new_area"))
    if ready.filter(~Exists(same)).exists():
        raise Refusal(_("A movement was posted before with another amount or account. Nothing was posted. Tell your administrator."))


def require_preparing(posting: Posting) -> None:
    """Refuse to add to what is posted or given up."""
    if posting.state != Posting.State.PREPARING:
        raise Refusal(_("This posting is closed. Nothing can be added to it."))


def _account(given: Any) -> Any:
    """An account, its id, or an expression that gives its id."""
    if isinstance(given, int | Account):
        return Value(given if isinstance(given, int) else given.pk, output_field=BigIntegerField())
    return given


def _constants(posting: Posting, step: str) -> dict[str, Any]:
    return {
        "new_posting": Value(posting.pk),
        "new_step": Value(step, output_field=CharField()),
        "new_currency": Value(posting.currency, output_field=CharField()),
        "new_reason": Value(posting.purpose, output_field=CharField()),
        "new_effective_on": Value(posting.effective_on, output_field=DateField()),
        "new_recorded_at": Value(timezone.now(), output_field=DateTimeField()),
    }
