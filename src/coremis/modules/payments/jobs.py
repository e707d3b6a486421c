"""Work of the night."""

from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.system import system
from coremis.kernel.jobs.kinds import job_kind
from coremis.kernel.jobs.work import Work
from coremis.modules.payments.services import book_recoveries
from coremis.modules.payments.services.recovering import waiting_for_booking


@job_kind(title=_("Book what closed payrolls kept back"))
def book_what_was_kept_back(work: Work) -> bool:
    """One payroll at a time; each is booked by work of its own."""
    payroll = waiting_for_booking().filter(pk__gt=work.cursor.get("last", 0)).order_by("pk").first()
    if payroll is None:
        return False
    book_recoveries(payroll=payroll, actor=system(book_recoveries.name))
    work.cursor = {"last": payroll.pk}
    work.done += 1
    return True
