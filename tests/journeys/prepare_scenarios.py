"""Makes the installation on which the acceptance scenarios are shown, up to where each of them begins; each has places of its own.

Run in a process of its own: ``python -m tests.journeys.prepare_scenarios``. What people do before a scenario is done by actions.
"""

from datetime import date
from typing import Any

from tests.journeys.prepare import begin

HILL, RATED = "01010101", 30  # scenario 2: a village, and how many households live in it
PERSON_HILL, BOTH = "01020101", ("School meals", "Trades for the young")  # scenario 3
DISTRICT, PHONE, PAYEES = "0102", "+99955500777", (("01020102", 2, ""), ("01020103", 3, "shared"), ("01020201", 5, "shared"), ("02010201", 4, ""))  # fmt: skip
IMPORTED = "02010101"  # scenario 1
OWN, ELSEWHERE, MANY = ("01010201", "Alinenord"), ("02010202", "Berthesud"), 5_001  # scenario 10


def main() -> None:
    """The country and its people; then what each scenario starts from."""
    begin("en")
    from coremis.kernel.access.models import User

    User.objects.filter(username="commune").update(language="fr")
    village_of_thirty()
    two_programmes()
    quarter()
    two_districts()


def place(code: str) -> Any:
    """A place by its code."""
    from coremis.kernel.areas.models import Area

    return Area.objects.get(code=code)


def programme(code: str, name: str, unit: str = "household", **fields: Any) -> Any:
    """A programme of the manager."""
    from coremis.modules.programmes.models import Programme
    from coremis.modules.programmes.services import create_programme
    from coremis.project.demo.seats import seat

    return create_programme(
        code=code, names={"en": name}, unit=Programme.Unit(unit), currency="SZF", starts_on=date(2025, 1, 1), actor=seat("manager"), **fields
    )  # fmt: skip


def village_of_thirty() -> None:
    """Scenario 2: thirty assessed households of one village with a payment point, the published score, a programme with twelve places."""
    from coremis.modules.points.tests.sample import make_point
    from coremis.modules.registry.tests.factories import make_household
    from coremis.project.demo import dwellings, formula

    village = place(HILL)
    for number in range(RATED):  # one a little better off than the one before
        said = {**dwellings.POOREST, "land": str(2 + number)}
        answers = {question.code: formula.value_of(question, said[question.code]) for question in dwellings.QUESTIONS}
        make_household(village, head={"given_names": f"Rang{number + 1:02d}"}, data=answers)
    make_point(village.parent, "Market", village)
    formula.publish()
    programme("thirty", "Village grant", max_beneficiaries=12)


def two_programmes() -> None:
    """Scenario 3: one person, active in one programme and graduated in another."""
    from coremis.modules.programmes.models import Enrolment, Reason, Status
    from coremis.modules.programmes.services import change_status, enrol_one
    from coremis.modules.registry.tests.factories import make_person
    from coremis.project.demo.seats import agreed, seat

    person, asks, agrees = make_person(place(PERSON_HILL), "Ada", surname="Deuxprog"), seat("manager"), seat("approver")
    for name in BOTH:
        asked = {"programme": programme(name.split()[0].lower(), name, "person"), "person": person}
        agreed(enrol_one, {**asked, "status": Status.ACTIVE, "reason": Reason.SELECTED}, asks, agrees)
    there = Enrolment.objects.get(person=person, programme=asked["programme"])
    agreed(change_status, {"enrolment": there, "status": Status.GRADUATED, "reason": Reason.CRITERIA_MET}, asks, agrees)


def quarter() -> None:
    """Scenario 4: a rule of three parts, money, and payees in one district and in another; every payroll needs two levels."""
    from coremis.kernel.access.models import Profile
    from coremis.kernel.testing.cast import make_route
    from coremis.modules.benefits.tests.sample import make_rule, part
    from coremis.modules.payments.services import approve_payroll
    from coremis.modules.payments.tests.sample import enrol, make_fund
    from coremis.modules.registry.tests.factories import make_household

    levels = [Profile.objects.get(code=code) for code in ("verifier", "approver")]
    make_route(approve_payroll.name, place(DISTRICT), *levels)
    quarterly = programme("quarter", "Quarterly grant")
    child = part("child", "MEMBER", member="age < 18", amount=20)
    make_rule(quarterly, part("base", amount=100), child, part("rebate", "REBATE", amount=15))
    make_fund(quarterly)
    for code, size, shared in PAYEES:
        enrol(quarterly, make_household(place(code), size=size, phone=PHONE if shared else ""))


def two_districts() -> None:
    """Scenario 10: a person with a photo and a payment in each of two districts, and more households in one than a list writes at once."""
    from coremis.kernel.areas.queries import country
    from coremis.modules.payments.tests.sample import calculated, enrol
    from coremis.modules.programmes.tests.sample import many_households
    from coremis.modules.registry.tests.factories import make_household, make_photo
    from coremis.project.demo.seats import seat

    grant = programme("transport", "Transport grant")
    for code, name in (OWN, ELSEWHERE):
        household = make_household(place(code), head={"given_names": name, "surname": "Lieu"}, size=2)
        enrol(grant, household)
        make_photo(household.memberships.get(relationship="head").person)
    calculated(grant, [country()], seat("payments"))
    many_households(place("01010202"), MANY)


if __name__ == "__main__":
    main()
