"""The parts of payments: what they sum to, and how they are shown in words."""

from django.db import connection
from django.utils.translation import gettext

from coremis.modules.benefits.queries import names_of_parts
from coremis.modules.payments.models import Payroll

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


def part_names(payroll: Payroll) -> dict[str, str]:
    """What the parts of a payroll are called, in the reader's language."""
    found = names_of_parts(payroll.rule_version.definition if payroll.rule_version else {})
    return {"base": gettext("Amount for each"), **found}
