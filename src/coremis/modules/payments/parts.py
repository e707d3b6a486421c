"""The parts of payments: what they sum to, and how they are shown in words."""

from django.db import connection
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.text import label
from coremis.modules.payments.models import Payroll

SUMS = {
    "postgresql": "SELECT part ->> 0, SUM((part ->> 1)::bigint)::bigint FROM payments_payrollline line, jsonb_array_elements(line.parts) part"
    " WHERE line.payroll_id = %s GROUP BY 1",
    "sqlite": "SELECT json_extract(part.value, '$[0]'), SUM(json_extract(part.value, '$[1]')) FROM payments_payrollline line,"
    " json_each(line.parts) part WHERE line.payroll_id = %s GROUP BY 1",
}


def part_totals(payroll: Payroll) -> dict[str, int]:
    """Smallest units by part, over all lines of a payroll. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(SUMS[connection.vendor], [payroll.pk])
        return {str(code): int(amount) for code, amount in cursor.fetchall()}


OWN_NAMES = {
    "base": _("Amount for each"), "cap": _("Cut to the largest amount of a payment"), "cap_cycle": _("Cut to the largest sum in a cycle"),
    "cap_total": _("Cut to the largest sum for a beneficiary"), "backlog": _("Left from earlier payments"),
    "recovery": _("Kept back for what was overpaid"), "reissue": _("Not paid before, paid again"),
}  # fmt: skip


def part_names(payroll: Payroll) -> dict[str, str]:
    """What the parts of a payroll are called, in the reader's language."""
    language = get_language() or "en"
    given = payroll.rule_version.definition.get("parts", []) if payroll.rule_version else []
    return {code: str(name) for code, name in OWN_NAMES.items()} | {part["code"]: label(part["names"], language) for part in given}
