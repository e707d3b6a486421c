"""Outlines from a file, in chunks: the same whatever their size, resumed after a stop, in flat memory, and never half without a word."""

import io
import json
import tracemalloc

import pytest

from coremis.kernel.actions.services import maintenance
from coremis.kernel.areas.models import Area
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.files.storage import keep
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.queue import ask_cancel
from coremis.kernel.jobs.worker import run_next, run_until_idle
from coremis.kernel.testing.cast import everywhere
from coremis.modules.geography.models import AreaShape, OutlinePart
from coremis.modules.geography.outlines import simplify, tolerance_for
from coremis.modules.geography.services import shapes
from coremis.modules.geography.services.shapes import load_outlines
from coremis.modules.geography.tests.sample import jagged_areas

pytestmark = pytest.mark.django_db
LOADER = everywhere(load_outlines.name)
SIDE = 6


@pytest.fixture
def wards(country, settings, tmp_path):
    """As many places as there are outlines."""
    settings.MEDIA_ROOT = tmp_path
    with maintenance("test"):
        for number in range(SIDE * SIDE):
            Area(level=country["North"].level, parent=country["Testland"], name=f"Ward {number}", code=f"w{number:03d}").save()
    return Area.objects.filter(code__startswith="w").order_by("code")


def file_of(outlines, copies=1):
    features = [
        {"type": "Feature", "properties": {"code": f"w{number:03d}"}, "geometry": {"type": "MultiPolygon", "coordinates": outline}}
        for number, outline in enumerate(outlines * copies)
    ]
    return keep(io.BytesIO(json.dumps({"type": "FeatureCollection", "features": features}).encode()))


def start(content):
    load_outlines(sha256=content.sha256, name="wards.geojson", actor=LOADER)
    return Job.objects.latest("pk")


def stored(outline):
    return [[[list(point) for point in ring] for ring in polygon] for polygon in outline]


@pytest.mark.parametrize(("read", "drawn"), [(1, 1), (5, 7), (1_000, 500)])
def test_it_works(wards, monkeypatch, read, drawn):
    """In chunks of one, of some, or all at once: what is kept is the same, and borders that two share have no gap."""
    monkeypatch.setattr(shapes, "MOST_READ", read)
    monkeypatch.setattr(shapes, "MOST_DRAWN", drawn)
    areas = jagged_areas(SIDE)
    job = start(file_of(areas))
    run_until_idle()
    job.refresh_from_db()
    assert job.state == "DONE" and job.report["new"] == SIDE * SIDE and (job.done, job.total) == (72, 72), job.traceback
    expected = [stored(one) for one in simplify(areas, tolerance_for(areas))]
    assert list(AreaShape.objects.order_by("area__code").values_list("geometry", flat=True)) == expected
    assert not OutlinePart.objects.exists()


def test_stopped_work_goes_on_where_it_was(wards, monkeypatch):
    """Each chunk by another worker: nothing is read or kept twice."""
    monkeypatch.setattr(shapes, "MOST_READ", 10)
    monkeypatch.setattr(shapes, "MOST_DRAWN", 10)
    job, seen = start(file_of(jagged_areas(SIDE))), []
    import coremis.kernel.jobs.worker as worker

    monkeypatch.setattr(worker, "TURN_SECONDS", -1)
    other = start(file_of(jagged_areas(SIDE)[::-1]))  # another job waits, so that the first is laid aside after each chunk
    while run_next():
        job.refresh_from_db()
        seen.append((job.cursor.get("phase"), job.done))
    assert len({done for _phase, done in seen}) > 7 and {phase for phase, _done in seen} >= {"read", "draw"}
    other.refresh_from_db()
    assert (job.report["new"], other.report["refused"]) == (36, 0) and not OutlinePart.objects.exists()


def test_as_many_statements_for_many_as_for_few(wards, django_assert_max_num_queries):
    start(file_of(jagged_areas(SIDE)))
    with django_assert_max_num_queries(75):  # three chunks, and taking up the work
        run_until_idle()


def test_what_is_cancelled_says_so(wards, monkeypatch):
    """What was kept before stays, no trace of the parts does, and the same file can be sent again."""
    monkeypatch.setattr(shapes, "MOST_DRAWN", 10)
    job = start(content := file_of(jagged_areas(SIDE)))
    drawn = shapes.draw

    def draw_and_cancel(work):
        ask_cancel(Job.objects.get(pk=job.pk))
        return drawn(work)

    monkeypatch.setattr(shapes, "PHASES", {**shapes.PHASES, "draw": draw_and_cancel})
    run_until_idle()
    job.refresh_from_db()
    assert job.state == "CANCELLED" and AreaShape.objects.count() == 10 and not OutlinePart.objects.exists()
    monkeypatch.undo()
    again = start(content)
    run_until_idle()
    again.refresh_from_db()
    assert (again.report["new"], again.report["unchanged"]) == (26, 10)


def test_memory_does_not_grow_with_the_file(wards, monkeypatch):
    """Twelve times as many features in the file: the peak stays that of a chunk."""
    monkeypatch.setattr(shapes, "READ_BYTES", 30_000)
    monkeypatch.setattr(shapes, "DRAWN_POINTS", 500)
    from coremis.modules.geography import geojson

    monkeypatch.setattr(geojson, "PIECE", 10_000)
    peaks = []
    for copies in (1, 12):
        start(file_of(jagged_areas(SIDE), copies))
        tracemalloc.start()
        run_until_idle()
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert Job.objects.latest("pk").report["refused"] == 11 * 36 and peaks[1] < 1.5 * peaks[0], peaks


def test_a_file_that_is_none_is_refused_at_once(wards):
    """pitfall D3: what only its end can show is refused before anything is written."""
    with pytest.raises(Refusal, match="no GeoJSON"):
        start(keep(io.BytesIO(b"code,name\n")))
    whole = file_of(jagged_areas(SIDE)).path.read_bytes()
    job = start(keep(io.BytesIO(whole[:-20])))
    run_until_idle()
    job.refresh_from_db()
    assert job.state == "FAILED" and "no GeoJSON" in job.problem_text and not AreaShape.objects.exists()


def test_a_crossing_border_is_told_by_the_name_of_its_place(wards):
    bow = [[[[29.0, -4.0], [30.0, -3.0], [30.0, -4.0], [29.0, -3.0], [29.0, -4.0]]]]
    job = start(file_of([bow, *jagged_areas(SIDE)[1:]]))
    run_until_idle()
    job.refresh_from_db()
    said = " ".join(line.text for line in job.lines.all())
    assert job.report["refused"] == 1 and "w000 (no. 1) was left out: Its border crosses itself near 29.5000, -3.5000." in said
