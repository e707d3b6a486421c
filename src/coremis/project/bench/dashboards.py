"""How long counting ahead takes, and how fast the pages made from it answer: the whole country, one province, one commune officer."""

from django.db import connection
from django.test import Client
from django.urls import reverse

from coremis.kernel.access.models import User
from coremis.kernel.access.seats import permissions_of
from coremis.kernel.areas.models import Area
from coremis.kernel.testing.cast import make_profile, make_user
from coremis.modules.dashboards.services import refresh_figures
from coremis.project.bench.lists import page
from coremis.project.bench.measure import tidy
from coremis.project.bench.thread import Bench
from coremis.project.demo.seats import work_off

FLOOR = (
    "SELECT area_id, substr(CAST(registered_on AS varchar(10)), 1, 7), count(*), sum(size) FROM registry_household GROUP BY 1, 2",
    "SELECT area_id, sex, birth_date > '2000-01-01', count(*) FROM registry_person WHERE death_date IS NULL GROUP BY 1, 2, 3",
    "SELECT p.area_id, p.sex, count(*) FROM registry_person p JOIN registry_recipient r ON r.person_id = p.id WHERE r.rank = 0 GROUP BY 1, 2",
    "SELECT area_id, programme_id, status, count(*) FROM programmes_enrolment GROUP BY 1, 2, 3",
    "SELECT area_id, cycle_id, state, count(*), sum(amount_minor) FROM payments_payrollline GROUP BY 1, 2, 3",
)


def floor(_event_id: int) -> None:
    """The same rows grouped by hand-written SQL, and thrown away."""
    with connection.cursor() as cursor:
        for statement in FLOOR:
            cursor.execute(f"SELECT count(*) FROM ({statement}) AS counted")


def measure_dashboards(bench: Bench) -> None:
    """Count everything ahead, then open the ready dashboard of a manager and of a commune officer."""
    tidy()

    def count() -> None:
        refresh_figures(actor=bench.people[0])
        work_off()

    bench.measure("counting ahead", floor, count)
    bench.measure("counting ahead, again", floor, count)
    address, province = reverse("dashboards:dashboard"), Area.objects.filter(level__position=1).order_by("pk")[0]
    commune = Area.objects.filter(level__position=2).order_by("pk")[0]
    for who, url in (
        (seat("manager", bench.root), address), (seat("payments", bench.root), address),
        (seat("manager", bench.root, "in a province"), f"{address}?area={province.pk}"), (seat("commune", commune), address),
    ):  # fmt: skip
        client = Client()
        client.force_login(who, backend="coremis.kernel.access.backends.AssignmentBackend")
        bench.keep(page(client, f"dashboard of {who.name}", url, bench.rows))


def seat(name: str, area: Area, words: str = "") -> User:
    """Somebody in a seat."""
    profile = make_profile(name, *permissions_of(name)) if not words else None
    held = profile or User.objects.get(username=f"{name}-").assignments.get().profile
    return make_user(f"{name}-{words}"[:60].replace(" ", "-"), area=area, profile=held, name=f"{name} {words}".strip())
