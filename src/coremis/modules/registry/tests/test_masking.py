"""Masked and sensitive facts: nowhere without the right, and with it only after saying why."""

import io
import zipfile
from datetime import date, timedelta

import pytest
from django.urls import reverse

from coremis.kernel.access.models import Assignment
from coremis.kernel.actions.models import Change, Event
from coremis.kernel.actions.services import maintenance
from coremis.kernel.approvals.services import submit
from coremis.kernel.testing.cast import everywhere, make_profile, make_route, make_user
from coremis.modules.registry.module import DEFINES, KEEPS, LOOKS_BEHIND, SEES
from coremis.modules.registry.services import change_household, change_person, merge_persons, reveal_person
from coremis.modules.registry.sight import SENSITIVE, VARIABLE
from coremis.modules.registry.tests.factories import make_document, make_household, make_person, make_variable

pytestmark = pytest.mark.django_db
PHONE, FORMER_PHONE, PAPER = "79887766554", "68112233445", "119077001234"
MASKED, FORMER_MASKED, SENSITIVE_VALUE, HOME_MASKED = "ZEBRA-7731", "LION-5512", "OWL-9924", "CROW-4410"
SECRETS = (PHONE, FORMER_PHONE, PAPER, MASKED, FORMER_MASKED, SENSITIVE_VALUE, HOME_MASKED)
CHANGES = everywhere(change_person.name, change_household.name, SENSITIVE)
PLAIN = (*SEES, *KEEPS, *DEFINES, "screens.export_list", "actions.view_event", "files.view_attachment")


@pytest.fixture
def family(country):
    """A household whose head has everything that is to be hidden, now and in the history."""
    make_variable("card", "TEXT", "person", masked=True, names={"en": "Card number"})
    make_variable("illness", "TEXT", "person", sensitive=True, names={"en": "Illness"})
    make_variable("account", "TEXT", "household", masked=True, names={"en": "Account"})
    household = make_household(country["Almond"], size=2, phone=FORMER_PHONE, data={"account": HOME_MASKED})
    head = household.memberships.get(relationship="head").person
    make_document(head, number=PAPER)
    change_person(person=head, data={"card": FORMER_MASKED, "illness": SENSITIVE_VALUE}, actor=CHANGES)
    head.refresh_from_db()
    change_person(person=head, phone=PHONE, data={"card": MASKED}, actor=CHANGES)
    head.refresh_from_db()
    return household, head


def pages(household, head):
    """Every address that tells about these two."""
    about = {"household": household.pk, "person": head.pk}
    found = [f"{reverse(f'registry:{name}', kwargs={'pk': pk})}?tab={tab}" for name, pk in about.items() for tab in
             ("overview", "history", "documents", *(("dwelling",) if name == "household" else ()))]  # fmt: skip
    found += [reverse(f"registry:{name}", kwargs={"pk": head.pk}) for name in ("change_person", "add_document", "record_death")]
    found += [reverse(f"registry:{name}", kwargs={"pk": household.pk}) for name in ("change_household", "add_member", "change_head")]
    found += [reverse(f"registry:{name}") + "?sort=number" for name in ("households", "persons", "variables")]
    events = Change.objects.exclude(kind=Change.INPUTS).values_list("event", flat=True).distinct()
    return [*found, *(reverse("administration:event", args=[pk]) for pk in events)]


def files(client):
    """The text of the files that the lists give."""
    for name in ("households", "persons"):
        address = reverse(f"registry:{name}") + "?sort=number"
        book = zipfile.ZipFile(io.BytesIO(client.post(address, {"do": "export", "format": "xlsx"}).content))
        yield f"{name}.xlsx", " ".join(book.read(part).decode() for part in book.namelist())
        yield name, client.post(address, {"do": "export", "format": "csv"}).content.decode()


def leaks(client, household, head):
    """Where a hidden value stands."""
    told = [(page, client.get(page)) for page in pages(household, head)]
    assert all(answer.status_code == 200 for _page, answer in told), [
        (page, one.status_code) for page, one in told if one.status_code != 200
    ]
    texts = [(page, answer.content.decode()) for page, answer in told]
    return [(place, secret) for place, text in (*texts, *files(client)) for secret in SECRETS if secret in text]


def test_it_works(country, client, family):
    """BEN-18, pitfalls S10, S12: every page, panel, history and file as a user without the rights."""
    client.force_login(make_user("plain", *PLAIN, area=country["Testland"]))
    assert leaks(client, *family) == []
    page = client.get(reverse("registry:person", kwargs={"pk": family[1].pk})).content.decode()
    assert "•••554" in page and "Card number" in page and "Illness" not in page


def test_preview_and_what_was_typed_are_masked(country, client, family):
    _household, head = family
    client.force_login(make_user("plain", *PLAIN, area=country["Testland"]))
    typed = {"key": "k", "step": "preview", "given_names": "New", "surname": head.surname, "sex": head.sex, "version": head.version}
    seen = client.post(reverse("registry:change_person", kwargs={"pk": head.pk}), typed)
    assert seen.status_code == 200 and not [secret for secret in SECRETS if secret in seen.content.decode()]
    client.post(
        reverse("registry:change_person", kwargs={"pk": head.pk}), {**typed, "step": "confirm", "seen": seen.context["seen"]}
    )  # fmt: skip
    head.refresh_from_db()
    assert head.given_names == "New" and head.phone == PHONE, "an empty field keeps what is masked"
    assert head.data == {"card": MASKED, "illness": SENSITIVE_VALUE}


def test_nobody_probes_by_a_filter(country, client, family):
    client.force_login(make_user("plain", *PLAIN, area=country["Testland"]))
    for name in ("var_card", "var_illness"):
        answer = client.get(reverse("registry:persons") + f"?{name}={MASKED}").content.decode()
        assert "no filter" in answer and family[1].full_name not in answer
    client.force_login(make_user("partly", *PLAIN, VARIABLE, area=country["South"]))
    assert "no filter" not in client.get(reverse("registry:persons") + f"?var_card={MASKED}").content.decode()


def test_a_right_in_another_place_opens_nothing(country, client, family):
    user = make_user("two", *PLAIN, area=country["Testland"])
    profile = make_profile("opener", *LOOKS_BEHIND, VARIABLE, SENSITIVE)
    with maintenance("test assignments"):
        Assignment(user=user, profile=profile, area=country["South"], valid_from=date(2020, 1, 1)).save()
    client.force_login(user)
    assert leaks(client, *family) == []


def test_revealing_needs_a_reason_and_leaves_a_trace(country, client, family):
    household, head = family
    user = make_user("opens", *PLAIN, *LOOKS_BEHIND, VARIABLE, area=country["Testland"])
    client.force_login(user)
    page, ask = (reverse(f"registry:{name}", kwargs={"pk": head.pk}) for name in ("person", "reveal_person"))
    assert PHONE not in client.get(page).content.decode(), "the right alone opens nothing on a page"
    assert client.post(ask, {"key": "a", "step": "confirm", "reason": "  "}).status_code == 422
    assert client.post(ask, {"key": "b", "step": "confirm", "reason": "Call about the payment", "version": head.version}).status_code == 303
    shown = client.get(page).content.decode()
    assert PHONE in shown and MASKED in shown and SENSITIVE_VALUE not in shown
    event = Event.objects.get(action="registry.reveal_person")
    noted = Change.objects.get(event=event, kind="registry.person")
    assert (event.actor_id, noted.record_id) == (user.pk, head.pk)
    assert noted.before == {"revealed": ["reveal_phone", "reveal_document", "data.card"]}
    assert "Call about the payment" in client.get(page + "?tab=history").content.decode()
    other = reverse("registry:household", kwargs={"pk": household.pk}) + "?tab=dwelling"
    assert HOME_MASKED not in client.get(other).content.decode(), "each record for itself"
    client.force_login(make_user("next", *PLAIN, *LOOKS_BEHIND, VARIABLE, area=country["Testland"]))
    assert PHONE not in client.get(page).content.decode(), "each reader for themselves"


def test_revealing_ends_after_some_minutes(country, client, family, monkeypatch):
    client.force_login(make_user("opens", *PLAIN, *LOOKS_BEHIND, area=country["Testland"]))
    head = family[1]
    client.post(
        reverse("registry:reveal_person", kwargs={"pk": head.pk}), {"key": "b", "step": "confirm", "reason": "x", "version": head.version}
    )
    page = reverse("registry:person", kwargs={"pk": head.pk})
    assert PHONE in client.get(page).content.decode()
    monkeypatch.setattr("coremis.modules.registry.sight.REVEALED_FOR", timedelta(seconds=-1))
    assert PHONE not in client.get(page).content.decode()


def test_nothing_to_reveal_without_the_rights(country, client, family):
    client.force_login(make_user("empty", *PLAIN, "registry.reveal_person", area=country["Testland"]))
    ask = reverse("registry:reveal_person", kwargs={"pk": family[1].pk})
    answer = client.post(ask, {"key": "b", "step": "confirm", "reason": "x", "version": family[1].version})
    assert answer.status_code == 422 and "nothing more" in answer.content.decode()


def test_a_file_with_open_values_is_noted(country, client, family):
    """The event of a file names the masked columns that stand open."""
    client.force_login(make_user("takes", *PLAIN, *LOOKS_BEHIND, VARIABLE, SENSITIVE, area=country["Testland"]))
    texts = dict(files(client))
    assert PHONE in texts["persons"] and MASKED in texts["persons"] and SENSITIVE_VALUE in texts["persons"]
    inputs = [Change.objects.get(event=event, kind=Change.INPUTS).before for event in Event.objects.filter(action="screens.export_list")]
    assert {"phone", "data_card", "data_illness"} <= set(inputs[-1]["revealed"])


def test_who_decides_sees_no_more_than_allowed(country, client, family):
    """The preview on a request's page is made with the maker's rights and shown with the reader's: what is hidden from them stays hidden."""
    _household, head = family
    other = make_person(country["Almond"], data={"card": "SHREW-3309", "illness": "NEWT-8817"})
    checker = make_user("checker", *SEES, "approvals.approve_request", "approvals.view_request", area=country["Testland"])
    make_route(merge_persons.name, country["Testland"], checker.assignments.get().profile)
    may = ("approvals.submit_request", merge_persons.name, *LOOKS_BEHIND, VARIABLE, SENSITIVE)
    maker = make_user("maker", *PLAIN, *may, area=country["Testland"])
    asked = submit(merge_persons, {"survivor": head, "other": other, "reason": "one person"}, actor=maker).request
    reveal_person(person=other, reason="asked at the counter", actor=maker)
    hidden = ("SHREW-3309", "NEWT-8817", MASKED, SENSITIVE_VALUE)
    address = reverse("administration:request", args=[asked.pk])
    client.force_login(maker)
    own = client.get(address).content.decode()
    assert all(secret in own for secret in hidden)
    client.force_login(checker)
    seen = client.get(address)
    assert seen.status_code == 200 and not [secret for secret in hidden if secret in seen.content.decode()]
    assert "Card number" in seen.content.decode() and "Illness" not in seen.content.decode()
