"""The parts of payments: what they sum to, and how they are shown in words."""

from typing import Any

from django.db import connection
from django.utils.translation import gettext

from coremis.kernel.base.money import Money
from coremis.kernel.screens.columns import money_text, text_of
from coremis.modules.benefits.queries import PartKind, names_of_parts
from coremis.modules.payments.models import Payroll, PayrollLine

SUMS = {
    "postgresql": "SELECT part ->> 0, SUM((part ->> 1)::bigint)::bigint FROM payments_payrollline line,"
    " jsonb_array_elements(line.parts) part"
    " WHERE line.payroll_id = %s GROUP BY 1",
    "sqlite": "SELECT json_extract(part.value, '$[0]'), SUM(json_extract(part.value, '$[1]')) FROM payments_payrollline line,"
    " json_each(line.parts) part WHERE line.payroll_id = %s GROUP BY 1",
}


def part_totals(payroll: Payroll) -> dict[str, int]:
    """Smallest units by part, over all lines of a payroll. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(SUMS[connection.vendor], [payroll.pk])
        return {str(code): int(amount) for code, amount in cursor.fetchall()}


def said_parts(line: PayrollLine) -> list[tuple[str, str]]:
    """The working of one payment as it was frozen: every part with its count, and what was kept for the next one."""
    names, rule = part_names(line.payroll), {}
    if line.payroll.rule_version is not None:
        rule = {part["code"]: part for part in line.payroll.rule_version.definition.get("parts", [])}
    said = [(names.get(code, code), counted(rule.get(code), amount, count, line.currency)) for code, amount, count in line.parts]
    if line.carried_minor:
        said.append((gettext("Kept for the next payment"), money_text(Money(line.carried_minor, line.currency))))
    return said


def counted(part: dict[str, Any] | None, amount: int, count: int, currency: str) -> str:
    """“3 × 5,000 = 15,000” for parts that count members, else the amount."""
    total = money_text(Money(amount, currency))
    if part is None or part["kind"] != PartKind.MEMBER:
        return total
    return f"{text_of(count)} × {money_text(Money(part['amount'], currency))} = {total}"


def part_names(payroll: Payroll) -> dict[str, str]:
    """What the parts of a payroll are called, in the reader's language."""
    found = names_of_parts(payroll.rule_version.definition if payroll.rule_version else {})
    return {"base": gettext("Amount for each"), "reissue": gettext("Not paid before, paid again"), **found}
