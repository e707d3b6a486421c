"""Values that nobody types by chance, in fields, addresses and files: a sentence or nothing, never a fault."""

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import reverse

from coremis.kernel.access.permissions import known_permissions
from coremis.kernel.areas.models import Area
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.exchange.kinds import DECIMAL, ImportColumn
from coremis.kernel.exchange.models import Batch
from coremis.kernel.exchange.values import cleaner_for
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import make_user
from coremis.modules.benefits.tests.sample import make_programme, make_rule, part
from coremis.modules.benefits.views import _example_now
from coremis.modules.geography.outlines import clean
from coremis.modules.geography.services.shapes import load_outlines
from coremis.modules.payments.reading import understand
from coremis.modules.payments.states import RowProblem
from coremis.modules.registry.queries import read_member, read_pair
from coremis.modules.scoring.models import ScoreFormula
from tests.proof.world import browser, said, sent

pytestmark = pytest.mark.django_db
SQUARED = "²"  # a figure for str.isdigit, and no number
HUGE = "9" * 40


@pytest.fixture
def clerk(country):
    """Somebody with every right."""
    return make_user("clerk", *known_permissions(), area=country["Testland"])


@pytest.mark.parametrize("cell", ["1E999999999", "1E-999999999", "0E-999999999", "NaN", "-Infinity", SQUARED])
def test_it_works(cell):
    """A number that would be written with a thousand million figures is none."""
    with pytest.raises(Refusal, match="is not a number"):
        cleaner_for(ImportColumn("size", "Size", DECIMAL), {})(cell)


@pytest.mark.parametrize("cell", [1e20, 1e308, 10**30, -1, float("nan"), float("inf")])
def test_an_amount_beyond_every_column(cell):
    """Pitfall M11: an amount of a workbook that no column can hold is a row to correct; the file goes on."""
    row = understand(2, {"reference": "x", "result": "paid", "amount": cell}, "SZF")
    assert row.amount_minor is None and row.problem in (RowProblem.BAD_AMOUNT, RowProblem.NO_REFERENCE)


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity", "1e999999999", SQUARED, HUGE])
def test_described_people(text):
    with pytest.raises(Refusal, match="is not a number"):
        read_pair(f"rooms = {text}", {"rooms": "number"})
    with pytest.raises(Refusal):
        read_member(text, {})


def test_numbers_that_python_takes_for_figures(clerk, country):
    """In the addresses and hidden fields of pages that work with a place in a list, and in the boxes of numbers."""
    version = make_rule(make_programme(), part("base", amount=100), state="DRAFT").versions.get()
    client = browser(clerk)
    for text in (SQUARED, HUGE, "-1"):
        assert _example_now(RequestFactory().get("/", {"place": text}), version) == {}
        page = client.post(reverse("benefits:save_part", args=[version.pk]), {"key": text, "kind": "SIZE", "steps": f"{text}: 5"})
        assert page.status_code == 422 and "is not understood" in said(page)
        fields = {"about": "household", "k.0": "group", "k.0-0": "link:registry.household:members", "h.0-0": "least", "n.0-0": text}
        page = client.post(reverse("filters:edit_filter"), {**fields, "do": "look"})
        assert "from 1 to 99" in said(page)
        chosen = client.post(reverse("programmes:change_status_of_chosen"), {"key": text, "enrolments": text})
        assert chosen.status_code == 422


@pytest.mark.parametrize("point", [[10**400, 2], [2, -(10**400)], [1e308, 1]])
def test_points_beyond_every_globe(point):
    with pytest.raises(Refusal, match="does not lie on the globe"):
        clean({"type": "Polygon", "coordinates": [[[0, 0], point, [1, 1], [0, 0]]]})


def test_names_in_outlines_that_no_database_keeps(clerk):
    """Half a sign and a zero byte in the properties of a feature: the outline is left out and told, the work is done."""
    square = [[[0, 0], [1, 0], [1, 1], [0, 0]]]
    feature = {"type": "Feature", "properties": {"name": "\ud800\x00Nowhere"}, "geometry": {"type": "Polygon", "coordinates": square}}
    content = kept(json.dumps({"type": "FeatureCollection", "features": [feature]}).encode())
    job = load_outlines(sha256=content.sha256, name="shapes.geojson", actor=clerk)
    run_until_idle()
    job = Job.objects.get(pk=job.pk)
    assert (job.state, job.report["refused"]) == ("DONE", 1)


def kept(content):
    from coremis.kernel.files.storage import keep

    return keep(io.BytesIO(content))


@pytest.mark.parametrize("content", [b"[" * 200_000, b'{"a":' * 100_000, b"\xff\xfe", b"[1]", b"NaN"])
def test_formulas_nested_without_end(clerk, content):
    url = reverse("scoring:load_formulas")
    client = browser(clerk)
    page = client.post(url, {**sent(client, url), "file": SimpleUploadedFile("formulas.json", content)})
    assert page.status_code == 422 and "This file cannot be read" in said(page)
    assert not ScoreFormula.objects.exists()


@pytest.mark.parametrize("place", [SQUARED, HUGE, "99999999999999999999"])
def test_places_that_are_no_numbers(clerk, country, place):
    """The page on which columns are matched shows what is understood; a code of figures is looked up as a place only where it can be one."""
    url = reverse("intake:create_batch")
    client = browser(clerk)
    rows = f"Household key,Given names,Surname,Relation,Sex,Place\n1,Ana,Silva,head,female,{place}\n"
    fields = {**sent(client, url), "area": country["North"].pk, "area_text": "", "file": SimpleUploadedFile("a.csv", rows.encode())}
    assert client.post(url, fields).status_code == 303
    page = client.get(reverse("intake:check_batch", args=[Batch.objects.get().pk]))
    assert page.status_code == 200 and place in page.content.decode()


def test_what_no_browser_sends(clerk, settings):
    """A request that cannot be read, and a form of another sign-in, are answered on a page of the product, in the reader's language."""
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "fr"})
    client.force_login(clerk, backend="coremis.kernel.access.backends.AssignmentBackend")
    page = client.post(reverse("screens:home"), {"do": "x"})
    assert page.status_code == 403 and "This page was too old" in said(page)
    stranger = Client(headers={"accept-language": "fr"})
    answer = stranger.get(reverse("account_login"), headers={"host": "evil.example"})
    assert answer.status_code == 400 and '<html lang="fr"' in answer.content.decode() and "Content-Security-Policy" in answer
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3
    answer = browser(clerk).post(reverse("filters:edit_filter"), {f"v.0-{number}": "x" for number in range(9)})
    assert answer.status_code == 400 and "too long" in said(answer)
    assert Area.objects.exists()
