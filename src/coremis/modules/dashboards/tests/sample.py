"""What the tests of this module share: counted figures, and people who look at them."""

from django.db.models import Case, CharField, Value, When

from coremis.kernel.datasets.dataset import Dataset, Measure
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.module.contributions import CATALOGUE
from coremis.kernel.testing.cast import everywhere, make_user
from coremis.modules.dashboards.arranging import Placed
from coremis.modules.dashboards.reading import Reader
from coremis.modules.dashboards.services import refresh_figures
from coremis.modules.registry.models import Household
from coremis.modules.registry.tests.factories import make_household

SYSTEM = everywhere(refresh_figures.name)
SEES = "registry.view_household"
BY_PLACE = Placed("registry.households", "households", by="place")


def refresh():
    refresh_figures(actor=SYSTEM)
    run_until_idle()
    assert not (broken := Job.objects.exclude(traceback="").first()), broken.traceback


def households(country, **places):
    for name, count in places.items():
        for _number in range(count):
            make_household(country[name])


def watcher(area, *permissions):
    return make_user(f"watcher-{area.pk}-{len(permissions)}", *(permissions or (SEES,)), area=area)


def lines(user, placed=BY_PLACE, area=None, **chosen):
    reading = Reader(user, area, chosen).read(placed)
    return {line.words: [number.amount for number in line.numbers] for line in reading.lines}


def money_dataset():
    """Households with an amount: the large sums of two currencies, to the last unit."""

    def rows():
        currency = Case(When(size__gt=3, then=Value("XOF")), default=Value("USD"), output_field=CharField())
        return Household.objects.annotate(currency=currency, minor=Value(9_007_199_254_740_993))

    measures = [Measure("sum", "Sum", "All of it.", of="minor", money=True)]
    return Dataset("test.money", "Money", "Of households.", SEES, rows, "registry:households", [], measures, currency="currency")


class Added:
    """Contributions that are there for one test."""

    def __init__(self, *items):
        self.items = items

    def __enter__(self):
        CATALOGUE.add("test", self.items)

    def __exit__(self, *_problem):
        CATALOGUE.add("test", [])
