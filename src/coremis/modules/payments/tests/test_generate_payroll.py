from datetime import date

import pytest

from coremis.kernel.actions.services import maintenance
from coremis.kernel.base.money import Money
from coremis.kernel.base.refusal import Invalid, OutsidePlaces, Refusal
from coremis.modules.payments import services
from coremis.modules.payments.models import LeftOut, Payroll, PayrollLine
from coremis.modules.payments.selection import asked_by, changed_lines, counts
from coremis.modules.payments.tests.sample import calculated, enrol, everyone, make_cycle, make_fund, make_programme, village
from coremis.modules.registry.models import Recipient
from coremis.modules.registry.tests.factories import make_document, make_household, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(country):
    return everyone(country["Testland"], "officer")[0]


def test_it_works(country, officer):
    """Pitfall M3: the payee is the primary recipient of the freeze day; everything the line was based on is frozen."""
    programme = make_programme()
    collects = make_person(country["Almond"], "O'Brien", surname="", phone="79000111")
    document = make_document(collects)
    enrolment = enrol(programme, make_household(country["Almond"], recipient=collects, head={"given_names": "D'Artagnan", "surname": ""}))
    payroll = calculated(programme, [country["North"]], officer, amount=10**14)
    line = PayrollLine.objects.get(payroll=payroll)
    assert payroll.state == "CALCULATED" and (payroll.line_count, payroll.total_minor, payroll.left_out_count) == (1, 10**14, 0)
    assert (line.payee, line.payee_name, line.payee_phone, line.household_name) == (collects, "O'Brien", "79000111", "D'Artagnan")
    assert (line.document_kind, line.document_hash, line.area_name) == ("national_id", document.number_hash, "Almond")
    assert (line.enrolment, line.enrolment_status, line.amount, line.state) == (enrolment, "ACTIVE", Money(10**14, "SZF"), "DUE")
    assert line.number % 97 == 1 and len(line.hash) == 64 and not changed_lines(PayrollLine.objects.all()).exists()


def test_no_place_pays_nobody(country, officer):
    """Pitfall M1: an empty selection, and a place without beneficiaries, pay nobody and say so before anything is made."""
    programme = make_programme()
    village(programme, country["Almond"])
    cycle, fund = make_cycle(programme), make_fund(programme)
    with pytest.raises(Invalid) as refused:
        services.generate_payroll(cycle=cycle, areas=[], amount=Money(30_000, "SZF"), fund=fund, actor=officer)
    assert "Choose at least one place" in str(refused.value.errors["areas"][0])
    with pytest.raises(Refusal, match="Nobody would be paid"):
        services.generate_payroll(cycle=cycle, areas=[country["Fig"]], amount=Money(30_000, "SZF"), fund=fund, actor=officer)
    assert not Payroll.objects.exists() and not PayrollLine.everything.exists()


@pytest.mark.parametrize("unit", ["household", "person"])
def test_places_hold_for_every_unit(country, officer, unit):
    """Pitfall M2: the places hold for households and persons alike, and the preview's counts are the payroll's."""
    programme = make_programme(unit)
    village(programme, country["Almond"], 3)
    village(programme, country["Fig"], 4)
    enrol(programme, (make_household if unit == "household" else make_person)(country["Almond"]), "SUSPENDED")
    cycle = make_cycle(programme)
    wanted = Payroll(cycle=cycle, amount_minor=30_000, currency="SZF")
    asked = counts(asked_by(wanted, [country["North"].pk]))
    payroll = calculated(programme, [country["North"]], officer, cycle=cycle)
    assert (asked.paid, asked.left_out) == (3, {"SUSPENDED": 1})
    assert (payroll.line_count, payroll.left_out_count) == (3, 1)
    assert set(PayrollLine.objects.values_list("area__name", flat=True)) == {"Almond"}


def test_exclusions_have_their_reason(country, officer):
    """Pitfall M3: without a valid recipient a household is left out with a reason; so is everybody else who is not paid."""
    programme, place = make_programme(), country["Almond"]
    village(programme, place, 1)
    enrol(programme, make_household(place), "SUSPENDED")
    enrol(programme, make_household(place), "GRADUATED", since=date(2026, 1, 10))
    enrol(programme, make_household(place), "EXITED", since=date(2025, 7, 1))
    enrol(programme, make_household(place), "POTENTIAL")
    enrol(programme, make_household(place), since=date(2026, 1, 25))
    enrol(programme, make_household(place, recipient=False))
    enrol(programme, make_household(place, ended_on=date(2026, 1, 12)))
    enrol(programme, make_household(place, head={"death_date": date(2026, 1, 24)}))
    late = make_household(place)
    with maintenance("a recipient after the freeze"):
        Recipient.objects.get(household=late)
        row = Recipient.objects.get(household=late)
        row.valid_from = date(2026, 1, 22)
        row.save()
    enrol(programme, late)
    payroll = calculated(programme, [place], officer)
    reasons = dict.fromkeys(("SUSPENDED", "ENDED", "LATE", "DISSOLVED", "RECIPIENT_DIED"), 1) | {"NO_RECIPIENT": 2}
    found = {}
    for reason in LeftOut.objects.values_list("reason", flat=True):
        found[reason] = found.get(reason, 0) + 1
    assert found == reasons and (payroll.line_count, payroll.left_out_count) == (1, 7)


def test_a_death_before_the_calculation_does_not_cost_the_payment(country, officer):
    """The recipient of the freeze day died: the successor is paid; without a successor the household is left out with that reason."""
    programme, place = make_programme(), country["Almond"]
    followed, alone = (make_household(place, head={"death_date": date(2026, 1, 24)}) for _number in range(2))
    with maintenance("the widow collects from now on"):
        old = Recipient.objects.get(household=followed)
        old.valid_until = date(2026, 1, 25)
        old.save()
        widow = make_person(place)
        Recipient(household=followed, person=widow, rank=0, valid_from=date(2026, 1, 26)).save()
    for household in (followed, alone):
        enrol(programme, household)
    payroll = calculated(programme, [place], officer)
    assert [line.payee_id for line in payroll.lines.all()] == [widow.pk]
    assert list(LeftOut.objects.values_list("reason", "enrolment__household")) == [("RECIPIENT_DIED", alone.pk)]


def test_paid_once_in_a_cycle(country, officer):
    """Pitfall M4: a second payroll of the cycle pays only those whom no other payroll pays, and says who was left out."""
    programme = make_programme()
    village(programme, country["Almond"], 2)
    cycle, fund = make_cycle(programme), make_fund(programme)
    calculated(programme, [country["Almond"]], officer, fund, cycle)
    village(programme, country["Beech"], 1)
    second = calculated(programme, [country["North"]], officer, fund, cycle)
    assert (second.line_count, second.left_out_count) == (1, 2)
    assert set(LeftOut.objects.filter(payroll=second).values_list("reason", flat=True)) == {"ALREADY"}
    with pytest.raises(Refusal, match="Nobody would be paid"):
        calculated(programme, [country["North"]], officer, fund, cycle)


def test_places_of_the_officer(country):
    """Nobody calculates for places that are not theirs, and an officer of one province sees only its payments."""
    programme = make_programme()
    village(programme, country["Almond"], 2)
    north, south = everyone(country["North"], "north")[0], everyone(country["South"], "south")[0]
    cycle, fund = make_cycle(programme), make_fund(programme)
    with pytest.raises(OutsidePlaces):
        calculated(programme, [country["North"]], south, fund, cycle)
    payroll = calculated(programme, [country["North"]], north, fund, cycle)
    assert payroll.line_count == 2
    assert PayrollLine.objects.visible_to(north, "payments.view_payrollline").count() == 2
    assert not PayrollLine.objects.visible_to(south, "payments.view_payrollline").exists()
    assert not Payroll.objects.visible_to(south, "payments.view_payroll").exists()


def test_wrong_requests(country, officer):
    """A wrong currency, no amount, a foreign fund and a freeze still to come are sentences beside their fields."""
    programme, other = make_programme(), make_programme(currency="USD")
    cycle = make_cycle(programme)
    with pytest.raises(Invalid) as refused:
        services.generate_payroll(cycle=cycle, areas=[country["North"]], amount=Money(5, "USD"), fund=make_fund(other), actor=officer)
    assert set(refused.value.errors) == {"amount", "fund"}
