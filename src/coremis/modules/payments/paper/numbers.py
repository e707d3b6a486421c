"""The order number of a payment on the list of its payment point: the same on paper, in the workbook and where results are typed."""

from typing import Any

from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from coremis.modules.payments.models import Payroll, PayrollLine
from coremis.modules.points.models import PaymentPoint

LIST_ORDER = ("area_name", "area_id", "payee_search", "id")


def numbered_lines(payroll: Payroll, point: PaymentPoint | None = None, *, everywhere: bool = False, only: Q | None = None) -> Any:
    """The lines of one point (None: of those without a point), each with ``order_number``, in the order of the list.

    All lines of the payroll at that point are numbered, by village and name, whatever became of them: a payment that is held or
    cancelled keeps its number and leaves a gap, so a number on an older print still names the same payment. ``everywhere`` takes
    all points, each numbered from 1. ``only`` limits the rows after they were numbered; never chain ``filter`` with another column
    than ``order_number``, because that would number the rest anew.
    """
    rows: QuerySet[PayrollLine] = PayrollLine.objects.filter(payroll=payroll)
    if not everywhere:
        rows = rows.filter(point=point)
    order = [F(name).asc() for name in LIST_ORDER]
    numbered = rows.annotate(order_number=Window(RowNumber(), partition_by=[F("point_id")], order_by=order))
    if only is not None:
        # One condition together with the number: it is then asked of the numbered rows, not of those to be numbered.
        numbered = numbered.filter(Q(order_number=0) | only)
    return numbered.order_by("point_name", "point_id", *LIST_ORDER)
