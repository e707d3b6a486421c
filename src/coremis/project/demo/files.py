"""The two prepared files: families with twelve faults to correct, and what the provider of the floods sends back."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from django.conf import settings

from coremis.kernel.base.numbers import number_text
from coremis.modules.payments.models import Payroll, PayrollLine
from coremis.modules.payments.states import AWAITING_LINES
from coremis.project.demo import floods, people
from coremis.project.demo.country import settled_hills
from coremis.project.demo.money import RESULT_HEADS
from coremis.project.demo.register import csv_of

FAULTS_FILE, PROVIDER_FILE = "sanzira-twelve-faults.csv", "sanzira-floods-provider.csv"
PREPARED = (FAULTS_FILE, PROVIDER_FILE)
NEW_FAMILIES = 10
Row = dict[str, str]


def faulty(today: date) -> list[tuple[str, Callable[[list[Row]], None]]]:
    """The twelve faults, one in a household of its own or in a cell of its own: what is wrong, and what makes it so."""
    to_come = f"{today.year + 1}-01-01"
    return [
        ("a place that does not exist", lambda rows: rows[0].update(hill="99999999")),
        ("a birth date still to come", lambda rows: rows[1].update(birth_date=to_come)),
        ("a day that no calendar has", lambda rows: rows[2].update(birth_date="2011-02-30")),
        ("a sex that nobody understands", lambda rows: rows[3].update(sex="x")),
        ("a person without any name", lambda rows: rows[4].update(given_names="", surname="")),
        ("a relation to the head that nobody understands", lambda rows: rows[5].update(relationship="boss")),
        ("a number of rooms in letters", lambda rows: rows[6].update(rooms="many")),
        ("a roof that is not in the list", lambda rows: rows[7].update(roof="gold")),
        ("a yes or no that is neither", lambda rows: rows[8].update(radio="perhaps")),
        ("a recipient who is a child", lambda rows: rows[9].update(birth_date=f"{today.year - 9}-05-01")),
        (
            "a kind of document that does not exist",
            lambda rows: rows[10].update(document_kind="library_card", document_number="12345678901"),
        ),
        ("nobody knows whose phone it is", lambda rows: rows[11].update(phone="+99900000001", phone_owner="cat")),
    ]


def write(payroll: Payroll, today: date) -> None:
    """Both files, beside the data of the demo."""
    path = Path(settings.DATA_DIR)
    (path / FAULTS_FILE).write_bytes(families_with_faults(today))
    (path / PROVIDER_FILE).write_bytes(provider_file(payroll))


def families_with_faults(today: date) -> bytes:
    """Ten new families; twelve cells are wrong, each in another row."""
    rows = new_rows(today)
    spoilt = rows[:: max(1, len(rows) // 12)][:12]
    for _what, spoil in faulty(today):
        spoil(spoilt)
    return csv_of(people.COLUMNS.values(), ([row[name] for name in people.COLUMNS] for row in rows))


def corrected_families(today: date) -> bytes:
    """The same families without the faults: what somebody who corrects everything ends with."""
    return csv_of(people.COLUMNS.values(), ([row[name] for name in people.COLUMNS] for row in new_rows(today)))


def new_rows(today: date) -> list[Row]:
    """Families who came since the survey, on a hill that everybody knows."""
    used: set[tuple[str, ...]] = set()
    found = []
    for serial in range(900_001, 900_001 + NEW_FAMILIES):
        family = people.make_family(serial, settled_hills(0)[0], today, None, used)
        for place, person in enumerate(family.persons):
            row = {**person, **family.dwelling} if place == 0 else person
            found.append(
                {name: row[name].replace("SZ9000", "NEW") if name in ("household", "person") else row[name] for name in people.COLUMNS}
            )
    return found


def provider_file(payroll: Payroll) -> bytes:
    """Everybody is paid, but twelve with another amount; five are not in the file, and one line is of nobody."""
    rows = []
    lines = PayrollLine.objects.filter(payroll=payroll, state__in=AWAITING_LINES).order_by("pk").values_list("number", "amount_minor")
    for place, (number, amount) in enumerate(lines[floods.MISSING :]):
        paid = amount - 10_000 if place < floods.WRONG else amount
        rows.append((number_text(PayrollLine.number_prefix, number), "paid", paid, f"CR{number}", ""))
    rows.append(("L-99999-99", "paid", floods.AMOUNT, "CR-UNKNOWN", ""))
    return csv_of(RESULT_HEADS, rows)
