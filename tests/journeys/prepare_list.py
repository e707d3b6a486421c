"""Makes an installation with one payroll in payment, 200 lines in one village, for typing the signed list of it.

Run in a process of its own: ``python -m tests.journeys.prepare_list fr``.
"""

import sys
from datetime import date

from tests.journeys.prepare import begin

LINES = 200


def main(language: str, lines: int = LINES) -> None:
    """The demo's first step, then a payroll that has been sent."""
    begin(language)
    from coremis.kernel.areas.models import Area
    from coremis.modules.payments.tests import sample
    from coremis.modules.registry.tests.factories import make_household
    from coremis.project.demo.seats import seat

    programme = sample.make_programme()
    village = Area.objects.order_by("-level__position", "pk").first()
    assert village is not None
    for number in range(lines):  # the same name again has another birth year, so that nobody is flagged
        sample.enrol(programme, make_household(village, head={"birth_date": date(1960 + number // 70, 3, 1)}))
    fund = sample.make_fund(programme, lines * 30_000)
    calculator, sender = sample.everyone(Area.objects.get(parent=None), "journey-one", "journey-two")
    payroll = sample.calculated(programme, [village], calculator, fund)
    sample.released(sample.approved(payroll, calculator), sender)
    assert seat("payments").may("payments.send_sheet", [village.pk])


if __name__ == "__main__":
    main(sys.argv[1], *(int(text) for text in sys.argv[2:]))
