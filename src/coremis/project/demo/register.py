"""The country and its register: the first-run assistant, the seats, the data dictionary, and the files of families."""

import csv
import io
from collections.abc import Iterable
from datetime import date
from typing import Any

from coremis.kernel.access.models import User
from coremis.kernel.areas.models import Area
from coremis.kernel.areas.queries import country
from coremis.kernel.exchange.applying import submit_batch
from coremis.kernel.exchange.checking import check_batch
from coremis.kernel.exchange.models import Batch
from coremis.kernel.exchange.services import send_file
from coremis.modules.administration.services import first_run
from coremis.modules.intake.imports import PERSONS
from coremis.modules.registry.models import VariableDefinition
from coremis.modules.registry.services import define_variable
from coremis.project.demo import dwellings, functioning, people
from coremis.project.demo.country import CODE, CURRENCY, LEVELS, NAME, SETTLED, units
from coremis.project.demo.seats import ADMINISTRATORS, PASSWORD, decide, make_seats, seat, work_off


def set_up() -> None:
    """The first-run assistant, the seats, and the questions of the survey in the data dictionary."""
    inputs = {
        "name": NAME, "code": CODE, "levels": LEVELS, "units": list(units()),
        "settings": {
            "country.name": NAME, "country.languages": ["en", "fr", "pt"],
            "country.currency": CURRENCY, "country.decimals": 0,
        },
    }  # fmt: skip
    first_run(
        country_inputs=inputs,
        administrators=[{"username": name, "name": text, "password": PASSWORD} for name, text in ADMINISTRATORS.items()],
    )
    make_seats(whole_country(), Area.objects.get(code=SETTLED[0]))
    for position, question in enumerate((*dwellings.QUESTIONS, dwellings.FLOOD)):
        define_variable(
            subject=VariableDefinition.Subject.DWELLING, kind=VariableDefinition.Kind(question.kind), position=position,
            actor=seat("data"), **dwellings.variable(question),
        )  # fmt: skip
    for position, asked in enumerate(functioning.VARIABLES):
        about: dict[str, Any] = {**asked, "kind": VariableDefinition.Kind(str(asked["kind"]))}
        define_variable(subject=VariableDefinition.Subject.PERSON, position=position, actor=seat("data"), **about)


def whole_country() -> Area:
    """The root of the tree."""
    root = country()
    assert root is not None
    return root


def import_households(households: int, today: date) -> Batch:
    """The survey of all families, sent by the data officer and taken in after the manager agrees."""
    content = csv_of(people.COLUMNS.values(), survey(households, today))
    return bring(content, "sanzira-households.csv", PERSONS.name)


def survey(households: int, today: date) -> Iterable[list[str]]:
    """One row for each person; what belongs to the dwelling stands in the head's row alone, as in a form with a roster."""
    for family in people.families(households, today):
        for place, person in enumerate(family.persons):
            row = {**person, **family.dwelling} if place == 0 else person
            yield [row[name] for name in people.COLUMNS]


def bring(content: bytes, name: str, kind: str) -> Batch:
    """Send a file, let it be checked, agree to it, and let it be taken in."""
    batch = send(content, name, kind, whole_country(), seat("data"))
    decide(submit_batch(batch, actor=seat("data")), seat("manager"))
    work_off()
    return batch


def send(content: bytes, name: str, kind: str, area: Area, sender: User) -> Batch:
    """Send a file and let it be checked."""
    batch = send_file(io.BytesIO(content), name, kind=kind, area=area, actor=sender)
    check_batch(batch=batch, mapping=batch.mapping, options=batch.options, actor=sender)
    work_off()
    return Batch.objects.get(pk=batch.pk)


def csv_of(heads: Iterable[str], rows: Iterable[Iterable[Any]]) -> bytes:
    """A table as a spreadsheet would save it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(heads)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")
