"""What those who answer for the money see on the home page: funds, money on its way, what waits, what blocks, and a daily sample."""

from collections import defaultdict
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db.models import Count, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coremis.kernel.base.money import Money
from coremis.kernel.screens.contributions import Shown
from coremis.kernel.screens.details import Fact
from coremis.kernel.screens.tables import figure_table, small_table
from coremis.modules.ledger.models import Account
from coremis.modules.ledger.queries import with_balance
from coremis.modules.payments.cards import MOST, lines_address, seen_lines
from coremis.modules.payments.findings import Verdict
from coremis.modules.payments.models import FlagGroup, Fund, Incident, Payroll, PayrollLine, PayrollStep, ResultFile, ResultRow
from coremis.modules.payments.queries import what_blocks_closing
from coremis.modules.payments.states import (
    AWAITING_LINES,
    BLOCKING_PROBLEMS,
    SENT_PAYROLLS,
    FileState,
    IncidentKind,
    IncidentState,
    PayrollState,
    Step,
)  # fmt: skip
from coremis.modules.payments.tables import LineTable, ResultFileTable

Station = Account.Station
FEW, SAMPLE, CANDIDATES = 3, 20, 2_000
FOLLOWED = (Station.OWED, Station.TRANSIT, Station.PAID, Station.FUND)


def funds(request: HttpRequest) -> Shown:
    """Each fund: received, owed, in transit, paid, left; each amount leads to its statement."""
    user: Any = request.user
    mine = list(Fund.objects.visible_to(user, "payments.view_fund").order_by("code")[:MOST])
    seen = with_balance(Account.objects.visible_to(user, "ledger.view_account"))
    accounts: dict[int, dict[str, Any]] = defaultdict(dict)
    for account in seen.filter(owner_kind=Fund.kind(), owner_id__in=[fund.pk for fund in mine]):
        accounts[account.owner_id][account.station] = account
    if not accounts:
        return None
    opens = user.has_perm("ledger.view_postingtotal")
    rows = [
        [(str(fund), reverse("payments:fund_detail", args=[fund.pk])), received(fund, accounts[fund.pk], opens)]
        + [balance_cell(accounts[fund.pk].get(station), fund, opens) for station in FOLLOWED]
        for fund in mine if accounts[fund.pk]
    ]  # fmt: skip
    titles = [_("Received"), _("Owed"), _("In transit"), _("Paid"), _("Still in the fund")]
    return {"table": figure_table([(_("Fund"), ""), *((title, "amount") for title in titles)], rows)}


def received(fund: Fund, accounts: dict[str, Any], opens: bool) -> tuple[Any, str]:
    """What came from outside and did not go back: everything that the fund's accounts hold together."""
    total = Money(sum(account.balance_minor for account in accounts.values()), fund.currency)
    own = accounts.get(Station.FUND)
    return total, f"{statement(own)}?purpose=RECEIPT" if own and opens else ""


def balance_cell(account: Any, fund: Fund, opens: bool) -> tuple[Any, str]:
    """What one account holds, leading to its statement."""
    if account is None:
        return Money(0, fund.currency), ""
    return Money(account.balance_minor, account.currency), f"{statement(account)}?clear=1" if opens else ""


def statement(account: Account) -> str:
    """The statement of an account."""
    return reverse("ledger:account_statement", args=[account.pk])


def in_transit(request: HttpRequest) -> Shown:
    """What was sent and has no result yet, by payment point, with the day since when; the largest amount first."""
    lines = seen_lines(request.user).filter(payroll__state__in=SENT_PAYROLLS, state__in=AWAITING_LINES)
    rows = list(
        lines.values_list("payroll_id", "point_id", "point_name", "currency").annotate(count=Count("pk"), total=Sum("amount_minor"))
    )
    if not rows:
        return {"text": _("No money is on its way.")}
    sent = dict(PayrollStep.objects.filter(payroll__in={row[0] for row in rows}, step=Step.RELEASE).values_list("payroll_id", "done_at"))
    sums: dict[tuple[Any, str], list[Any]] = {}
    for payroll, point, name, currency, count, total in rows:
        held = sums.setdefault((point, currency), [name or _("without a payment point"), 0, 0, sent.get(payroll)])
        held[1], held[2], held[3] = held[1] + count, held[2] + total, earlier(held[3], sent.get(payroll))
    largest = sorted(sums.items(), key=lambda item: -item[1][2])[:MOST]
    cells = [
        [
            (name, reverse("points:point_detail", args=[point]) if point else ""),
            (count, lines_address(state=list(AWAITING_LINES), point=point or "none")), (Money(total, currency), ""), (age(since), ""),
        ]
        for (point, currency), (name, count, total, since) in largest
    ]  # fmt: skip
    return {"table": figure_table([(_("Payment point"), ""), (_("Payments"), "number"), (_("Amount"), "amount"), (_("Sent"), "")], cells)}


def earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    """The earlier of two moments that may be unknown."""
    return min(one, other) if one and other else one or other


def age(since: datetime | None) -> str:
    """“12 days ago”."""
    if since is None:
        return ""
    days = (timezone.localdate() - timezone.localtime(since).date()).days
    return ngettext("%(days)s day ago", "%(days)s days ago", days) % {"days": days} if days else _("today")


def files(request: HttpRequest) -> Shown:
    """The files of results that wait for their columns, or for confirmation."""
    user: Any = request.user
    rows = ResultFileTable.visible(user).filter(state__in=[FileState.NEW, FileState.CHECKED])
    counts = dict(
        ResultFile.objects.visible_to(user, "payments.view_resultfile").order_by().values_list("state").annotate(count=Count("pk"))
    )
    address = reverse("payments:result_file_list")
    asked = [(_("To confirm"), FileState.CHECKED), (_("Columns to match"), FileState.NEW)]
    facts = [Fact(title, counts.get(state, 0), f"{address}?state={state}").ready() for title, state in asked]
    oldest = list(rows.order_by("sent_at", "pk")[:FEW])
    return {"facts": facts, **({"table": small_table(ResultFileTable, oldest, user, omit=["sent_by", "good"])} if oldest else {})}


def unknown_rows(request: HttpRequest) -> Shown:
    """Rows about payments that are on none of our lists and that nobody has explained, by file."""
    seen = ResultRow.objects.visible_to(request.user, "payments.view_resultrow")  # type: ignore[arg-type]
    found = seen.filter(file__state=FileState.APPLIED, problem__in=BLOCKING_PROBLEMS, resolution="").order_by()
    counts = found.values_list("file_id", "file__name").annotate(count=Count("pk")).order_by("-file_id")[:MOST]
    wanted = "&".join(f"problem={problem}" for problem in BLOCKING_PROBLEMS)
    facts = [
        Fact(name, count, f"{reverse('payments:result_rows', args=[file])}?{wanted}&explained=no").ready() for file, name, count in counts
    ]
    return {"facts": facts} if facts else {"text": _("No row is unknown.")}


def incidents(request: HttpRequest) -> Shown:
    """How many incidents are open or have something to recover, by kind."""
    seen = Incident.objects.visible_to(request.user, "payments.view_incident").exclude(state=IncidentState.SETTLED)  # type: ignore[arg-type]
    counts = seen.order_by().values_list("state", "kind_of").annotate(count=Count("pk"))
    address = reverse("payments:incident_list")
    facts = [
        Fact(f"{IncidentKind(kind).label} · {IncidentState(state).label}", count, f"{address}?state={state}&incident={kind}").ready()
        for state, kind, count in sorted(counts, reverse=True)
    ]
    return {"facts": facts} if facts else {"text": _("No incident is open.")}


def closing(request: HttpRequest) -> Shown:
    """What keeps the oldest payrolls in payment from being closed, in sentences."""
    user: Any = request.user
    payrolls = (
        Payroll.objects.visible_to(user, "payments.view_payroll").filter(state=PayrollState.RELEASED).select_related("cycle__programme")
    )
    rows = []
    for payroll in payrolls.order_by("pk")[:FEW]:
        blocking = what_blocks_closing(payroll)
        name = (
            f"{payroll.number_text} · {payroll.cycle.programme} · {payroll.cycle}",
            reverse("payments:payroll_detail", args=[payroll.pk]),
        )
        ready = (_("Nothing. It can be closed."), reverse("payments:close_payroll", args=[payroll.pk]))
        rows.append([name, (" ".join(blocking), "") if blocking or not user.has_perm("payments.close_payroll") else ready])
    if not rows:
        return {"text": _("No payroll waits for its closing.")}
    return {"table": figure_table([(_("Payroll"), ""), (_("What blocks closing"), "")], rows)}


def set_aside(request: HttpRequest) -> Shown:
    """Flagged groups that were paid all the same, by payroll, newest first."""
    seen = FlagGroup.objects.visible_to(request.user, "payments.view_flaggroup").filter(verdict=Verdict.PAY)  # type: ignore[arg-type]
    counts = dict(seen.order_by().values_list("payroll_id").annotate(count=Count("pk")).order_by("-payroll_id")[:MOST])
    payrolls = Payroll.objects.filter(pk__in=counts).select_related("cycle__programme").order_by("-pk")
    facts = [
        Fact(
            f"{row.number_text} · {row.cycle.programme} · {row.cycle}", counts[row.pk],
            f"{reverse('payments:payroll_flags', args=[row.pk])}?verdict={Verdict.PAY}",
        ).ready()
        for row in payrolls
    ]  # fmt: skip
    return {"facts": facts} if facts else {"text": _("No flag was set aside.")}


def sample(request: HttpRequest) -> Shown:
    """Twenty payments to follow from end to end, the same for everybody all day; new payrolls displace few of them.

    The day decides about the candidates and their order: ids at a fixed distance, so that nothing is scanned.
    """
    user: Any = request.user
    day = timezone.localdate().isoformat()
    ids = candidates(day)
    rows = LineTable.visible(user).filter(pk__in=ids, payroll__state__in=SENT_PAYROLLS)
    chosen = sorted(rows.order_by().values_list("pk", flat=True), key=lambda pk: digest(day, pk))[:SAMPLE]
    found = LineTable.visible(user).filter(pk__in=chosen).order_by("pk")
    table = small_table(LineTable, list(found), user, omit=["household", "paid", "reason"])
    return {"table": table} if table["rows"] else {"text": _("No payment was sent yet.")}


def candidates(day: str) -> list[int]:
    """At most ``CANDIDATES`` ids of payments at one distance from each other, a power of two; the day says where they begin."""
    first = PayrollLine.everything.order_by("pk").values_list("pk", flat=True).first()
    last = PayrollLine.everything.order_by("-pk").values_list("pk", flat=True).first()
    if first is None or last is None:
        return []
    distance = 1
    while last // distance >= CANDIDATES:
        distance *= 2
    begin = int(digest(day, 0), 16) % distance
    return list(range(begin, last + 1, distance))


def digest(day: str, key: int) -> str:
    """Where something stands in the order of a day."""
    return sha256(f"{day}:{key}".encode()).hexdigest()
