"""The pages of the data dictionary, as whoever keeps it uses them."""

import pytest
from django.urls import reverse

from coremis.kernel.approvals.models import Request
from coremis.kernel.approvals.services import approve_request
from coremis.kernel.testing.cast import make_profile, make_route, make_user
from coremis.modules.registry.models import VariableDefinition
from coremis.modules.registry.module import DEFINES, SEES
from coremis.modules.registry.tests.factories import make_household, make_person, make_variable

pytestmark = pytest.mark.django_db
NEW = {
    "key": "k", "subject": "person", "code": "roof", "names_en": "Roof", "names_fr": "Toit", "names_pt": "", "kind": "CHOICE", "unit": "",
    "choices-rows": "4", "choices-0-code": "tin", "choices-0-en": "Tin", "choices-1-code": "tile", "choices-1-en": "Tile",
    "choices-2-code": "", "validation": "", "filterable": "on", "programme_id": "",
}  # fmt: skip


@pytest.fixture
def keeper(country, client):
    user = make_user("keeper", *SEES, *DEFINES, "approvals.submit_request", area=country["Testland"])
    client.force_login(user)
    return user


def sent(client, page, typed):
    """Preview, then confirmation; the answer to the second."""
    seen = client.post(page, {**typed, "step": "preview"})
    assert seen.status_code == 200, (seen.context["form"].errors, seen.context["problem"])
    return seen, client.post(page, {**typed, "step": "confirm", "seen": seen.context["seen"]})


def test_it_works(country, client, keeper):
    """pitfall P6: defined by a form for people, with choices typed row by row."""
    seen, done = sent(client, reverse("registry:define_variable"), NEW)
    assert "Tin" in seen.content.decode() and done.status_code == 303
    found = VariableDefinition.objects.get()
    assert found.choices == [{"code": "tin", "names": {"en": "Tin"}}, {"code": "tile", "names": {"en": "Tile"}}]
    assert found.names == {"en": "Roof", "fr": "Toit"} and found.filterable
    wrong = client.post(reverse("registry:define_variable"), {**NEW, "key": "n", "step": "preview"})
    assert wrong.status_code == 422 and "This code is taken" in wrong.content.decode() and 'value="Tile"' in wrong.content.decode()


def test_a_change_says_what_follows_and_waits_for_others(country, client, keeper):
    """Before and after in words, and the consequences; nothing changes before a second person agrees."""
    make_person(country["Almond"], data={})
    found = make_variable("card", "TEXT", "person")
    checkers = make_profile("checkers", "approvals.approve_request")
    make_route("registry.change_variable", country["Testland"], checkers)
    page = reverse("registry:change_variable", kwargs={"pk": found.pk})
    typed = {
        "key": "k",
        "names_en": "Card",
        "kind": "TEXT",
        "choices-rows": "0",
        "required": "on",
        "masked": "on",
        "version": found.version,
    }
    seen, done = sent(client, page, typed)
    text = seen.content.decode()
    assert "Records without a value" in text and "show •••" in text and done.status_code == 303
    found.refresh_from_db()
    assert not found.masked
    approve_request(request=Request.objects.get(), actor=make_user("second", area=country["Testland"], profile=checkers))
    found.refresh_from_db()
    assert found.masked and found.required


def test_usage_counts_only_what_the_reader_may_see(country, client):
    """pitfall S10, and bounded cost: one statement for the count, one for the choices."""
    choices = [{"code": code, "names": {"en": code.capitalize()}} for code in ("tin", "tile")]
    found = make_variable("roof", "CHOICE", choices=choices)
    make_variable("other", validation="roof = 'tin' or is_missing(value)")
    for place, roof in (("Almond", "tin"), ("Almond", "tile"), ("Ebony", "tin")):
        make_household(country[place], size=1, data={"roof": roof})
    page = reverse("registry:variable", kwargs={"pk": found.pk}) + "?tab=usage"
    counts = {}
    for place in ("North", "Testland"):
        client.force_login(make_user(f"reader-{place}", *SEES, area=country[place]))
        answer = client.get(page)
        counts[place] = [fact["text"] for fact in answer.context["panels"][0].context["facts"]]
        assert "Other" in answer.content.decode()
    assert counts == {"North": ["2", "1", "1"], "Testland": ["3", "2", "1"]}


def test_the_order_is_typed(country, client, keeper):
    first, second = make_variable("a", position=1), make_variable("b", position=2)
    page = reverse("registry:reorder_variables", kwargs={"pk": first.pk})
    sent(client, page, {"key": "k", "place_a": "30", "place_b": "10", "version": first.version})
    second.refresh_from_db()
    assert second.position == 1
