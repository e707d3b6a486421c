"""Facts of enrolments: those of all programmes and of one, on the page, in the history and in files."""

import pytest
from django.urls import reverse

from coremis.kernel.actions.services import maintenance
from coremis.kernel.base.refusal import Invalid
from coremis.kernel.testing.cast import everywhere, make_user
from coremis.modules.programmes import services
from coremis.modules.programmes.models import Enrolment
from coremis.modules.programmes.module import DECIDES, SEES
from coremis.modules.programmes.tests.sample import enrol, make_household, make_programme
from coremis.modules.registry.models import VariableDefinition
from coremis.modules.registry.queries import usable

pytestmark = pytest.mark.django_db
CHANGES = everywhere("programmes.change_enrolment")
SUBJECT = VariableDefinition.Subject.ENROLMENT


def make_variable(code, kind="TEXT", **more):
    with maintenance("test"):
        found = VariableDefinition(subject=SUBJECT, code=code, names={"en": code.capitalize()}, kind=kind, **more)
        found.save()
    return found


@pytest.fixture
def enrolment(country):
    net, other = make_programme(), make_programme("OTHER")
    make_variable("school", programme_id=net.pk)
    make_variable("clinic", programme_id=other.pk)
    make_variable("card", unique=True, masked=True)
    return enrol(net, make_household(country["Almond"]))


def fresh(enrolment):
    return Enrolment.objects.get(pk=enrolment.pk)


def test_it_works(country, client, enrolment):
    """Changed on the page, shown on the page, told in the history."""
    client.force_login(make_user("officer", *SEES, *DECIDES, area=country["Testland"]))
    page = reverse("programmes:change_enrolment", kwargs={"pk": enrolment.pk})
    form = client.get(page).content.decode()
    assert 'name="data_school"' in form and 'name="data_card"' in form and "clinic" not in form
    typed = {"key": "k", "step": "preview", "data_school": "Almond primary", "data_card": "ZEBRA-1", "version": enrolment.version}
    seen = client.post(page, typed)
    client.post(page, {**typed, "step": "confirm", "seen": seen.context["seen"]})
    assert fresh(enrolment).data == {"school": "Almond primary", "card": "ZEBRA-1"}
    detail = reverse("programmes:enrolment_detail", kwargs={"pk": enrolment.pk})
    for address in (detail, detail + "?tab=history"):
        text = client.get(address).content.decode()
        assert "Almond primary" in text and "ZEBRA-1" not in text, address


def test_the_variables_of_another_programme_are_refused(country, enrolment):
    with pytest.raises(Invalid) as caught:
        services.change_enrolment(enrolment=enrolment, data={"clinic": "x"}, actor=CHANGES)
    assert set(caught.value.errors) == {"clinic"}


def test_different_for_everybody(country, enrolment):
    services.change_enrolment(enrolment=enrolment, data={"card": "A"}, actor=CHANGES)
    second = enrol(enrolment.programme, make_household(country["Almond"]))
    with pytest.raises(Invalid) as caught:
        services.change_enrolment(enrolment=fresh(second), data={"card": "A"}, actor=CHANGES)
    assert set(caught.value.errors) == {"card"}


def test_revealing_leaves_a_trace(country, client, enrolment):
    services.change_enrolment(enrolment=enrolment, data={"card": "ZEBRA-1"}, actor=CHANGES)
    client.force_login(make_user("opens", *SEES, "programmes.reveal_enrolment", "registry.reveal_variable", area=country["Testland"]))
    detail = reverse("programmes:enrolment_detail", kwargs={"pk": enrolment.pk})
    assert "ZEBRA-1" not in client.get(detail).content.decode()
    ask = reverse("programmes:reveal_enrolment", kwargs={"pk": enrolment.pk})
    client.post(ask, {"key": "k", "step": "confirm", "reason": "Lost card", "version": fresh(enrolment).version})
    assert "ZEBRA-1" in client.get(detail).content.decode()
    assert "Lost card" in client.get(detail + "?tab=history").content.decode()


def test_nobody_writes_conditions_on_what_they_may_not_see(country):
    hidden = make_variable("illness", sensitive=True)
    plain = make_user("plain", *SEES, area=country["Testland"])
    sees = make_user("sees", *SEES, "registry.reveal_sensitive", area=country["Testland"])
    partly = make_user("partly", *SEES, area=country["Testland"])
    assert usable(plain, [hidden]) == [] == usable(partly, [hidden]) and usable(sees, [hidden]) == [hidden]
