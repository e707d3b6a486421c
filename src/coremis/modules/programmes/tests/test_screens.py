"""The pages, filled in as a person would."""

import pytest
from django.urls import reverse

from coremis.kernel.access.models import User
from coremis.kernel.approvals.models import Request
from coremis.kernel.approvals.services import approve_request
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import make_profile, make_route, make_user
from coremis.modules.programmes.models import Enrolment, GroupChange, Programme
from coremis.modules.programmes.module import DECIDES, SEES
from coremis.modules.programmes.tests.sample import (
    R,
    S,
    change_all,
    enrol,
    enrol_all,
    make_household,
    make_person,
    make_programme,
    many_households,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(country, client):
    more = ("registry.view_household", "registry.view_person", "registry.view_membership", "approvals.submit_request")
    user = make_user("manager", *SEES, *DECIDES, *more, area=country["Testland"])
    client.force_login(user)
    return user


@pytest.fixture
def approver(country):
    profile = make_profile("approver", "approvals.approve_request", *SEES)
    for action in (
        "enrol_matching", "change_status_matching", "undo_status_change", "change_programme", "enrol_one", "change_status",
        "undo_last_change", "promote_waiting",
    ):  # fmt: skip
        make_route(f"programmes.{action}", country["Testland"], profile)
    return make_user("approver", area=country["Testland"], profile=profile)


def page(name, record=None):
    return reverse(f"programmes:{name}", kwargs={"pk": record.pk} if record else None)


def send(client, url, typed):
    """Look at what will happen, then confirm it."""
    typed = {"key": url, **typed}
    seen = client.post(url, {**typed, "step": "preview"})
    assert seen.status_code == 200 and "preview" in seen.context, (seen.context["form"].errors, seen.context["problem"])
    return seen, client.post(url, {**typed, "step": "confirm", "seen": seen.context["seen"]})


def agree(approver):
    for request in Request.objects.filter(state=Request.State.PENDING):
        approve_request(request=request, actor=User.objects.get(pk=approver.pk))
    run_until_idle()


def test_it_works(country, manager, approver, client):
    """Create, enrol, suspend and undo, each shown with its numbers and agreed by another person."""
    typed = {
        "code": "NET",
        "unit": "household",
        "currency": "XOF",
        "names_en": "Safety net",
        "starts_on": "2026-01-01",
        "max_beneficiaries": "6",
    }
    assert client.post(page("create_programme"), {**typed, "key": "a", "step": "confirm"}).status_code == 303
    programme = Programme.objects.get()
    many_households(country["Almond"], 8)
    enrol(programme, make_household(country["Beech"]))
    enrol(make_programme("OTHER"), Enrolment.objects.get().household)
    choice = {"areas": [country["North"].pk], "areas_text": "", "condition": "size > 1", "change": ":ACTIVE:selected"}
    seen, _sent = send(client, page("enrol_matching", programme), choice)
    text = seen.content.decode()
    assert "Enrol 5 households" in text and "already in this programme" in text and "no place left" in text
    assert not GroupChange.objects.exists()
    agree(approver)
    assert Enrolment.objects.filter(programme=programme).count() == 6
    suspend = {"areas": [country["North"].pk], "areas_text": "", "condition": "", "change": "ACTIVE:SUSPENDED:under_verification"}
    seen, _sent = send(client, page("change_status_matching", programme), suspend)
    assert "Suspend 6 beneficiaries" in seen.content.decode()
    agree(approver)
    assert Enrolment.objects.filter(status=S.SUSPENDED).count() == 6
    group = GroupChange.objects.get(what="STATUS")
    assert "Undo this" in client.get(page("group_change_detail", group)).content.decode()
    seen, _sent = send(client, page("undo_status_change", group), {"note": "Wrong place"})
    assert "Undo for 6 beneficiaries" in seen.content.decode()
    agree(approver)
    assert Enrolment.objects.filter(programme=programme, status=S.ACTIVE).count() == 6
    history = client.get(page("group_change_detail", GroupChange.objects.get(what="UNDO")))
    assert history.status_code == 200


def test_one_by_one(country, manager, approver, client):
    """Each change of one beneficiary is seen by a second person before it counts."""
    programme, household = make_programme(), make_household(country["Almond"], head_name="Ada Lo")
    _seen, sent = send(client, page("enrol_household", household), {"programme": programme.pk, "change": ":POTENTIAL:selected", "note": ""})
    assert sent.status_code == 303 and not Enrolment.objects.exists()
    agree(approver)
    enrolment = Enrolment.objects.get()
    _seen, sent = send(
        client, page("change_status", enrolment), {"change": "POTENTIAL:ACTIVE:enrolment_completed", "note": "", "version": "1"}
    )
    assert sent.status_code == 303
    agree(approver)
    shown = client.get(page("enrolment_detail", enrolment)).content.decode()
    assert "Ada Lo" in shown and "enrolment completed" in shown and "Group changes leave it alone" in shown
    seen, sent = send(client, page("undo_last_change", enrolment), {"note": "Too early"})
    agree(approver)
    assert "active" in seen.content.decode() and Enrolment.objects.get().status == S.POTENTIAL
    history = client.get(page("enrolment_detail", enrolment) + "?tab=history").content.decode()
    assert "Too early" in history and "Change the status of a beneficiary" in history


def test_problems_are_sentences(country, manager, client):
    """pitfalls M1, M18"""
    programme = make_programme()
    make_household(country["Almond"])
    choice = {
        "key": "k",
        "step": "preview",
        "areas": [country["North"].pk],
        "areas_text": "",
        "condition": "",
        "change": ":ACTIVE:selected",
    }
    for wrong, sentence in (
        ({"areas": []}, "required"), ({"condition": "wealth > 3"}, "wealth"), ({"change": ":ACTIVE:fraud"}, "valid choice"),
        ({"change": ":ACTIVE:other"}, None), ({"condition": "size > 90"}, "Nobody"),
    ):  # fmt: skip
        answer = client.post(page("enrol_matching", programme), {**choice, **wrong})
        if sentence:
            assert sentence in answer.content.decode()
    assert not Enrolment.objects.exists() and not Request.objects.exists()


def test_lists_find_by_name_and_number(country, manager, client):
    programme = make_programme()
    one = enrol(programme, make_household(country["Almond"], head_name="Élodie", search_name="elodie"))
    enrol(programme, make_household(country["Almond"], head_name="Rose", search_name="rose"), S.POTENTIAL)
    enrol(make_programme("OLD", "person"), make_person(country["Almond"], given_names="Élodie", surname="Zo"))
    for text, found in (("élodie", 2), (one.number_text, 1), (one.household.number_text, 1), ("nobody", 0)):
        answer = client.post(page("enrolment_list"), {"search": text}, follow=True)
        assert len(answer.context["rows"]) == found, text
    assert len(client.get(page("potential_list")).context["rows"]) == 1
    assert len(client.get(page("enrolment_list") + f"?programme={programme.pk}&status=ACTIVE").context["rows"]) == 1


def test_panels(country, manager, client):
    household = make_household(country["Almond"])
    person = make_person(country["Almond"], household)
    enrol(make_programme(), household)
    enrol(make_programme("OLD", "person"), person)
    assert (
        len(
            client.get(reverse("registry:household", kwargs={"pk": household.pk}) + "?tab=programmes")
            .context["panels"][-1]
            .context["table"]["rows"]
        )
        == 1
    )
    assert (
        len(
            client.get(reverse("registry:person", kwargs={"pk": person.pk}) + "?tab=programmes")
            .context["panels"][-1]
            .context["table"]["rows"]
        )
        == 2
    )
    assert "Programme NET" in client.get("/").content.decode()


def test_changing_a_programme(country, manager, approver, client):
    programme = make_programme(max_beneficiaries=5)
    many_households(country["Almond"], 3)
    enrol_all(programme, country["North"])
    change_all(programme, country["North"], reason=R.ABSENT)
    typed = {"names_en": "New name", "starts_on": "2026-01-01", "ends_on": "", "description": ""}
    seen, _sent = send(client, page("change_programme", programme), {**typed, "max_beneficiaries": "4"})
    assert "New name" in seen.content.decode()
    agree(approver)
    programme.refresh_from_db()
    assert (programme.max_beneficiaries, str(programme)) == (4, "New name")
