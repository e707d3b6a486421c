"""The pages: from a file to the register, as a person would."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from coremis.kernel.access.seats import permissions_of
from coremis.kernel.actions.services import maintenance
from coremis.kernel.approvals.models import Request
from coremis.kernel.approvals.services import approve_request
from coremis.kernel.exchange.applying import submit_batch
from coremis.kernel.exchange.models import Batch, BatchRow, Correction
from coremis.kernel.files.models import Attachment
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import make_user
from coremis.kernel.testing.check_module import check_module
from coremis.modules.intake.forms import field_of
from coremis.modules.intake.tests.conftest import RIGHTS
from coremis.modules.intake.tests.sample import GOOD, TITLES, checked, imported, take_in
from coremis.modules.intake.views import batch_request
from coremis.modules.registry.models import Household, Person

pytestmark = pytest.mark.django_db


def upload(client, country, content, name="persons.csv", key="one"):
    sent = {"key": key, "step": "confirm", "area": country["North"].pk, "area_text": "", "file": SimpleUploadedFile(name, content)}
    return client.post(reverse("intake:create_batch"), sent)


def typed(page, **changes):
    form = page.context["form"]
    values = {field.html_name: field.value() for field in form}
    values = {name: "" if value is None else value for name, value in values.items() if value is not False}
    return {"key": "two", "step": "confirm", **values, "day_first": values.get("day_first") or "yes", **changes}


def test_it_works(country, people, client):
    client.force_login(people[0])
    answer = upload(client, country, (TITLES + GOOD + "H3;P7;N1A;Una;;Z;31/02/2019;head;;;;;;\n").encode())
    batch = Batch.objects.get()
    assert answer.url == reverse("intake:check_batch", args=[batch.pk])
    page = client.get(answer.url)
    assert "Ana · Ben · Clô" in page.content.decode() and "Sex: “z”" in page.content.decode()
    answer = client.post(answer.url, typed(page))
    assert answer.url == reverse("intake:batch", args=[batch.pk])
    assert "Check the import persons.csv" in client.get(answer.url).content.decode()
    run_until_idle()
    text = client.get(answer.url).content.decode()
    assert "“31/02/2019” is not a date" in text and "Download the rows to correct" in text
    rows = client.get(reverse("intake:rows", args=[batch.pk]) + "?state=BAD").content.decode()
    assert "Birth date “31/02/2019”" in rows
    page = reverse("intake:apply_batch", args=[batch.pk])
    shown = client.post(page, {"key": "three", "step": "preview"})
    assert "Take in 4 persons" in shown.content.decode()
    client.post(page, {"key": "three", "step": "confirm", "seen": shown.context["seen"]})
    request = Request.objects.get()
    client.force_login(people[1])
    asked = client.get(reverse("administration:request", args=[request.pk])).content.decode()
    assert "New households" in asked and "Left out: 1" in asked, asked[asked.index("<main") :]
    approve_request(request=request, actor=people[1])
    run_until_idle()
    assert Person.objects.count() == 4
    assert "taken in" in client.get(answer.url).content.decode()


def test_words_are_explained_on_the_page(country, people, client):
    client.force_login(people[0])
    text = "Household key,Name,Place,Sex,Is the head of household\nA,Rui,N1A,H,1\nB,Eva,N1A,M,1\nC,Ivo,N1A,9,1\n"
    page = client.get(upload(client, country, text.encode()).url)
    words = {field.label: field.html_name for field in page.context["form"].word_lines()}
    assert set(words) == {"Sex: “h”", "Sex: “m”", "Sex: “9”"}
    client.post(page.request["PATH_INFO"], typed(page, **{words["Sex: “h”"]: "male", words["Sex: “m”"]: "female", words["Sex: “9”"]: "-"}))
    run_until_idle()
    assert [row.values.get("sex") for row in BatchRow.objects.order_by("number")] == ["male", "female", None]


def test_the_file_can_be_read_again(country, people, client):
    client.force_login(people[0])
    text = "Household key|Name;x|Place\nA|Rui;1|N1A\n"
    page = client.get(upload(client, country, text.encode()).url)
    other = ";" if page.context["form"].batch.options["separator"] == "|" else "|"
    again = client.post(page.request["PATH_INFO"], typed(page, separator=other, step="edit"))
    assert again.status_code == 200 and len(again.context["form"].batch.headers) != len(page.context["form"].batch.headers)


def test_two_columns_cannot_bring_the_same(country, people, client):
    client.force_login(people[0])
    page = client.get(upload(client, country, (TITLES + GOOD).encode()).url)
    answer = client.post(page.request["PATH_INFO"], typed(page, **{field_of("Address"): "phone"}))
    assert answer.status_code == 422 and "Two columns bring the same" in answer.content.decode()
    answer = client.post(page.request["PATH_INFO"], typed(page, **{field_of("Household key"): ""}))
    assert answer.status_code == 422 and "Household key: This column is required" in answer.content.decode()


def test_home_shows_my_imports(country, people, client):
    client.force_login(people[0])
    assert "You have no open imports" in client.get("/").content.decode()
    upload(client, country, (TITLES + GOOD).encode())
    assert "persons.csv" in client.get("/").content.decode()


def test_every_page_keeps_to_rights_and_places():
    def samples(area):
        with maintenance("test imports"):
            serial = Batch.objects.count()
            batch = Batch(
                import_kind="intake.persons", area=area, name=f"{area.name} file {serial}.csv", sha256=f"{serial:064x}", state="CHECKED"
            )
            batch.row_count = batch.bad_count = 1
            batch.problem_counts = [["birth", "“%(text)s” is not a date. Write day/month/year, or the year alone.", 1]]
            batch.headers, batch.options = ["Key"], {"encoding": "utf-8-sig", "separator": ",", "sheet": ""}
            batch.save()
            Attachment(
                sha256=batch.sha256, size=1, content_type="text/csv", name=batch.name, owner_kind=batch.kind(), owner_id=batch.pk
            ).save()
            correction = Correction(batch=batch, row=2, column="birth", before="31/02/2019", after="2019")
            correction.save()
        BatchRow.objects.create(batch=batch, number=2, state="BAD", group_key="A", problems=[])
        return {Batch: batch, Correction: correction}

    of_files = ["intake:check_batch", "intake:correct_rows", "intake:replace_text"]
    of_no_place = ["intake:saved_mappings", "intake:retire_mapping"]
    check_module("intake", samples, leave_out=[*of_files, *of_no_place, "intake:template"])


def test_a_mapping_is_saved_shared_and_proposed(country, people, client):
    """The next file with the same titles, accents and case aside, is matched by one click; the old import keeps what it used."""
    client.force_login(people[0])
    text = "Ménage,Quem,Onde,Sexo,Chefe\nA,Rui,N1A,Z,1\n"
    page = client.get(upload(client, country, text.encode()).url)
    fields = {field_of(title): code for title, code in zip(("Ménage", "Quem", "Onde"), ("household_key", "full_name", "area"), strict=True)}
    again = client.post(page.request["PATH_INFO"], typed(page, **fields, step="edit"))
    assert "What was recognised" not in again.content.decode() or again.status_code == 200
    client.post(page.request["PATH_INFO"], typed(page, **fields, save_as="List of the North", shared="on"))
    run_until_idle()
    first = Batch.objects.get()
    assert (first.saved_mapping.name, first.mapping_version, first.saved_mapping.shared) == ("List of the North", 1, True)
    other = make_user("other", *RIGHTS, area=country["North"])
    client.force_login(other)
    page = client.get(upload(client, country, text.upper().replace("RUI", "Eva").encode(), "2.csv", key="four").url)
    assert "Use “List of the North”" in page.content.decode()
    page = client.get(page.request["PATH_INFO"] + f"?mapping={first.saved_mapping_id}")
    assert page.context["form"][field_of("QUEM")].value() == "full_name"
    client.post(page.request["PATH_INFO"], typed(page, key="five"))
    run_until_idle()
    second = Batch.objects.latest("pk")
    assert second.mapping["full_name"] == ["QUEM"] and second.saved_mapping_id == first.saved_mapping_id
    assert "List of the North, version 1" in client.get(reverse("intake:batch", args=[second.pk])).content.decode()
    assert "List of the North" in client.get(reverse("intake:saved_mappings")).content.decode()


def test_a_renamed_file_is_the_same_list(country, people, client):
    """Pitfall D2: corrected and saved under another name, it updates who is there; nobody is registered twice."""
    client.force_login(people[0])
    imported(people, country["North"], GOOD, name="persons.csv", source="persons")
    homes, persons = Household.objects.count(), Person.objects.count()
    page = client.get(upload(client, country, (TITLES + GOOD + "\n").encode(), name="final version, corrected (2).csv").url)
    assert page.context["form"]["source"].value() == "persons"
    assert "The register knows these households from the list “persons”." in page.content.decode()
    batch = Batch.objects.latest("pk")
    client.post(reverse("intake:check_batch", args=[batch.pk]), typed(page))
    run_until_idle()
    batch.refresh_from_db()
    assert (batch.unchanged_count, batch.row_count) == (persons, persons)
    take_in(batch, people)
    assert (Household.objects.count(), Person.objects.count()) == (homes, persons)


def test_equal_keys_alone_do_not_make_the_same_list(country, people, client):
    """Many lists count from one: other people under the same keys belong to a list of their own."""
    client.force_login(people[0])
    imported(people, country["North"], GOOD, name="persons.csv", source="persons")
    others = GOOD.replace("Ana", "Zita").replace("Ben", "Yves").replace("Clô", "Xavier").replace("Dan", "Wanda")
    page = client.get(upload(client, country, (TITLES + others).encode(), name="other people.csv").url)
    assert page.context["form"]["source"].value() == "other-people" and "The register knows" not in page.content.decode()


def test_other_lists_are_sent_from_here_too(country, people, client):
    """Payments of a former system and payment points, by whoever may bring them; from the page of the points with one click."""
    client.force_login(make_user("data", *permissions_of("data"), area=country["North"]))
    listed = client.get(reverse("points:point_list")).content.decode()
    address = f"{reverse('intake:create_batch')}?kind=points.points"
    assert address in listed
    offered = dict(client.get(address).context["form"].fields["kind"].choices)
    assert {"intake.persons", "former.payments", "points.points"} <= set(offered) and "geography.units" not in offered
    sent = {"key": "one", "step": "confirm", "area": country["North"].pk, "area_text": "", "kind": "points.points"}
    file = SimpleUploadedFile("points.csv", b"code,name,place,serves\nPP1,Market,N1A,N1A\nPP1,,,N1B\n")
    match = client.post(reverse("intake:create_batch"), {**sent, "file": file}).url
    page = client.get(match)
    assert "Households without a head" not in page.content.decode()
    address = client.post(match, typed(page)).url
    run_until_idle()
    shown = client.get(address).content.decode()
    assert "new persons" not in shown and Batch.objects.get().good_count == 2, list(BatchRow.objects.values("values", "problems"))
    asked = client.post(reverse("intake:apply_batch", args=[Batch.objects.get().pk]), {"key": "three", "step": "preview"})
    assert "Take in 2 rows" in asked.content.decode()


def test_nobody_is_offered_what_they_may_not_bring(country, people, client):
    client.force_login(people[0])
    offered = dict(client.get(reverse("intake:create_batch")).context["form"].fields["kind"].choices)
    assert "intake.persons" in offered and not {"points.points", "former.payments"} & set(offered)


def test_the_request_is_linked_for_whoever_may_open_it(country, people):
    """The maker and whoever decides; another reader of the import is told that it waits, and led nowhere."""
    batch = checked(people, country["North"], GOOD)
    submit_batch(batch, actor=people[0])
    reader = make_user("reader", "exchange.view_batch", area=country["Testland"])
    assert batch_request(batch, people[0]) and batch_request(batch, people[0]) == batch_request(batch, people[1])
    assert batch_request(batch, reader) == ""
