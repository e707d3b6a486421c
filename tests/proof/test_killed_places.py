"""Trees of places, outlines and figures counted ahead, by workers that are killed with SIGKILL in the middle of their chunks."""

import io
import json

import pytest
from django.conf import settings

from coremis.kernel.access.permissions import known_permissions
from coremis.kernel.approvals.services import approve_request, submit
from coremis.kernel.areas.models import Area, AreaTree, FormerArea
from coremis.kernel.exchange.models import Batch
from coremis.kernel.exchange.services import read_file
from coremis.kernel.files.storage import keep
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import build_country, make_profile, make_route, make_user
from coremis.modules.dashboards.models import Counting, Tally
from coremis.modules.dashboards.services import refresh_figures
from coremis.modules.geography.imports import UNITS
from coremis.modules.geography.models import AreaShape, CodeLink, OutlinePart
from coremis.modules.geography.services.files import send_places, take_in_places
from coremis.modules.geography.services.shapes import load_outlines
from coremis.modules.geography.tests.sample import jagged_areas
from coremis.modules.registry.tests.factories import make_household, make_person
from tests.proof.digest import digests, state
from tests.proof.scratch import on_a_copy
from tests.proof.workers import killed_again_and_again

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = "coremis.kernel.exchange.rows.CHUNK"
SHAPES = "coremis.modules.geography.services.shapes"
SIZES = {ROWS: 4, f"{SHAPES}.MOST_READ": 9, f"{SHAPES}.MOST_DRAWN": 7}
STATEMENTS = 60  # a chunk of a tree has some forty
HEAD = "code,name,level,parent,valid_from,valid_until,former_code\n"
CHANGED = (
    "N1X,Almond,3,N1,2025-07-01,,N1A\nN1B,Beech,3,N2,2025-07-01,,\nS,Southern,1,,2025-07-01,,\nS2,Southlake again,2,N,2025-07-01,,\n"
    "N2A,Cedar,3,N2,,2025-06-30,\n"
)


@pytest.fixture
def people(monkeypatch, tmp_path):
    """Somebody who may do everything, a checker, and the sizes of chunks for the calm run in this process."""
    monkeypatch.setattr(settings, "MEDIA_ROOT", str(tmp_path))
    for name, size in SIZES.items():
        monkeypatch.setattr(name, size)
    place = build_country()["Testland"]
    checkers = make_profile("checkers", "approvals.approve_request")
    make_route(take_in_places.name, place, checkers)
    return make_user("maker", *known_permissions(), area=place), make_user("checker", area=place, profile=checkers)


def compare(work, look):
    """The same work by one worker that lives and by many that are killed; the killed run is looked at, and what it left compared."""
    deaths = []

    def killed():
        deaths.append(killed_again_and_again(SIZES, len(deaths) + 1, settings.MEDIA_ROOT, statements=STATEMENTS))

    with on_a_copy("calm"):
        work(calmly)
        expected = look()
    with on_a_copy("killed"):
        work(killed)
        found = look()
    assert {name for name in expected if expected[name] != found[name]} == set()
    return sum(deaths)


def calmly():
    run_until_idle()
    assert not Job.objects.exclude(state="DONE").exists(), list(Job.objects.values_list("kind", "state", "traceback"))


def tree():
    """Twenty-seven new units on three levels, those above first, and every kind of change."""
    provinces = [(f"P{number}", f"Province {number}", 1, "") for number in range(3)]
    communes = [(f"{code}C{number}", f"Commune {number}", 2, code) for code, *_rest in provinces for number in range(2)]
    hills = [(f"{code}H{number}", f"Hill {number}", 3, code) for code, *_rest in communes for number in range(3)]
    return HEAD + "".join(f"{code},{name},{level},{above},,,\n" for code, name, level, above in (*provinces, *communes, *hills)) + CHANGED


def test_it_works(people):
    """Pitfalls D7, P3: a tree from a file, checked and taken in, every piece of it killed again and again."""
    maker, checker = people

    def bring(finish):
        read = read_file(io.BytesIO(tree().encode()), "units.csv")
        send_places(kind=UNITS.name, area=Area.objects.get(parent=None), actor=maker, **read)
        finish()
        batch = Batch.objects.get()
        assert (batch.row_count, batch.bad_count) == (32, 0), list(batch.rows.exclude(problems=[]).values("values", "problems"))
        request = submit(take_in_places, {"batch": batch}, actor=maker).request
        approve_request(request=request, actor=checker)
        finish()
        assert Batch.objects.get().applied_count == 32 and Area.objects.count() == 40
        assert CodeLink.objects.count() == 1 and FormerArea.objects.count() == 4

    def look():
        return {**digests(), "tree": sorted(AreaTree.objects.values_list("ancestor__code", "descendant__code", "depth"))}

    assert compare(bring, look) > 8


def test_outlines(people):
    """Pitfall P3: no outline is lost or read twice, and borders that two places share are the same as of a worker that lives."""
    maker, _checker = people
    codes = list(Area.objects.exclude(parent=None).order_by("pk").values_list("code", flat=True))
    features = [
        {"type": "Feature", "properties": {"code": code}, "geometry": {"type": "MultiPolygon", "coordinates": outline}}
        for code, outline in zip([*codes, *(f"none{number}" for number in range(36 - len(codes)))], jagged_areas(), strict=True)
    ]
    content = keep(io.BytesIO(json.dumps({"type": "FeatureCollection", "features": features}).encode()))

    def load(finish):
        load_outlines(sha256=content.sha256, name="places.geojson", actor=maker)
        finish()
        job = Job.objects.get()
        assert (job.report["new"], job.report["refused"]) == (len(codes), 36 - len(codes)) and not OutlinePart.objects.exists()
        assert job.lines.count() == 36 - len(codes) + 1  # a sentence for each that was left out, once

    assert compare(load, lambda: {**state(AreaShape), **digests()}) > 3


def test_figures_counted_ahead(people):
    """Pitfall P3: every dataset is counted once and whole; of a counting that was killed nothing is left."""
    maker, _checker = people
    for name, count in (("Almond", 5), ("Fig", 3)):
        place = Area.objects.get(name=name)
        for _number in range(count):
            make_household(place)
            make_person(place)

    def count(finish):
        for _turn in range(2):
            refresh_figures(actor=maker)
            finish()

    def look():
        whole = Counting.objects.order_by("dataset", "pk").values_list("dataset", "dimensions", "measures")
        columns = [field.name for field in Tally._meta.fields if field.name.startswith(("key", "value"))]
        rows = Tally.objects.values_list("counting__dataset", "area__code", "currency", *columns)
        lost = Tally.objects.exclude(counting__in=Counting.objects.values("pk")).count()
        return {"countings": list(whole), "rows": sorted(rows), "lost": lost}

    assert compare(count, look) > 5
