"""Cards: a token that says nothing, one card at a time, and whole places by a job that may be killed."""

import io

import pytest
import segno
from django.urls import reverse

from coremis.kernel.base.refusal import Refusal
from coremis.kernel.files.models import Attachment
from coremis.kernel.files.storage import open_attachment
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import make_user
from coremis.modules.registry.models import Card, Person
from coremis.modules.registry.module import KEEPS, SEES
from coremis.modules.registry.services import cards, print_card, print_cards
from coremis.modules.registry.tests.factories import make_household, make_person, make_photo


@pytest.fixture
def clerk(country, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return make_user("clerk", *SEES, *KEEPS, area=country["North"])


def test_it_works(country, clerk, client):
    person = make_person(country["Almond"], "Espérance Nshimirimana", surname="Ndayizeye-Habonimana", phone="79001122")
    make_photo(person)
    file = print_card(person=person, actor=clerk)
    content = open_attachment(file).read()
    assert content.startswith(b"%PDF") and b"/DCTDecode" in content and file.user_id == clerk.pk
    card = Card.objects.get()
    assert card.token.startswith("CM1.") and str(person.number) not in card.token and len(card.token) > 20
    assert segno.make(card.token, error="m").version <= 3, "small enough for a card"
    client.force_login(clerk)
    address = client.post(reverse("registry:persons"), {"do": "search", "search": card.token})["Location"]
    assert [row["id"] for row in client.get(address).context["rows"]] == [person.pk]


def test_lost_card_identifies_nobody(country, clerk, client):
    person = make_person(country["Almond"])
    print_card(person=person, actor=clerk)
    lost = Card.objects.get().token
    print_card(person=person, actor=clerk)
    assert Card.objects.count() == 1, "printing again changes nothing"
    print_card(person=person, replace=True, actor=clerk)
    assert Card.objects.filter(ended_on=None).get().token != lost
    client.force_login(clerk)
    address = client.post(reverse("registry:persons"), {"do": "search", "search": lost})["Location"]
    assert not client.get(address).context["rows"]


def test_page_leads_to_the_file(country, clerk, client):
    client.force_login(clerk)
    person = make_person(country["Almond"])
    answer = client.post(reverse("registry:print_card", args=[person.pk]), {"key": "k", "step": "confirm", "version": person.version})
    assert answer.status_code == 303 and client.get(answer["Location"]).status_code == 200
    other = make_user("other", *SEES, *KEEPS, area=country["North"])
    client.force_login(other)
    assert client.get(answer["Location"]).status_code == 404, "only whoever asked opens it"


def test_cards_of_a_place_come_in_files(country, clerk, monkeypatch):
    """pitfall S10: only this place; the job goes on where it stopped."""
    monkeypatch.setattr(cards, "IN_ONE_FILE", 3)
    for _one in range(7):
        make_household(country["Almond"], size=1)
    make_household(country["Ebony"], size=1)
    make_household(country["Beech"], size=2, recipient=False)
    print_cards(area=country["North"], actor=clerk)
    run_until_idle()
    job = Job.objects.get(kind=cards.write_place.kind.name)
    assert job.state == "DONE" and job.report == {"files": 3} and Card.objects.count() == 7
    assert Attachment.objects.filter(user_id=clerk.pk).count() == 3
    with pytest.raises(Refusal):
        print_cards(area=country["Cedar"], actor=clerk)


def test_thousand_cards_take_three_queries(country, clerk, django_assert_num_queries):
    for _one in range(20):
        person = make_person(country["Almond"])
        make_photo(person)
        print_card(person=person, actor=clerk)
    people = list(Person.objects.select_related("area"))
    with django_assert_num_queries(3):
        made = cards.write_cards(people)
    assert isinstance(made, io.BytesIO) and made.getvalue().count(b"/Type /Page ") == 3
