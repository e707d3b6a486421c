"""Looking through a calculated payroll: what differs from the cycle before, and who may be the same person twice."""

from typing import Any

from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.long import steps_of
from coremis.kernel.jobs import ranges
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.work import Work
from coremis.modules.payments import comparison
from coremis.modules.payments.findings import FlagKind
from coremis.modules.payments.models import Difference, FlagGroup, Payroll, PayrollLine, Review
from coremis.modules.payments.queries import left_out_counts
from coremis.modules.payments.services.differences import add_changed, add_gone, add_largest
from coremis.modules.payments.services.flags import add_flags, note_holds, remember
from coremis.modules.payments.services.steps import locked, require_state
from coremis.modules.payments.states import FREE_LINES, LIVE_PAYROLLS, PayrollState

LINES, BEFORE, LARGEST, REMEMBER = "lines", "before", "largest", "remember"
ONCE = (LARGEST, *FlagKind.values, REMEMBER)


@action(_("Compare a payroll and look for duplicates"))
def review_payroll(*, payroll: Payroll, actor: Actor) -> Payroll:
    """Compare with the cycle before and flag possible duplicates, as long as nothing is approved. Runs after each calculation too."""
    fresh = locked(payroll)
    require_state(fresh, PayrollState.CALCULATED, PayrollState.VERIFIED)
    start_review(fresh)
    return fresh


def start_review(payroll: Payroll) -> Job:
    """Put the work in line, once; called inside the action or job that calculates."""
    key = f"payments.review-{payroll.pk}"
    return look_through.start({"payroll": payroll.pk}, title_params={"number": payroll.number_text}, unique_key=key)


@steps_of(
    review_payroll, title=_("Compare the payroll %(number)s and look for duplicates"),
    report={"differences": _("Differences to the cycle before"), "flags": _("Flagged groups")},
)  # fmt: skip
def look_through(work: Work) -> bool:
    """One key range of this payroll or of the cycle before, or one kind of flag over all lines. Done twice, it adds nothing."""
    due = ranges.current(work)
    if due is None:
        return False
    payroll = Payroll.objects.select_related("cycle").get(pk=work.params["payroll"])
    if due.phase == LINES:
        add_changed(payroll, comparison.cycle_before(payroll), due)
    elif due.phase == BEFORE:
        add_gone(payroll, comparison.cycle_before(payroll), due)
    elif due.phase == LARGEST:
        add_largest(payroll)
    elif due.phase == REMEMBER:
        remember(payroll)
    else:
        add_flags(payroll, FlagKind(due.phase))
    return ranges.advance(work)


@look_through.begin
def plan_review(work: Work) -> None:
    """Key ranges of both cycles where there was one before, then the steps that look at everything at once."""
    payroll = Payroll.objects.select_related("cycle").get(pk=work.params["payroll"])
    before = comparison.cycle_before(payroll)
    phases = {}
    if before is not None:
        phases = {LINES: live_lines(payroll), BEFORE: comparison.in_places(comparison.lines_before(payroll, before), payroll)}
    ranges.plan(work, **phases)
    work.cursor["ranges"] += [[phase, 0, 0, 0] for phase in ONCE]


@look_through.finish
def keep_review(work: Work) -> None:
    """Keep the figures for the approval page, so that it need not count a million payments."""
    payroll = locked(work.params["payroll"])
    if payroll.state not in LIVE_PAYROLLS:
        return
    note_holds(payroll)
    found = Review.objects.filter(payroll=payroll).first() or Review(payroll=payroll)
    found.made_at, found.figures = timezone.now(), figures(payroll)
    found.save()
    work.report = {
        "differences": Difference.objects.filter(payroll=payroll).count(),
        "flags": FlagGroup.objects.filter(payroll=payroll).count(),
    }


def live_lines(payroll: Payroll) -> Any:
    """The lines of a payroll that are not voided."""
    return PayrollLine.everything.filter(payroll=payroll).exclude(state__in=FREE_LINES)


def figures(payroll: Payroll) -> dict[str, Any]:
    """Numbers and smallest units: this payroll beside the cycle before, in all and by place; differences; who is left out."""
    before = comparison.cycle_before(payroll)
    rows, earlier = live_lines(payroll), comparison.in_places(comparison.lines_before(payroll, before), payroll)
    units = comparison.units_of(payroll)
    now, then = comparison.by_unit(rows, units), comparison.by_unit(earlier, units)
    kinds = Difference.objects.filter(payroll=payroll).order_by().values_list("kind")
    return {
        "now": comparison.sums(rows), "before": comparison.sums(earlier), "cycle_before": before.pk if before else None,
        "areas": [
            [unit.pk, unit.name, *now.get(unit.pk, (0, 0)), *then.get(unit.pk, (0, 0))]
            for unit in units if unit.pk in now or unit.pk in then
        ],
        "differences": {kind: [count, change] for kind, count, change in kinds.annotate(count=Count("pk"), change=Sum("change_minor"))},
        "left_out": left_out_counts(payroll),
    }  # fmt: skip
