"""What people really send, through the pages on which they send it: a sentence, nothing lost, and not one row written."""

import html
import io
import zipfile

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from coremis.kernel.access.permissions import known_permissions
from coremis.kernel.exchange.checking import check_batch
from coremis.kernel.exchange.models import Batch, BatchRow
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import make_route, make_user
from coremis.modules.payments.tests.sample import approved, calculated, everyone, make_programme, released, village
from coremis.modules.programmes.services import enrol_matching
from coremis.modules.registry.models import Household, Person
from tests.proof.whole_thread import TITLES
from tests.proof.world import browser, row_counts, said, sent

pytestmark = pytest.mark.django_db


def archive(**parts):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/") + ".xml", content)
    return target.getvalue()


BAD = {
    "empty": (b"", "table.csv"),
    "titles alone": (b"Household key,Given names\n", "table.csv"),
    "a web page": (b"<html><table><tr><td>a</td></tr></table></html>", "table.xlsx"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(500), "table.csv"),
    "two encodings": ("a,b\nZoé,é\n".encode() + "Zoé,1\n".encode("cp1252"), "table.csv"),
    "a zero byte": (b"a,b\n" + b"1,2\n" * 1000 + b"1,\x00\n", "table.csv"),
    "50 MB of rubbish": (b"\x00\x81\x02\xff\x9d" * (10 << 20), "table.csv"),
    "an archive bomb": (archive(xl__worksheets__sheet1=b"0" * (300 << 20)), "table.xlsx"),
    "no workbook": (archive(content="<a/>"), "table.xlsx"),
    "a cut-off workbook": (b"PK\x03\x04" + bytes(100), "table.xlsx"),
    "another program's": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "table.xls"),
}


@pytest.fixture
def office(country, tmp_path, monkeypatch):
    """Somebody with every right, and the two pages on which tables are sent: persons, and results of a payroll that was sent."""
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path / "files")
    calculator, sender = everyone(country["Testland"], "calculator", "sender")
    programme = make_programme()
    village(programme, country["North"], 2)
    payroll = released(approved(calculated(programme, [country["North"]], calculator), calculator), sender)
    clerk = make_user("clerk", *known_permissions(), area=country["Testland"])
    return {
        "client": browser(clerk), "payroll": payroll, "clerk": clerk,
        "persons": (reverse("intake:create_batch"), {"area": country["North"].pk, "area_text": ""}),
        "results": (reverse("payments:upload_results", args=[payroll.pk]), {}),
    }  # fmt: skip


def post(office, page, content, name, client=None):
    url, fields = office[page]
    client = client or office["client"]
    return client.post(url, {**sent(client, url), **fields, "file": SimpleUploadedFile(name, content)})


def kept_files():
    return sorted(path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file())


@pytest.mark.parametrize("page", ["persons", "results"])
def test_it_works(office, page):
    """Pitfalls D3, P4: refused on the page where it was sent, at once, with a sentence; no row of any table and no file is kept."""
    before, files, wrong = row_counts(), kept_files(), {}
    for name, (content, filename) in BAD.items():
        answer = post(office, page, content, filename)
        told = sentence_of(answer) if answer.status_code == 422 else ""
        if not told.endswith(".") or "%(" in told or len(told) < 16 or row_counts() != before or kept_files() != files:
            wrong[name] = (answer.status_code, told)
    assert not wrong


def sentence_of(answer):
    """What the page says: above the form, or beside a field."""
    beside = " ".join(text for errors in answer.context["form"].errors.values() for text in errors)
    return str(answer.context["problem"] or beside)


def test_too_large_is_said_before_it_is_read(office, monkeypatch):
    """A file above the limit of the installation is refused with the limit in the sentence."""
    monkeypatch.setattr(settings, "COREMIS_MAX_UPLOAD_MB", 1)
    before = row_counts()
    answer = post(office, "persons", b"a,b\n" + b"1,2\n" * (1 << 19), "large.csv")
    assert answer.status_code in (413, 422) and "1" in said(answer) and row_counts() == before


ROWS = (
    "K1;P1;N1A;Ana;Ka;F;31/02/1980;head;yes", "K2;P2;Atlantis;Ben;Ka;M;1980;head;yes", "K3;P3;N1A;Cy;Ka;M;2199;head;yes",
    "K4;P4;S1A;Dan;Ka;M;1980;head;yes", "K5;P5;N1A;=1+1;Ka;F;1980;head;yes", "K6;P6;N1A;Eva;Ka;F;1980;head;yes",
)  # fmt: skip


def test_bad_rows_stay_behind_with_their_reason(office):
    """Pitfalls D3, M10: impossible and future dates, unknown and foreign places; good rows wait beside them, nothing is written yet."""
    before = Person.objects.count(), Household.objects.count()
    answer = post(office, "persons", "\n".join([TITLES, *ROWS]).encode(), "rows.csv")
    assert answer.status_code == 303
    url = reverse("intake:check_batch", args=[Batch.objects.get().pk])
    titles = {f"column-{code}": title for code, title in Batch.objects.get().mapping.items()}
    assert office["client"].get(url).status_code == 200 and titles
    batch = Batch.objects.get()
    check_batch(batch=batch, mapping=batch.mapping, options=batch.options, actor=office["clerk"])
    run_until_idle()
    states = dict(BatchRow.objects.order_by("number").values_list("number", "state"))
    assert states == {2: "BAD", 3: "BAD", 4: "BAD", 5: "BAD", 6: "BAD", 7: "GOOD"}
    texts = [row.problem_texts[0] for row in BatchRow.objects.filter(state="BAD").order_by("number")]
    assert [told["value"] for told in texts][:3] == ["31/02/1980", "Atlantis", "2199"] and all(told["text"].endswith(".") for told in texts)
    assert (Person.objects.count(), Household.objects.count()) == before


HOSTILE = (
    "1); DROP TABLE registry_person; --", "__import__('os').system('true')", "size = 1 or 1 = 1 --", "password = 'x'", "size",
    "head_age.__class__", "(" * 400 + "1" + ")" * 400, "9" * 400 + " > 1", "size > 1 and " * 900 + "size > 1", "contains(size, 'a')",
    "size in (select 1)", "\u202esize > 1", "case when 1=1 then 1 end", "if(true, password, 1) > 0", "ln(-1) = ln(-1) or",
    "size = '{{ 7*7 }}'",
)  # fmt: skip


def test_hostile_conditions(office, country):
    """Pitfalls M18, M21: on the page where people write conditions: refused beside what was typed, nobody enrolled, nothing stored."""
    programme = make_programme()
    make_route(enrol_matching.name, country["Testland"])
    url, client = reverse("programmes:enrol_matching", args=[programme.pk]), office["client"]
    page, before, wrong = sent(client, url), row_counts(), {}
    for text in HOSTILE:
        typed = {"areas": country["North"].pk, "areas_text": "", "condition": text, "change": ":ACTIVE:selected", "note": ""}
        answer = client.post(url, {**page, **typed})
        shown = html.unescape(answer.content.decode())
        if answer.status_code != 422 or not sentence_of(answer).endswith(".") or text[:20] not in shown or row_counts() != before:
            wrong[text[:40]] = (answer.status_code, said(answer)[:300])
    assert not wrong and Person.objects.exists()
    good = client.post(url, {**page, **typed, "condition": "size >= 1"})
    assert good.status_code == 200 and good.context["preview"]["count"] == "2"
