"""One row at a time: what it says about a person, put as the register holds it; what cannot be true is told."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.encryption import encrypt, keyed_hash
from coremis.kernel.base.dates import parse_partial_date
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.base.text import fold
from coremis.kernel.exchange.kinds import DATE, DECIMAL
from coremis.kernel.exchange.rows import RowContext, StagedRow
from coremis.modules.intake.choices import choices_of
from coremis.modules.intake.columns import HOUSEHOLD, PERSON
from coremis.modules.registry.models import Relationship
from coremis.modules.registry.services.checks import NOT_APPLICABLE, check_birth, clean_name, clean_phone, clean_text

OLDEST = 125
LARGEST = 10**12
NAMES = ("given_names", "surname", "full_name")
# What programs and people write where they have no name; somebody may be called so, therefore they are only told.
NO_NAMES = frozenset({
    "null", "nil", "none", "nan", "n/a", "#n/a", "#name?", "#ref!", "#value!", "undefined", "unknown", "inconnu", "inconnue",
    "desconhecido", "desconhecida",
})  # fmt: skip
TEXTS = ("address", "collects_reason", "consent_text", "enumerator")


def check_persons(rows: list[StagedRow], context: RowContext) -> None:
    """Put every row of a chunk as the register holds it. No statement is sent: what the register knows is asked later."""
    reader = PersonReader(context)
    for row in rows:
        reader.read(row)


class PersonReader:
    """Reads the rows of one import; ``values`` afterwards holds no blanks, and a document encrypted."""

    def __init__(self, context: RowContext) -> None:
        self._today = timezone.localdate()
        self._choices = choices_of(context.batch)
        mapped = [column for code, column in context.columns.items() if code in context.mapped]
        self._numbers = [column.code for column in mapped if column.kind == DECIMAL]
        facts = [column for column in mapped if column.code.startswith((PERSON, HOUSEHOLD)) and column.kind not in (DECIMAL, DATE)]
        self._texts = [*TEXTS, *(column.code for column in facts if column.kind == "text")]

    def read(self, row: StagedRow) -> None:
        """All of one row."""
        row.values = {code: value for code, value in row.values.items() if value is not None}
        for code in NAMES:
            self._clean(row, code, clean_name)
            if row.values.get(code, "").casefold() in NO_NAMES:
                row.warn(code, _("This may stand for a missing name. Correct it, or leave it if somebody is called so."), row.values[code])
        self._names(row.values)
        self._birth(row)
        self._relationship(row)
        self._clean(row, "phone", clean_phone)
        if "phone" in row.values:
            row.values["phone_name"] = f"{row.values['phone']} {folded_name(row)}"
        if {"birth", "area"} <= set(row.values):
            row.values["name_birth"] = name_birth_of(row.values["area"], row.values["birth"], folded_name(row))
        self._document(row)
        for code in self._texts:
            self._clean(row, code, clean_text)
        for code in self._numbers:
            self._clean(row, code, whole_or_decimal)

    def _clean(self, row: StagedRow, code: str, clean: Callable[[Any], Any]) -> None:
        value = row.values.get(code)
        if value is None or value == NOT_APPLICABLE:
            return
        try:
            row.values[code] = clean(value)
        except Refusal as refusal:
            row.problem(code, refusal.sentence, value, **refusal.params)
            del row.values[code]

    def _names(self, values: dict[str, Any]) -> None:
        """A full name is not taken apart: it stands as given names, and nothing is invented (ETL-12, ETL-13)."""
        full = values.pop("full_name", None)
        if full and "given_names" not in values and "surname" not in values:
            values["given_names"], values["whole_name"] = full, True

    def _birth(self, row: StagedRow) -> None:
        values = row.values
        age = values.pop("age", None)
        if birth := values.get("birth"):
            if int(birth[:4]) < self._today.year - OLDEST:
                self._clean(row, "birth", lambda text: str(check_birth(parse_partial_date(text), self._today)))
        elif age is not None and not 0 <= age <= OLDEST:
            row.problem("age", _("“%(value)s” is no age in years."), age, value=age)
        elif age is not None:
            values["birth"], values["by_age"] = str(self._choices.ages_on.year - age), True

    def _relationship(self, row: StagedRow) -> None:
        values = row.values
        is_head, relationship = values.pop("is_head", None), values.get("relationship")
        if is_head and relationship in (None, Relationship.HEAD):
            values["relationship"] = Relationship.HEAD.value
        elif is_head is not None and is_head != (relationship == Relationship.HEAD) and relationship is not None:
            row.problem("relationship", _("Two columns disagree on who is the head of household."), relationship)

    def _document(self, row: StagedRow) -> None:
        """The number is encrypted before the row is kept, and never enters what is told about the row."""
        for told in row.problems:
            if told["column"] == "document_number":
                told["value"] = masked(told["value"])
        kind, number = row.values.pop("document_kind", ""), row.values.pop("document_number", None)
        if number is None:
            return
        kind = kind or self._choices.document_kind
        if len(number) > 40 or sum(sign.isalnum() for sign in number) < 3:
            row.problem("document_number", _("A document number has 3 to 40 letters or digits."), masked(number))
        elif not kind:
            row.problem("document_kind", _("The kind of document is missing. Bring a column for it, or choose one for the whole file."))
        else:
            row.values["document"] = {"kind": kind, "token": encrypt(clean_text(number, 40))}
            row.values["document_hash"] = keyed_hash(number)


def name_birth_of(area_id: int, birth: str, name: str) -> str:
    """What people of the same name, birth year and place have in common."""
    return f"{area_id} {birth[:4]} {name}"


def masked(number: str) -> str:
    """The end of a document number, enough to find it in the file."""
    return "•••" + number[-2:]


def whole_or_decimal(text: str) -> int | float:
    """A number as variables are stored: six decimals at most."""
    whole, _point, decimals = text.partition(".")
    if len(decimals) > 6 or abs(number := float(text)) > LARGEST:
        raise Refusal(_("“%(value)s” is too large a number, or has more than six decimals."), value=text[:40])
    return int(number) if not decimals.strip("0") else number


def full_name(values: dict[str, Any]) -> str:
    """Given names and surname as the file gives them."""
    return f"{values.get('given_names', '')} {values.get('surname', '')}".strip()


def folded_name(row: StagedRow) -> str:
    """The name for comparisons."""
    return fold(full_name(row.values))
