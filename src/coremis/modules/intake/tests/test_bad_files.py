"""What people really send: a sentence, nothing lost, nothing half taken in."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from coremis.kernel.approvals.services import approve_request
from coremis.kernel.base.refusal import NeedsApproval, NotPermitted, OutsidePlaces, Refusal
from coremis.kernel.exchange import rows
from coremis.kernel.exchange.applying import apply_batch, submit_batch
from coremis.kernel.exchange.models import Batch
from coremis.kernel.exchange.services import send_file
from coremis.kernel.files.reading import open_table
from coremis.kernel.files.storage import open_attachment
from coremis.kernel.testing.cast import make_user
from coremis.modules.intake.tests.conftest import RIGHTS
from coremis.modules.intake.tests.sample import ANA, BEN, GOOD, TITLES, check, checked, fresh, imported, send, take_in, told
from coremis.modules.registry.models import Household, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(country, people, client):
    client.force_login(people[0])
    return client


def upload(client, country, content, name="persons.csv"):
    sent = {"key": "one", "step": "confirm", "area": country["North"].pk, "area_text": "", "file": SimpleUploadedFile(name, content)}
    return client.post(reverse("intake:create_batch"), sent)


def bomb():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (300 << 20))
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "persons.csv", "empty"),
        (b"<html>", "persons.xlsx", "web page"),
        (b"%PDF-1.7", "persons.csv", "PDF"),
        (b"Household key,Name\n", "persons.csv", "no rows"),
        (b"\x00\x01\x02\xff" * (50 << 18), "persons.csv", None),
        (bomb(), "persons.xlsx", None),
    ],
    ids=["empty", "web page", "pdf", "no rows", "50 MB of rubbish", "archive bomb"],
)
def test_it_works(country, officer, content, name, sentence):
    """Refused on the page with a sentence; nothing is kept as an import."""
    answer = upload(officer, country, content, name)
    text = answer.content.decode()
    assert answer.status_code == 422 and 'role="alert"' in text or 'class="error"' in text
    assert sentence is None or sentence in text
    assert not Batch.objects.exists()


def test_other_encodings_keep_their_accents(country, people):
    for number, encoding in enumerate(("utf-8", "utf-8-sig", "cp1252", "utf-16")):
        content = (TITLES + GOOD.replace("Ana", f"Ána{number}") + "\n" * number).encode(encoding)
        batch = send_file(io.BytesIO(content), f"{encoding}.csv", kind="intake.persons", area=country["North"], actor=people[0])
        batch = check(batch, people[0])
        assert batch.bad_count == 0
        take_in(batch, people)
        assert Person.objects.get(external_id="P1").given_names == f"Ána{number}"
        assert Person.objects.get(external_id="P3").given_names == "Clô"


def test_cells_that_begin_like_a_formula_stay_texts(country, people):
    """They come in as written, and go home so that no spreadsheet runs them."""
    text = ANA.replace("By the well", '=HYPERLINK("x")') + BEN.replace("1978", "=1+1")
    batch = imported(people, country["North"], text)
    assert Household.objects.get().address == '=HYPERLINK("x")'
    assert told(batch)[3][0][:2] == ("birth", "=1+1")
    with open_attachment(batch.rejected_file) as content:
        raw = content.read()
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(raw)).read("xl/worksheets/sheet1.xml")


def test_rejected_rows_go_home_in_the_senders_language_and_come_back(country, people):
    """pitfall D3, in French: original columns, the row, the reason."""
    people[0].language = "fr"
    people[0].save()
    batch = imported(people, country["North"], ANA + BEN.replace("1978", "31/02/1978"))
    with open_attachment(batch.rejected_file) as content:
        table = open_table(content)
        (number, cells), *rest = table.rows()
    assert table.headers[:14] == TITLES.strip().split(";") and not rest
    assert cells[1] == "P2" and cells[6] == "31/02/1978" and cells[14] == "3"
    corrected = ";".join(str(cell or "") for cell in cells).replace("31/02/1978", "28/02/1978") + "\n"
    again = imported(people, country["North"], corrected, "corrected.csv", titles=";".join(table.headers) + "\n")
    assert (again.applied_count, Household.objects.get().size) == (1, 2)


def test_the_same_file_again_says_so(country, people):
    """pitfall D2"""
    imported(people, country["North"], GOOD)
    with pytest.raises(Refusal, match="already imported"):
        send(people[0], country["North"], GOOD, "other name.csv")


def test_no_way_around_the_second_person(country, people):
    """pitfall S14: the maker cannot apply, cannot approve, and must hold the right that the screen needs."""
    maker, _checker = people
    batch = checked(people, country["North"], GOOD)
    with pytest.raises(NeedsApproval):
        apply_batch(batch=batch, actor=maker)
    request = submit_batch(batch, actor=maker).request
    with pytest.raises(NotPermitted):
        approve_request(request=request, actor=maker)
    assert not Person.objects.exists()
    weak = make_user("weak", *(name for name in RIGHTS if name != "registry.register_household"), area=country["North"])
    with pytest.raises(NotPermitted):
        send(weak, country["North"], ANA)
    with pytest.raises(OutsidePlaces):
        send(maker, country["South"], ANA)


def test_a_household_of_another_place_is_left_alone(country, people):
    make = make_user("south", *RIGHTS, area=country["South"])
    imported(people, country["North"], GOOD)
    batch = checked((make, people[1]), country["South"], ANA.replace("N1A", "S1A").replace("Ana", "Eva"))
    assert told(batch)[2][0][2] == "This key belongs to a household in another place."


def test_the_rows_that_cannot_be_found_are_blank_not_nan(country, people):
    """pitfall M9: blank is blank, and “nan” is a text."""
    batch = imported(people, country["North"], ANA.replace("+99912345", " ").replace("By the well", "nan"))
    assert (Person.objects.get().phone, Household.objects.get().address, fresh(batch).bad_count) == ("", "nan", 0)


def test_the_same_document_in_every_row(country, people, monkeypatch):
    """A column filled down: every row is told, beside the first ten, and no more rows are held in memory than a piece."""
    text = "".join(f"H{n};P{n};N1A;Ana{n};Silva;F;1980;head;yes;;;CNI;1980-0001;\n" for n in range(30))
    saved = []
    original = rows.save_rows
    monkeypatch.setattr(rows, "PIECE", 7)
    monkeypatch.setattr(rows, "save_rows", lambda found: saved.append(len(found)) or original(found))
    found = told(checked(people, country["North"], text), warnings=True)
    first = ", ".join(str(number) for number in range(2, 12))
    assert {row: said[0][2] for row, said in found.items()} == dict.fromkeys(
        range(2, 32), f"The same document stands in several rows: {first}."
    )
    assert saved.count(7) == 4 and max(saved) == 7
