"""The payee list of a payroll: a sheet to print, to sign, and to take to the payment point."""

import io
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coremis.kernel.access.models import User
from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.long import steps_of
from coremis.kernel.areas.models import Area
from coremis.kernel.areas.queries import below
from coremis.kernel.base.money import Money
from coremis.kernel.base.numbers import number_text
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.files.models import Attachment
from coremis.kernel.files.storage import store
from coremis.kernel.files.writing import AMOUNT, NUMBER, Sheet, SheetColumn, write_xlsx
from coremis.kernel.jobs.work import Work
from coremis.modules.payments.models import Payroll, PayrollLine
from coremis.modules.payments.services.steps import require_state
from coremis.modules.payments.states import LIVE_PAYROLLS, PayrollState
from coremis.modules.registry.models import Household

AT_ONCE = 5_000


@action(gettext_lazy("Take a payee list"))
def take_payee_list(*, payroll: Payroll, area: Area | None = None, actor: Actor) -> Attachment | None:
    """The list of one payroll, or of one place in it, as a workbook for this person; above 5,000 payments a job makes it (None)."""
    require_state(payroll, *(PayrollState(state) for state in LIVE_PAYROLLS))
    rows = lines_of(payroll, area)
    count = rows.count()
    if not count:
        raise Refusal(gettext_lazy("Nobody is paid in this place in this payroll. Choose another place."))
    if count > AT_ONCE:
        params = {"payroll": payroll.pk, "area": area.pk if area else None}
        write_payee_list.start(params, title_params={"number": payroll.number_text}, total=count)
        return None
    return store_list(payroll, area, actor)


@steps_of(take_payee_list, title=gettext_lazy("Write the payee list of %(number)s"))
def write_payee_list(work: Work) -> bool:
    """The whole list at once; the person who asked finds it under “My work”."""
    payroll = Payroll.objects.get(pk=work.params["payroll"])
    area = Area.objects.get(pk=work.params["area"]) if work.params["area"] else None
    user = User.objects.get(pk=work.actor_id or 0)
    with translation.override(user.language or "en"):
        attachment = store_list(payroll, area, user)
    work.done = work.total or 0
    work.report = {"attachment": attachment.pk}
    return False


def store_list(payroll: Payroll, area: Area | None, user: Any) -> Attachment:
    """Write the workbook and keep it for one person."""
    content = io.BytesIO()
    write_xlsx(content, [Sheet(payroll.number_text, columns_of(payroll), list_rows(payroll, lines_of(payroll, area)))])
    name = "-".join(part for part in (payroll.number_text, area.code if area else "", "payees.xlsx") if part)
    return store(content, name, user=user, permission=take_payee_list.name)


def lines_of(payroll: Payroll, area: Area | None) -> "QuerySet[PayrollLine]":
    """The payments of a payroll, or of one place in it and all below."""
    rows: QuerySet[PayrollLine] = PayrollLine.objects.filter(payroll=payroll)
    return rows.filter(area__in=below([area.pk])) if area else rows


def columns_of(payroll: Payroll) -> list[SheetColumn]:
    """Widths for a page in landscape, with room to sign."""
    return [
        SheetColumn(_("No."), NUMBER, width=6),
        SheetColumn(_("Payment number"), width=15),
        SheetColumn(_("Name"), width=32),
        SheetColumn(_("Household"), width=13),
        SheetColumn(_("Place"), width=20),
        SheetColumn(_("Amount (%(currency)s)") % {"currency": payroll.currency}, AMOUNT, currency=payroll.currency, width=16),
        SheetColumn(_("Signature or thumbprint"), width=28),
    ]


def list_rows(payroll: Payroll, lines: "QuerySet[PayrollLine]") -> Iterator[list[Any]]:
    """The payments by place and name, numbered, and the total in the last row."""
    total = count = 0
    for count, line in enumerate(lines.order_by("area_name", "payee_search", "pk").iterator(chunk_size=2_000), start=1):
        total += line.amount_minor
        household = number_text(Household.number_prefix, line.household_number)
        yield [count, line.number_text, line.payee_name, household, line.area_name, line.amount, ""]
    yield [None, "", _("Total of %(count)s payments") % {"count": count}, "", "", Money(total, payroll.currency), ""]
