"""Reading a file of administrative units."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.refusal import Refusal
from coremis.kernel.base.text import fold
from coremis.kernel.files.reading import open_table

SHAPE = _(
    "An Excel or CSV file with the columns code, name and parent. Parent is the code of the unit above, empty just below the country."
)
HEADS = {"code": "code", "codigo": "code", "name": "name", "nom": "name", "nome": "name", "parent": "parent", "pai": "parent"}


class UnitsFile(forms.FileField):
    """A file of units; gives a list of {code, name, parent}."""

    def clean(self, data: Any, initial: Any = None) -> list[dict[str, str]] | None:
        """The rows, or the sentence that says what is wrong with the file."""
        file = super().clean(data, initial)
        if not file:
            return None
        try:
            return read_units(file)
        except Refusal as problem:
            raise forms.ValidationError(str(problem)) from problem


def read_units(file: Any) -> list[dict[str, str]]:
    """The units of a file with the columns code, name and parent (or their French or Portuguese names), in any order.

    Refuses a file without these columns, without rows, or with a row that lacks its code or name.
    """
    reader = open_table(file, file.name)
    heads = [HEADS.get(fold(str(head)), str(head)) for head in reader.headers]
    if not {"code", "name"} <= set(heads):
        raise Refusal(_("The file needs the columns code and name. It has: %(heads)s."), heads=", ".join(heads)[:200])
    found = []
    for number, cells in reader.rows():
        row = {head: _text(cell) for head, cell in zip(heads, cells, strict=False)}
        if not any(row.values()):
            continue
        if not row.get("code") or not row.get("name"):
            raise Refusal(_("Row %(number)s needs a code and a name, of at most 40 and 120 letters."), number=number)
        found.append({"code": row["code"], "name": row["name"], "parent": row.get("parent", "")})
    if not found:
        raise Refusal(_("The file has no rows below its heading. Fill it in and send it again."))
    return found


def _text(cell: Any) -> str:
    """A cell as text; a spreadsheet's whole number without its decimals."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell if cell is not None else "").strip()
