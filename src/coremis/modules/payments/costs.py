"""How many payments a programme plans, and what is there to pay them from: shown where somebody decides who comes in."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coremis.kernel.base.money import Money
from coremis.modules.ledger.models import Account
from coremis.modules.ledger.queries import accounts_of, available
from coremis.modules.payments.models import Cycle, Fund
from coremis.modules.programmes.models import Programme
from coremis.modules.programmes.services import MeansOfProgramme, PaymentPlan


def plan(programme: Programme, day: date) -> PaymentPlan | None:
    """The cycles whose data freeze is still to come, and as many more of the last one's length as fit before the programme ends."""
    cycles = list(Cycle.objects.filter(programme=programme).order_by("starts_on"))
    if not cycles:
        return None
    coming = sum(1 for cycle in cycles if cycle.closed_at is None and cycle.freeze_on >= day)
    said = ngettext("%(n)s payment cycle is planned.", "%(n)s payment cycles are planned.", coming) % {"n": coming}
    if programme.ends_on is None:
        return PaymentPlan(coming, _("%(planned)s The programme has no last day, so no further ones are reckoned.") % {"planned": said})
    last = cycles[-1]
    length = (last.ends_on - last.starts_on).days + 1
    more = max(0, (programme.ends_on - max(last.ends_on, day)).days // length)
    words = _("%(planned)s Until the programme ends on %(day)s, %(more)s more of the length of the last one are reckoned.")
    return PaymentPlan(coming + more, words % {"planned": said, "day": date_format(programme.ends_on, "SHORT_DATE_FORMAT"), "more": more})


def funds(programme: Programme, user: Any) -> list[tuple[str, Money, str]]:
    """The funds in use, each with what is free in it."""
    seen = Fund.objects.visible_to(user, "payments.view_fund").filter(programme=programme, is_active=True).order_by("code")
    found = []
    for fund in seen:
        account = accounts_of(fund).get(Account.Station.FUND)
        if account is not None:
            found.append((str(fund), available(account), reverse("payments:fund_detail", args=[fund.pk])))
    return found


MEANS = MeansOfProgramme(plan, funds)
