"""The pages: filled in as a person would, through the web."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.html import escape

from coremis.kernel.approvals.models import Request
from coremis.kernel.files.models import Attachment
from coremis.kernel.testing.cast import make_profile, make_route, make_user
from coremis.modules.registry.models import Household, Paper, Person
from coremis.modules.registry.module import KEEPS, SEES
from coremis.modules.registry.tests.factories import make_document, make_household, make_variable

ROW = {"given_names": "Rose", "surname": "Nimubona", "sex": "female", "birth": "1990", "relationship": "head", "collects": "primary"}


@pytest.fixture
def clerk(country, client):
    user = make_user("clerk", *SEES, *KEEPS, "approvals.submit_request", area=country["North"])
    client.force_login(user)
    return user


def filled(country, *rows, **more):
    typed = {"key": "one", "area": country["Almond"].pk, "area_text": "", "address": "", "registered_on": "", "member_rows": "6", **more}
    for place, row in enumerate(rows):
        typed.update({f"member-{place}-{name}": value for name, value in row.items()})
    return typed


def test_it_works(country, clerk, client):
    """Register a household: shown first, done once, also when it is sent twice."""
    page = reverse("registry:register_household")
    assert client.get(page).status_code == 200
    child = {
        "given_names": "Élie",
        "relationship": "child",
        "birth": "2018-02-01",
        "document_kind": "birth_certificate",
        "document_number": "B-77-1",
    }
    typed = filled(country, ROW, child, step="preview")
    seen = client.post(page, typed)
    assert seen.status_code == 200 and not Household.objects.exists()
    assert "Rose Nimubona" in seen.content.decode()
    typed |= {"step": "confirm", "seen": seen.context["seen"]}
    first, second = client.post(page, typed), client.post(page, typed)
    household = Household.objects.get()
    assert first.status_code == second.status_code == 303
    assert first["Location"] == second["Location"] == reverse("registry:household", kwargs={"pk": household.pk})
    assert household.size == 2 and Person.objects.get(given_names="Élie").documents.count() == 1


def test_problems_stand_beside_their_fields_and_nothing_typed_is_lost(country, clerk, client):
    """pitfall D3"""
    rows = [{**ROW, "birth": "31/02/1990"}, {"given_names": "Élie", "relationship": "child", "phone": "abc"}]
    page = client.post(reverse("registry:register_household"), filled(country, *rows, step="preview"))
    text = page.content.decode()
    assert page.status_code == 422 and "31/02/1990" in text and "Élie" in text and 'id="id_member-0-birth_error"' in text
    page = client.post(reverse("registry:register_household"), filled(country, ROW, rows[1], step="preview"))
    assert page.status_code == 422 and 'id="id_member-1-phone_error"' in page.content.decode() and not Person.objects.exists()


def test_more_rows_without_scripts(country, clerk, client):
    typed = filled(country, {"given_names": "Half"}, step="edit")
    page = client.post(reverse("registry:register_household"), typed)
    text = page.content.decode()
    assert page.status_code == 200 and 'name="member-9-given_names"' in text and "Half" in text and '_error"' not in text
    row = client.get(reverse("registry:member_row") + "?place=6", headers={"HX-Request": "true"}).content.decode()
    assert 'name="member-6-given_names"' in row and 'name="member_rows" value="7"' in row


def test_every_page_opens(country, clerk, client):
    make_variable("rooms", "NUMBER")
    household = make_household(country["Almond"], size=4, data={"rooms": 3})
    person = household.memberships.get(relationship="head").person
    document = make_document(person)
    member = household.memberships.exclude(person=person).first()
    alternate = make_household(country["Almond"]).recipients.get()
    about = {
        household: "household change_household add_member change_head name_recipient change_recipient set_alternate record_birth "
        "split_household merge_households propose_move record_visit add_paper withdraw_household",
        member: "end_membership move_person", alternate: "remove_alternate", document: "end_document",
        person: "person change_person record_death add_document merge_persons set_photo withdraw_person",
    }  # fmt: skip
    pages = {name: record for record, names in about.items() for name in names.split()}
    for name, record in pages.items():
        assert client.get(reverse(f"registry:{name}", kwargs={"pk": record.pk})).status_code == 200, name
    for name in ("households", "persons", "register_household", "register_person"):
        assert client.get(reverse(f"registry:{name}") + "?sort=number").status_code == 200, name
    for name, record in {"household": household, "person": person}.items():
        for tab in (
            "documents",
            "history",
            "past",
            "past&on=2026-01-01",
            "past&on=x",
            *(["dwelling", "members", "recipients"] if name == "household" else []),
        ):
            answer = client.get(reverse(f"registry:{name}", kwargs={"pk": record.pk}) + f"?tab={tab}")
            assert answer.status_code == 200, (name, tab)


def test_document_numbers_are_masked(country, client):
    household = make_household(country["Almond"])
    make_document(household.memberships.get(relationship="head").person, number="119077001234")
    page = reverse("registry:household", kwargs={"pk": household.pk}) + "?tab=documents"
    client.force_login(make_user("viewer", *SEES, area=country["North"]))
    text = client.get(page).content.decode()
    assert "119077001234" not in text and "•••234" in text
    client.force_login(make_user("revealer", *SEES, "registry.reveal_document", "registry.reveal_household", area=country["North"]))
    assert "119077001234" not in client.get(page).content.decode(), "the right alone opens nothing"
    asked = reverse("registry:reveal_household", kwargs={"pk": household.pk})
    client.post(asked, {"key": "k", "step": "confirm", "reason": "Lost card", "version": household.version})
    assert "119077001234" in client.get(page).content.decode()
    history = client.get(reverse("registry:household", kwargs={"pk": household.pk}) + "?tab=history").content.decode()
    assert "Reveal what is masked" in history and "Lost card" in history, "whoever reads whole numbers leaves a trace"


def test_change_recipient_waits_for_approval(country, clerk, client):
    household = make_household(country["Almond"])
    spouse = household.memberships.get(relationship="spouse").person
    page = reverse("registry:change_recipient", kwargs={"pk": household.pk})
    typed = {"key": "k", "person": spouse.pk, "on": "", "cause": "divorce", "reason": "Judgment 12/2026", "version": household.version}
    assert client.post(page, {**typed, "step": "preview"}).status_code == 422, "the document is missing"
    typed["paper"] = SimpleUploadedFile("judgment.exe", b"%PDF-1.4 judgment")
    seen = client.post(page, {**typed, "step": "preview"})
    assert seen.status_code == 200 and escape(spouse.full_name) in seen.content.decode()
    kept = dict(seen.context["typed"])
    assert "paper" not in kept and kept["paper_kept"], "the file is kept between preview and confirmation"
    del typed["paper"]
    forged = client.post(page, {**typed, "paper_kept": kept["paper_kept"] + "x", "step": "confirm", "seen": seen.context["seen"]})
    assert forged.status_code == 422 and not Paper.objects.exists()
    answer = client.post(page, {**typed, "paper_kept": kept["paper_kept"], "step": "confirm", "seen": seen.context["seen"]})
    assert not Paper.objects.exists(), "refused together with the change it proves"
    assert answer.status_code == 422, "no route: nobody can approve, so nothing is sent (fails closed)"
    assert household.recipients.get().person_id != spouse.pk


def test_death_of_the_recipient_asks_for_everything_in_one_step(country, clerk, client):
    """pitfall M3: head at once, recipient through a request that carries the certificate (HH-12)."""
    make_route("registry.change_recipient", country["Testland"], make_profile("deciders", "approvals.approve_request"))
    household = make_household(country["Almond"])
    head, spouse = (household.memberships.get(relationship=relation).person for relation in ("head", "spouse"))
    page = reverse("registry:record_death", kwargs={"pk": head.pk})
    typed = {
        "key": "k",
        "died_on": str(date.today()),
        "new_head": spouse.pk,
        "new_recipient": spouse.pk,
        "note": "",
        "version": head.version,
    }
    assert client.post(page, {**typed, "step": "preview"}).status_code == 422, "the document is missing"
    seen = client.post(page, {**typed, "step": "preview", "paper": SimpleUploadedFile("c.jpg", b"\xff\xd8\xff certificate")})
    assert seen.status_code == 200 and "once others agree" in seen.content.decode()
    typed |= {"paper_kept": dict(seen.context["typed"])["paper_kept"], "step": "confirm", "seen": seen.context["seen"]}
    for _time in range(2):
        assert client.post(page, typed).status_code == 303
    household.refresh_from_db()
    assert household.head_name == spouse.full_name and Request.objects.get().subject_id == household.pk and Paper.objects.count() == 1
    documents = client.get(reverse("registry:household", kwargs={"pk": household.pk}) + "?tab=documents").content.decode()
    file = reverse("files:download_attachment", args=[Attachment.objects.get().pk])
    assert file in documents and client.get(file).status_code == 200
    client.force_login(make_user("elsewhere", *SEES, area=country["South"]))
    assert client.get(file).status_code == 404
