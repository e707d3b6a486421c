import io
from types import SimpleNamespace

import pytest

from coremis.kernel.approvals.services import approve_request, submit
from coremis.kernel.areas.services import load_areas
from coremis.kernel.exchange.models import Batch, BatchRow
from coremis.kernel.exchange.services import read_file
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import make_profile, make_route, make_user
from coremis.modules.geography.imports import UNITS
from coremis.modules.geography.services.figures import set_figure
from coremis.modules.geography.services.files import give_up_places, match_places, send_places, take_in_places

RIGHTS = (
    load_areas.name, set_figure.name, send_places.name, match_places.name, give_up_places.name, take_in_places.name,
    "approvals.submit_request", "areas.view_area",
)  # fmt: skip


@pytest.fixture
def people(country, settings, tmp_path):
    """Somebody who sends files of places in the whole country, and a checker, with a route between them."""
    settings.MEDIA_ROOT = tmp_path
    checkers = make_profile("checkers", "approvals.approve_request")
    make_route(take_in_places.name, country["Testland"], checkers)
    return SimpleNamespace(
        maker=make_user("maker", *RIGHTS, area=country["Testland"]),
        checker=make_user("checker", area=country["Testland"], profile=checkers),
        area=country["Testland"],
    )


def send(people, text, kind=UNITS, name="units.csv", area=None):
    """A file, sent and checked."""
    content = text if isinstance(text, bytes) else text.encode()
    read = read_file(io.BytesIO(content), name)
    batch = send_places(kind=kind.name, area=area or people.area, actor=people.maker, **read)
    run_until_idle()
    return Batch.objects.get(pk=batch.pk)


def take_in(people, batch):
    """Asked for by one person, agreed to by another, and done."""
    asked = submit(take_in_places, {"batch": batch}, actor=people.maker)
    approve_request(request=asked.request, actor=people.checker)
    run_until_idle()
    return Batch.objects.get(pk=batch.pk)


def told(batch):
    """What was noted, by row number: (column, sentence)."""
    return {row.number: [(problem["column"], problem["text"]) for problem in row.problem_texts] for row in batch.rows.exclude(problems=[])}


def counts(batch):
    """(new, changed, unchanged, refused), as the preview says."""
    rows = BatchRow.objects.filter(batch=batch)
    good = rows.filter(state__in=["GOOD", "APPLIED"])
    return (
        good.filter(target_id=None).count(), good.exclude(target_id=None).count(), rows.filter(state="UNCHANGED").count(),
        rows.filter(state="BAD").count(),
    )  # fmt: skip
