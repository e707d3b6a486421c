"""Loading Sanzira through the same actions and jobs as a user's, each on its own day: from an empty installation to work that waits."""

from collections.abc import Callable

from django.utils import timezone

from coremis.kernel.access.models import User
from coremis.project.demo import around, census, choosing, files, filet, floods, formula, money, pension, quotas
from coremis.project.demo.clock import days_ago
from coremis.project.demo.register import import_households, set_up

__all__ = ["is_loaded", "load", "set_up"]
FOUNDED, SURVEYED, PUBLISHED, CHOSEN, FUNDED = 400, 340, 325, 320, 290  # days ago


def is_loaded() -> bool:
    """Whether there is somebody already."""
    return User.objects.exists()


def load(households: int, say: Callable[[str], None]) -> None:
    """Everything, in the order of the delivery chain and of the calendar."""
    today = timezone.localdate()
    say("Setting up the country, its people and their rights ...")
    with days_ago(FOUNDED):
        set_up()
    say("Drawing the map, bringing the census ...")
    with days_ago(FOUNDED - 5):
        census.draw_the_map()
        census.bring_figures(households, timezone.localdate())
    say(f"Importing {households} households ...")
    with days_ago(SURVEYED) as surveyed:
        import_households(households, surveyed)
        around.make_points(households)
        around.keep_filter()
    say("Family safety net: scores, quotas, what the villages say ...")
    with days_ago(PUBLISHED):
        poverty = formula.publish()
        programme = filet.begin(households)
    choosing.choose_the_poorest(programme, poverty, households, surveyed, CHOSEN)
    with days_ago(FUNDED):
        amount = quotas.places_for(households) * filet.LARGEST * (filet.CYCLES + 1)
        fund = money.fill_fund(programme, "filet", filet.FUND, amount, "Credit note 041")
        rule = money.write_rule(programme, "family", filet.BENEFIT, filet.PARTS, filet.EXAMPLES)
    say("Family safety net: paying four cycles ...")
    filet.pay_cycles(programme, fund, rule, today)
    say("Floods: helping at once ...")
    payroll = floods.pay_first(floods.begin(households), households)
    say("Pension: choosing by age ...")
    pension.begin(households)
    say("Family safety net: preparing the fifth cycle ...")
    left = filet.before_the_fifth(programme)
    filet.prepare_fifth(programme, fund, rule, today, left)
    files.write(payroll, today)
    files.send_newcomers()
    around.try_a_rule(households)
    say("Letting a night pass: seals, proofs, possible duplicates ...")
    around.let_a_night_pass()
