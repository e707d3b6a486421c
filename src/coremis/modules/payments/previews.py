"""What will happen, said before it happens; the same for those who ask and those who decide."""

from typing import Any

from django.db.models import BigIntegerField, Case, Count, F, Sum, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coremis.kernel.base.money import Money
from coremis.kernel.screens.columns import money_text, text_of
from coremis.kernel.screens.preview import Preview
from coremis.modules.payments.models import Payroll
from coremis.modules.payments.parts import part_names
from coremis.modules.payments.queries import figures_of, what_blocks_closing
from coremis.modules.payments.reissuing import may_still_be_paid, reissuable
from coremis.modules.payments.selection import asked_by, counts
from coremis.modules.payments.services.carrying import UNPAID, carriable, somebody_takes_backlog
from coremis.modules.payments.services.confirmation import settled_amount, settled_count
from coremis.modules.payments.services.forfeiting import claimable_until, forfeitable
from coremis.modules.payments.services.generation import check_declared, check_request, new_payroll
from coremis.modules.payments.services.incidents import moved_by
from coremis.modules.payments.services.reissue import check_reissue
from coremis.modules.payments.states import PAID_LINES, Exclusion, IncidentEnd, LineState, RowProblem

LABELS = {**dict(LineState.choices), **dict(RowProblem.choices)}


def calculation(inputs: dict[str, Any], actor: Any) -> Preview:
    """How many would be paid, how much in all and by part, and who is left out: the computation of the payroll itself."""
    cycle, areas, amount, rule = inputs["cycle"], inputs["areas"], inputs.get("amount"), inputs.get("rule")
    check_request(cycle, areas, amount, inputs["fund"], rule, inputs.get("condition"), actor, inputs.get("batch"))
    if inputs.get("batch"):
        check_declared(cycle, inputs["batch"], inputs.get("declared_count"), inputs.get("declared_total"))
    wanted = {name: inputs[name] for name in ("component", "condition", "point", "batch") if inputs.get(name)}
    payroll = new_payroll(cycle=cycle, fund=inputs["fund"], amount=amount, rule=rule, **wanted)
    found = counts(asked_by(payroll, [area.pk for area in areas]))
    total = Money(found.total_minor, payroll.currency)
    words = ngettext("Calculate %(count)s payment, %(amount)s", "Calculate %(count)s payments, %(amount)s", found.paid)
    return Preview(
        facts=[
            (_("Programme"), str(cycle.programme)), (_("Payment cycle"), str(cycle)), (_("Data freeze"), cycle.freeze_on),
            (_("Chosen places"), ", ".join(area.name for area in areas)), *amount_facts(payroll, found.part_totals),
            *limit_facts(payroll), (_("Fund"), str(inputs["fund"])), *held_facts(payroll, found.held, found.held_minor),
        ],
        count=found.paid, amount=total, left_out=[(Exclusion(reason).label, number) for reason, number in found.left_out.items()],
        button=said(words, found.paid, total),
    )  # fmt: skip


def limit_facts(payroll: Payroll) -> list[tuple[Any, Any]]:
    """The filter and the payment point that limit a payroll further."""
    limits = [(_("Only those"), payroll.condition_words), (_("Only one payment point"), str(payroll.point or ""))]
    return [(label, words) for label, words in limits if words]


def amount_facts(payroll: Payroll, totals: dict[str, int]) -> list[tuple[Any, Any]]:
    """How the amounts are found, and what each part sums to."""
    if payroll.source == Payroll.Source.FLAT:
        return [(_("Amount for each"), payroll.amount)]
    names = part_names(payroll)
    parts = [(names.get(code, code), Money(amount, payroll.currency)) for code, amount in totals.items()]
    version = payroll.rule_version
    return [(_("Amounts from"), str(version) if version else payroll.get_source_display()), *parts]


def held_facts(payroll: Payroll, count: int, amount_minor: int) -> list[tuple[Any, Any]]:
    """How many payments are above the maximum and wait for a decision."""
    return [(_("Held, above the maximum"), f"{text_of(count)} · {money_text(Money(amount_minor, payroll.currency))}")] if count else []


def release(inputs: dict[str, Any], actor: Any) -> Preview:
    """How many payments go on their way. Those that are held by then stay behind; who that is, is looked at when it is done."""
    payroll: Payroll = inputs["payroll"]
    button = pay(payroll, _("Send %(count)s payments, %(amount)s"))
    told = (_("Looked at again"), _("Payments whose payee died, left, was suspended or replaced are held, not sent."))
    return Preview(facts=[*about(payroll), told], count=payroll.line_count, amount=payroll.total, button=button)


def cancellation(inputs: dict[str, Any], actor: Any) -> Preview:
    """How many payments will not be made."""
    payroll: Payroll = inputs["payroll"]
    button = pay(payroll, _("Cancel %(count)s payments, %(amount)s"))
    facts = [*about(payroll), (_("Reason"), inputs["reason"])]
    return Preview(facts=facts, count=payroll.line_count, amount=payroll.total, button=button)


def closing(inputs: dict[str, Any], actor: Any) -> Preview:
    """The identity of the rulebook, and everything that does not fit."""
    payroll: Payroll = inputs["payroll"]
    return Preview(facts=[*about(payroll), *figure_facts(payroll)], problem=" ".join(what_blocks_closing(payroll)))


def confirmation(inputs: dict[str, Any], actor: Any) -> Preview:
    """What the rows do, by result; what is left alone, by problem."""
    file = inputs["file"]
    good = [(LABELS[code], found) for code, found in file.counts.items() if code in LineState.values]
    missing = inputs.get("missing_as_unpaid", False)
    rows = settled_count(file, missing)
    facts: list[tuple[Any, Any]] = [
        (_("Payroll"), file.payroll.number_text), (_("File"), file.name),
        *((label, f"{text_of(count)} · {money_text(Money(amount, file.payroll.currency))}") for label, (count, amount) in good),
        (_("Not in the file, counted as unpaid"), file.missing_count if missing else 0),
    ]  # fmt: skip
    left = [(LABELS[code], found[0]) for code, found in file.counts.items() if code not in LineState.values]
    amount = settled_amount(file, missing)
    button = said(ngettext("Apply %(count)s result, %(amount)s", "Apply %(count)s results, %(amount)s", rows), rows, amount)
    return Preview(facts=facts, count=rows, amount=amount, left_out=left, button=button)


def writing_off(inputs: dict[str, Any], actor: Any) -> Preview:
    """Which row, and what is given up."""
    row = inputs["row"]
    over = row.line.paid_minor - row.line.amount_minor if row.outcome == LineState.OVERPAID and row.line else None
    facts = [(_("File"), row.file.name), (_("Row"), row.position), (_("Payment number"), row.reference), (_("In the file"), row.amount)]
    return Preview(
        facts=[*facts, (_("Reason"), inputs["reason"])], count=1, amount=Money(over, row.currency) if over else None,
        button=_("Ask to write this off"),
    )  # fmt: skip


def reissuing(inputs: dict[str, Any], actor: Any) -> Preview:
    """How many lines are paid again, and how many may still be with the provider."""
    payroll: Payroll = inputs["payroll"]
    check_reissue(payroll, inputs["freeze_on"])
    paid = When(state__in=PAID_LINES, then=F("amount_minor") - F("paid_minor"))
    rest = Case(paid, default=F("amount_minor"), output_field=BigIntegerField())
    found = reissuable(payroll).aggregate(count=Count("pk"), total=Sum(rest))
    total = Money(found["total"] or 0, payroll.currency)
    words = ngettext("Re-issue %(count)s payment, %(amount)s", "Re-issue %(count)s payments, %(amount)s", found["count"])
    return Preview(
        facts=[*about(payroll), (_("Data freeze"), inputs["freeze_on"])], count=found["count"], amount=total,
        left_out=[(_("May still be with the provider"), may_still_be_paid(payroll))], button=said(words, found["count"], total),
    )  # fmt: skip


def forfeiting(inputs: dict[str, Any], actor: Any) -> Preview:
    """What goes back to the fund, and since when it could be claimed."""
    payroll: Payroll = inputs["payroll"]
    last = claimable_until(payroll)
    found = forfeitable(payroll).aggregate(count=Count("pk"), total=Sum("amount_minor"))
    total = Money(found["total"] or 0, payroll.currency)
    early = _("This money can be claimed until %(day)s. Wait until then.") % {"day": text_of(last)} if timezone.localdate() <= last else ""
    words = ngettext("Give back %(count)s payment, %(amount)s", "Give back %(count)s payments, %(amount)s", found["count"])
    return Preview(
        facts=[*about(payroll), (_("Could be claimed until"), last)], count=found["count"], amount=total, problem=early,
        button=said(words, found["count"], total),
    )  # fmt: skip


def carrying(inputs: dict[str, Any], actor: Any) -> Preview:
    """How much goes back to the fund now, and is paid with the next payment; who is left out of it."""
    payroll: Payroll = inputs["payroll"]
    found = carriable(payroll).aggregate(count=Count("pk"), total=Sum(UNPAID))
    total, others = Money(found["total"] or 0, payroll.currency), reissuable(payroll).count() - found["count"]
    problem = "" if somebody_takes_backlog(payroll.cycle.programme_id) else _("No benefit rule of this programme pays it later.")
    words = ngettext("Carry on %(count)s payment, %(amount)s", "Carry on %(count)s payments, %(amount)s", found["count"])
    return Preview(
        facts=[*about(payroll), (_("Afterwards"), _("These payments can no longer be re-issued."))], count=found["count"], amount=total,
        left_out=[(_("no longer active, or a re-issue that was cancelled"), others)], problem=problem,
        button=said(words, found["count"], total),
    )  # fmt: skip


def settling(inputs: dict[str, Any], actor: Any) -> Preview:
    """What is decided about an incident, and the money it moves."""
    incident, end = inputs["incident"], inputs["end"]
    line, other = incident.line, incident.other
    facts = [
        (_("Incident"), str(incident)), (_("Payroll"), incident.payroll.number_text), (_("Payment"), line.number_text if line else ""),
        (_("The other payment"), other.number_text if other else ""), (_("What is decided"), IncidentEnd(end).label),
        (_("Explanation"), inputs["explanation"]),
    ]  # fmt: skip
    moves = end not in (IncidentEnd.EXPLAINED, IncidentEnd.RECEIVED)
    return Preview(facts=facts, count=1, amount=moved_by(incident, end) if moves else None, button=_("Ask for this decision"))


def about(payroll: Payroll) -> list[tuple[Any, Any]]:
    """What every page about a payroll begins with."""
    places = ", ".join(payroll.places.values_list("area__name", flat=True).order_by("area__name"))
    return [
        (_("Payroll"), payroll.number_text), (_("Programme"), str(payroll.cycle.programme)), (_("Payment cycle"), str(payroll.cycle)),
        (_("Chosen places"), places), *limit_facts(payroll), *amount_facts(payroll, payroll.part_totals), (_("Fund"), str(payroll.fund)),
    ]  # fmt: skip


def figure_facts(payroll: Payroll) -> list[tuple[Any, Any]]:
    """Number and value by what became of the payments."""
    found = figures_of(payroll)
    named = [
        (_("Approved"), found.approved), (_("Paid"), found.paid), (_("Uncollected or returned"), found.uncollected),
        (_("Failed"), found.failed), (_("In transit"), found.in_transit), (_("Cancelled"), found.cancelled),
    ]  # fmt: skip
    if payroll.held_count:
        named.append((_("Held for a decision"), (payroll.held_count, payroll.held_minor)))
    lines = [(label, f"{text_of(figure[0])} · {money_text(found.money(figure))}") for label, figure in named]
    return [*lines, (_("Paid too much, to recover"), Money(found.excess_minor, found.currency))]


def pay(payroll: Payroll, words: str) -> str:
    """A button that repeats the numbers."""
    return said(words, payroll.line_count, payroll.total)


def said(words: str, count: int, amount: Money) -> str:
    """Words with a count and an amount, as the reader writes them."""
    return words % {"count": text_of(count), "amount": money_text(amount)}
