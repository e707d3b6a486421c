"""Start-up checks: every dataset can be stored and leads to its list; every ready widget shows something that exists."""

from collections import Counter
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.urls import NoReverseMatch, resolve, reverse

from coremis.kernel.datasets.dataset import MOST_DIMENSIONS, MOST_MEASURES, PLACE, Dataset, find_dataset
from coremis.kernel.datasets.widget import Chart, Step, Widget
from coremis.kernel.module.contributions import contributions
from coremis.kernel.screens.lists import ListScreen


@register()
def check_datasets(**_options: Any) -> list[CheckMessage]:
    """A sentence for every declaration that would fail later on somebody's page."""
    datasets = contributions(Dataset)
    twice = [name for name, count in Counter(one.name for one in datasets).items() if count > 1]
    sentences = [f"Two datasets are called “{name}”." for name in twice]
    sentences += [f"The dataset “{one.name}” {problem}." for one in datasets for problem in problems_of(one)]
    shown: list[Widget | Step] = [*contributions(Widget), *contributions(Step)]
    sentences += [f"“{one.title}” {problem}." for one in shown for problem in problems_of_widget(one)]
    return [Error(sentence, hint="Correct the datasets.py of its module.", id="datasets.E001") for sentence in sentences]


def problems_of(dataset: Dataset) -> list[str]:
    """What is wrong with a dataset."""
    measures, codes = {one.code for one in dataset.measures}, [one.code for one in dataset.dimensions]
    wrong = {
        "has two dimensions or measures of one code": len(measures) + len(set(codes)) < len(dataset.measures) + len(codes),
        "has too many dimensions or measures": len(codes) > MOST_DIMENSIONS or len(measures) > MOST_MEASURES,
        f"must not declare “{PLACE}”, which every dataset has": PLACE in codes,
        "has a share of a measure that it does not have": bool({one.per for one in dataset.measures} - measures - {""}),
        "sums money and does not say in which currency": any(one.money for one in dataset.measures) and not dataset.currency,
    }
    return [sentence for sentence, is_so in wrong.items() if is_so] + problem_of_list(dataset)


def problem_of_list(dataset: Dataset) -> list[str]:
    """What is wrong with the list behind it."""
    try:
        screen: Any = resolve(reverse(dataset.address)).func
    except NoReverseMatch:
        return [f"leads to “{dataset.address}”, which is no address"]
    same = isinstance(screen, ListScreen) and screen.permission == dataset.permission
    return [] if same else [f"leads to “{dataset.address}”, which is no list under {dataset.permission}"]


def problems_of_widget(widget: Widget | Step) -> list[str]:
    """What is wrong with a ready widget or step; one whose dataset belongs to a module that is off is simply not there."""
    dataset = find_dataset(widget.dataset)
    if dataset is None or (isinstance(widget, Widget) and widget.chart == Chart.STEPS):
        return []
    asked = {*widget.filters, *((widget.by, widget.across) if isinstance(widget, Widget) else ())} - {"", PLACE}
    unknown = sorted(asked - {one.code for one in dataset.dimensions})
    problems = [f"names {', '.join(unknown)}, which {dataset.name} does not have"] if unknown else []
    return problems if dataset.measure(widget.measure) else [*problems, f"shows {widget.measure}, which {dataset.name} does not have"]
