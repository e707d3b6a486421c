"""The two prepared files: families with twelve faults to correct, and what the provider of the floods sends back."""

from datetime import date
from pathlib import Path

from django.conf import settings

from coremis.kernel.areas.models import Area
from coremis.kernel.base.numbers import number_text, with_check
from coremis.kernel.exchange.applying import submit_batch
from coremis.modules.intake.imports import PERSONS
from coremis.modules.payments.models import Payroll, PayrollLine
from coremis.modules.payments.states import AWAITING_LINES
from coremis.project.demo import floods, people
from coremis.project.demo.clock import days_ago
from coremis.project.demo.country import SETTLED, settled_hills
from coremis.project.demo.money import RESULT_HEADS
from coremis.project.demo.prepared import FAULTS_FILE, PROVIDER_FILE
from coremis.project.demo.register import csv_of, send, whole_country
from coremis.project.demo.seats import seat

UNKNOWN = 76_543  # a payment that nobody made
FIRST_NEW, LATER_NEW = 900_001, 910_001  # serial, so that nobody of the survey is taken for one of the new
Row = dict[str, str]
# Twelve new families with one fault each: the last member's where there are several, else the head's own, who lives alone.
OF_MEMBERS: tuple[tuple[str, Row], ...] = (
    ("a place that does not exist", {"hill": "99999999"}),
    ("a birth date still to come", {"birth_date": "TO COME"}),
    ("a day that no calendar has", {"birth_date": "2011-02-30"}),
    ("a sex that nobody understands", {"sex": "x"}),
    ("a person without any name", {"given_names": ""}),
    ("a relation to the head that nobody understands", {"relationship": "boss"}),
    ("a kind of document that does not exist", {"document_kind": "library card"}),
    ("nobody knows whose phone it is", {"phone": "+99900000001", "phone_owner": "the cat"}),
    ("a word for who collects that nobody understands", {"recipient": "maybe"}),
)
NAMELESS = 4  # the family of the fifth fault
OF_DWELLINGS: tuple[tuple[str, Row], ...] = (
    ("a number of rooms in letters", {"rooms": "many"}),
    ("a roof that is not in the list", {"roof": "gold"}),
    ("a yes or no that is neither", {"radio": "perhaps"}),
)


def write(payroll: Payroll, today: date) -> None:
    """Both files, beside the data of the demo."""
    path = Path(settings.DATA_DIR)
    (path / FAULTS_FILE).write_bytes(families_with_faults(today))
    (path / PROVIDER_FILE).write_bytes(provider_file(payroll))


def families_with_faults(today: date) -> bytes:
    """The new families; one cell or two of each are wrong, in one row."""
    faults = [fault for _what, fault in (*OF_MEMBERS, *OF_DWELLINGS)]
    found = []
    for family, fault in zip(new_families(today), faults, strict=True):
        rows = rows_of(family)
        rows[-1] |= {name: f"{today.year + 1}-01-01" if value == "TO COME" else value for name, value in fault.items()}
        found += rows
    return table(found)


def corrected_families(today: date) -> bytes:
    """The same families without the faults: what somebody who corrects everything ends with."""
    return table([row for family in new_families(today) for row in rows_of(family)])


def new_families(today: date) -> list[people.Family]:
    """Families who came since the survey, on a hill that everybody knows: nine of three and more with a child, three who live alone."""
    used: set[tuple[str, ...]] = set()
    large, alone = list[people.Family](), list[people.Family]()
    serial = FIRST_NEW
    while len(large) < len(OF_MEMBERS) or len(alone) < len(OF_DWELLINGS):
        family = people.make_family(serial, settled_hills(0)[0], today, None, used)
        serial += 1
        if len(family.persons) == 1:
            alone.append(family)
        elif len(family.persons) > 2 and family.persons[-1]["birth_date"][:4] > str(today.year - 16):
            large.append(family)
    large[NAMELESS].persons[-1]["surname"] = ""  # one name, as many people have: without it nothing is left
    return [*large[: len(OF_MEMBERS)], *alone[: len(OF_DWELLINGS)]]


def rows_of(family: people.Family, prefix: str = "NEW") -> list[Row]:
    """The rows of one family as the survey writes them, under keys of their own."""
    rows = [{**person, **family.dwelling} if place == 0 else dict(person) for place, person in enumerate(family.persons)]
    for row in rows:
        row |= {name: row[name].replace("SZ9", prefix) for name in ("household", "person")}
    return rows


def table(rows: list[Row]) -> bytes:
    """With the heads of the survey."""
    return csv_of(people.COLUMNS.values(), ([row[name] for name in people.COLUMNS] for row in rows))


def send_newcomers() -> None:
    """Two imports under way: one with rows to correct, from the commune; one that waits for the manager."""
    commune = Area.objects.get(code=SETTLED[0])
    with days_ago(3) as day:
        rows = [row for family in newcomers(LATER_NEW, 6, day) for row in rows_of(family, "TAV")]
        rows[-1] |= {"sex": "?"}
        rows[4] |= {"birth_date": "31/06/1990"}
        send(table(rows), "tavuna-newcomers.csv", PERSONS.name, commune, seat("commune"))
    with days_ago(1) as day:
        rows = [row for family in newcomers(LATER_NEW + 500, 9, day) for row in rows_of(family, "KES")]
        batch = send(table(rows), "keshari-newcomers.csv", PERSONS.name, whole_country(), seat("data"))
        submit_batch(batch, actor=seat("data"))


def newcomers(serial: int, count: int, today: date) -> list[people.Family]:
    """Some families on the first hill, each under a serial of its own."""
    used: set[tuple[str, ...]] = set()
    return [people.make_family(serial + place, settled_hills(0)[0], today, None, used) for place in range(count)]


def provider_file(payroll: Payroll) -> bytes:
    """Everybody is paid, but twelve with another amount; five are not in the file, and one line is of nobody."""
    rows = []
    lines = PayrollLine.objects.filter(payroll=payroll, state__in=AWAITING_LINES).order_by("pk").values_list("number", "amount_minor")
    for place, (number, amount) in enumerate(lines[floods.MISSING :]):
        paid = amount - 10_000 if place < floods.WRONG else amount
        rows.append((number_text(PayrollLine.number_prefix, number), "paid", paid, f"CR{number}", ""))
    rows.append((number_text(PayrollLine.number_prefix, with_check(UNKNOWN)), "paid", floods.AMOUNT, "CR-UNKNOWN", ""))
    return csv_of(RESULT_HEADS, rows)
