"""Every number of every dataset beside the list behind it: as many rows, and the same money."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q, Sum
from django.test import RequestFactory
from django.urls import resolve

from coremis.kernel.datasets.dataset import PLACE, Dataset, Measure
from coremis.kernel.module.contributions import contributions
from coremis.kernel.screens.lists import query_of
from coremis.modules.dashboards.arranging import Placed
from coremis.modules.dashboards.reading import Number, Reader


def numbers_of(reader: Reader, dataset: Dataset) -> Iterator[tuple[str, Measure, Number]]:
    """Each number of each measure of a dataset, alone and broken down by each dimension and by place, with where it stands."""
    for measure in dataset.measures:
        for by in ("", PLACE, *(one.code for one in dataset.dimensions)):
            reading = reader.read(Placed(dataset.name, measure.code, by=by))
            if reading is None:
                return
            assert not reading.problem, (dataset.name, measure.code, by, reading.problem)
            rows = [(line.words, line.numbers) for line in reading.lines] + [("all", reading.total)]
            for words, numbers in rows:
                for number in numbers:
                    yield f"{dataset.name} {measure.code} by {by or 'nothing'}: {words}", measure, number


def behind(user: Any, dataset: Dataset, measure: Measure, number: Number) -> int:
    """How many rows the list behind a number shows this person, or what their money adds up to."""
    found = resolve(number.href.split("?")[0])
    screen: Any = found.func
    request = RequestFactory().get(number.href)
    asked = screen.read(user, query_of(request) if "clear" not in request.GET else {}, found.kwargs)
    assert not asked.selection.problems, (number.href, asked.selection.problems)
    keys = list(screen.rows(user, asked).order_by().values_list("pk", flat=True))
    if not measure.of or dataset.rows().model is not screen.table.model:
        return len(keys)
    currency = Q(**{dataset.currency: number.currency}) if number.currency else Q()
    rows = dataset.rows().filter(currency, pk__in=keys)
    return int(rows.aggregate(found=Sum(measure.of))["found"] or 0)


def differences(user: Any) -> tuple[int, list[str]]:
    """How many numbers were compared, and a sentence for each that is not what its list says."""
    reader, compared, wrong = Reader(user), 0, []
    for dataset in contributions(Dataset):
        for where, measure, number in numbers_of(reader, dataset):
            if not number.href:
                if number.amount and measure.query is not None:
                    wrong.append(f"{where}: {number.amount} leads nowhere")
                continue
            compared += 1
            there = behind(user, dataset, measure, number)
            if there != number.amount:
                wrong.append(f"{where}: {number.amount}, but {there} behind {number.href}")
    return compared, wrong
