"""Lines of a payroll at payment points, as calculating freezes them; for the tests of paper."""

from django.db import models

from coremis.kernel.actions.services import maintenance
from coremis.kernel.areas.queries import below
from coremis.modules.payments.models import PayrollLine


def put(payroll, point, area, **values):
    """Let the lines of a place, and of all below it, be paid at a point."""
    with maintenance("test points of lines"):
        rows = models.QuerySet(PayrollLine).filter(payroll=payroll, area__in=below([area.pk]))
        models.QuerySet.update(rows, point=point, point_name=point.name if point else "", **values)


def change(line, **values):
    """Change one line behind the product's back."""
    with maintenance("test lines"):
        models.QuerySet.update(models.QuerySet(PayrollLine).filter(pk=line.pk), **values)
