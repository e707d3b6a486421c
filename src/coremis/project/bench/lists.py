"""How fast the persons list answers, as ``design/product.md`` measures it: p95 of a page, and its number of statements."""

import statistics
import time

from django.test import Client
from django.urls import reverse

from coremis.kernel.areas.models import Area
from coremis.project.bench.measure import Measured, counting, tidy
from coremis.project.bench.thread import Bench, vendor

TURNS = 40


def measure_lists(bench: Bench) -> None:
    """The first page and following pages, by number and by name, unfiltered and within one province."""
    tidy()
    client = Client()
    client.force_login(bench.people[0], backend="coremis.kernel.access.backends.AssignmentBackend")
    province = Area.objects.filter(level__position=1).first()
    address = reverse("registry:persons")
    place = f"area={province.pk}" if province else ""
    for name, query in {
        "by number": "sort=number", "by name": "sort=name", "in a province, by number": f"sort=number&{place}", "in a province, by name": f"sort=name&{place}",
    }.items():  # fmt: skip
        bench.report.append(page(client, f"persons {name}", f"{address}?{query}", bench.rows))


def page(client: Client, name: str, url: str, rows: int) -> Measured:
    """The 95th percentile over a number of turns; ``queries`` of one page."""
    client.get(url)
    with counting() as count:
        response = client.get(url)
    assert response.status_code == 200, (url, response.status_code)
    seconds = []
    for _turn in range(TURNS):
        start = time.perf_counter()
        client.get(url)
        seconds.append(time.perf_counter() - start)
    p95 = statistics.quantiles(seconds, n=20)[-1]
    return Measured(name, vendor(), rows, round(p95, 4), count[0], 0.0, 0.0, round(1 / p95), 0)
