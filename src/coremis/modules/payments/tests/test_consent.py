"""A programme that asks for consent pays only who gave it."""

import pytest

from coremis.kernel.actions.services import maintenance
from coremis.modules.payments.models import LeftOut, PaymentTerms, PayrollLine
from coremis.modules.payments.tests.sample import calculated, enrol, everyone, make_programme
from coremis.modules.registry.models import Consent
from coremis.modules.registry.tests.factories import add_to, make_household, make_person

pytestmark = pytest.mark.django_db


def needs_consent(programme):
    with maintenance("test terms"):
        PaymentTerms(programme=programme, consent_needed=True).save()


def test_it_works(country):
    """Refused and not asked are both left out, with the reason."""
    programme = make_programme()
    needs_consent(programme)
    for consent in Consent.values:
        enrol(programme, make_household(country["Almond"], consent=consent))
    payroll = calculated(programme, [country["North"]], everyone(country["Testland"], "calculator")[0])
    paid = PayrollLine.objects.filter(payroll=payroll).values_list("enrolment__household__consent", flat=True)
    assert list(paid) == ["given"]
    assert set(LeftOut.objects.filter(payroll=payroll).values_list("reason", flat=True)) == {"NO_CONSENT"} and payroll.left_out_count == 2


def test_nobody_is_left_out_where_it_is_not_asked_for(country):
    programme = make_programme()
    enrol(programme, make_household(country["Almond"]))
    payroll = calculated(programme, [country["North"]], everyone(country["Testland"], "calculator")[0])
    assert payroll.line_count == 1


def test_persons(country):
    """A person who was not asked has the household's consent; one who refused has not."""
    programme = make_programme(unit="person")
    needs_consent(programme)
    home = make_household(country["Almond"], consent="given")
    enrol(programme, add_to(home, 5, {"given_names": "As the household"}).person)
    enrol(programme, add_to(home, 6, {"given_names": "Refused", "consent": "refused"}).person)
    enrol(programme, make_person(country["Almond"], "Alone"))
    enrol(programme, make_person(country["Almond"], "Said yes", consent="given"))
    payroll = calculated(programme, [country["North"]], everyone(country["Testland"], "calculator")[0])
    names = sorted(PayrollLine.objects.filter(payroll=payroll).values_list("payee__given_names", flat=True))
    assert names == ["As the household", "Said yes"]
