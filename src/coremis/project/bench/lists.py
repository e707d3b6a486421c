"""How fast the lists of people answer, as ``design/product.md`` measures it: p95 of a page, and its number of statements."""

import statistics
import time

from django.test import Client
from django.urls import reverse

from coremis.kernel.areas.models import Area
from coremis.modules.registry.models import VariableDefinition
from coremis.modules.registry.services import define_variable
from coremis.project.bench.measure import Measured, counting, tidy
from coremis.project.bench.thread import Bench, vendor
from coremis.project.demo.seats import work_off

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
        bench.keep(page(client, f"persons {name}", f"{address}?{query}", bench.rows))
    measure_variables(bench, client)


def measure_variables(bench: Bench, client: Client) -> None:
    """A place and one variable of the data dictionary, sorted by name: persons and households, on each level of places."""
    for subject, code in ((VariableDefinition.Subject.DWELLING, "rooms"), (VariableDefinition.Subject.PERSON, "schooling")):
        names = {"en": code.capitalize()}
        define_variable(
            subject=subject, code=code, names=names, kind=VariableDefinition.Kind.NUMBER, filterable=True, actor=bench.people[0]
        )
    work_off()
    persons, households = reverse("registry:persons"), reverse("registry:households")
    for level, words in enumerate(("province", "commune", "village"), start=1):
        place = Area.objects.filter(level__position=level).first()
        about = f"sort=name&area={place.pk if place else ''}"
        bench.keep(page(client, f"persons in a {words}, one variable", f"{persons}?{about}&var_schooling_min=12", bench.rows))
        about = about.replace("sort=name", "sort=head_name")
        bench.keep(page(client, f"households in a {words}, one variable", f"{households}?{about}&var_rooms_min=5", bench.rows))
        aged = f"{households}?{about}&member_age_min=60&member_age_max=65"
        bench.keep(page(client, f"households in a {words}, a member aged", aged, bench.rows))


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
