"""People who may be there twice: told on every row concerned, and never dropped (ETL-09)."""

from typing import Any

from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.numbers import number_text
from coremis.kernel.exchange.models import BatchRow
from coremis.kernel.exchange.rows import RowContext, StagedRow, listed, tell_repeated
from coremis.modules.intake.persons import name_birth_of
from coremis.modules.registry.models import Document, Person

SAME_DOCUMENT = _("The same document stands in several rows: %(rows)s.")
SAME_PHONE = _("The same name and phone stand in several rows: %(rows)s.")
SAME_NAME = _("The same name, birth year and place stand in several rows: %(rows)s.")


def note_repeated_people(context: RowContext) -> None:
    """Look through the whole file: the same document, the same name with the same phone, or with birth year and place."""
    if "document_number" in context.mapped:
        note_repeated(context, "document_hash", "document_number", SAME_DOCUMENT)
    if "phone" in context.mapped:
        note_repeated(context, "phone_name", "phone", SAME_PHONE)
    if {"birth", "age"} & context.mapped:
        note_repeated(context, "name_birth", "birth", SAME_NAME)


def note_repeated(context: RowContext, mark: str, column: str, sentence: Any) -> None:
    """Tell it on every row whose ``mark`` stands in another row, too."""
    kept: Any = BatchRow.objects.filter(batch=context.batch)
    rows = kept.annotate(mark=KeyTextTransform(mark, "values")).exclude(mark=None)
    tell_repeated(rows, lambda row, same: row.warn(column, sentence, rows=listed(same)))


def note_registered_people(rows: list[StagedRow]) -> None:
    """Tell it on new people whose document, name and phone, or name, birth year and place, the register holds already: three statements."""
    new = [row for row in rows if row.good and row.target_id is None]
    hashes = {row.values["document_hash"] for row in new if "document_hash" in row.values}
    phones = {row.values["phone"] for row in new if "phone" in row.values}
    known_documents, known_phones = documents_of(hashes), phones_of(phones)
    known_names = names_of({row.values["name_birth"] for row in new if "name_birth" in row.values})
    for row in new:
        if number := known_documents.get(row.values.get("document_hash", "")):
            row.warn("document_number", _("This document belongs to %(number)s already. It may be the same person."), number=number)
        if number := known_phones.get(row.values.get("phone_name", "")):
            row.warn("phone", _("%(number)s has the same name and phone. It may be the same person."), row.values["phone"], number=number)
        if number := known_names.get(row.values.get("name_birth", "")):
            row.warn("birth", _("%(number)s has the same name, birth year and place. It may be the same person."), number=number)


def documents_of(hashes: set[str]) -> dict[str, str]:
    """The persons' numbers by document."""
    found = Document.objects.filter(number_hash__in=hashes, ended_on=None) if hashes else Document.objects.none()
    return {hashed: number_text("P", number) for hashed, number in found.values_list("number_hash", "person__number")}


def phones_of(phones: set[str]) -> dict[str, str]:
    """The persons' numbers by phone and folded name."""
    found = Person.objects.filter(phone__in=phones) if phones else Person.objects.none()
    return {f"{phone} {name}": number_text("P", number) for phone, name, number in found.values_list("phone", "search_name", "number")}


def names_of(marks: set[str]) -> dict[str, str]:
    """The persons' numbers by place, birth year and folded name."""
    if not marks:
        return {}
    places, names = {int(mark.split(" ", 1)[0]) for mark in marks}, {mark.split(" ", 2)[2] for mark in marks}
    found = Person.objects.filter(area__in=places, search_name__in=names, birth_date__isnull=False)
    rows = found.values_list("area_id", "birth_date", "search_name", "number")
    return {name_birth_of(area, f"{birth.year:04}", name): number_text("P", number) for area, birth, name, number in rows}
