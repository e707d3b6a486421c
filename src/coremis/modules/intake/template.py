"""An empty table to fill in, made from the columns as they are now (ETL-22)."""

import io
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from coremis.kernel.base.text import label
from coremis.kernel.exchange.kinds import CHOICE, ImportColumn
from coremis.kernel.exchange.services import create_batch
from coremis.kernel.files.writing import Sheet, SheetColumn, write_xlsx
from coremis.kernel.screens.screen import Screen
from coremis.modules.intake.imports import PERSONS

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def template() -> bytes:
    """A workbook: the titles of all columns, and a second sheet that says what each may hold. In the active language."""
    columns = list(PERSONS.all_columns().values())
    told = [SheetColumn(_("Column"), width=36), SheetColumn(_("Required"), width=10), SheetColumn(_("What it may hold"), width=90)]
    rows = [[str(column.title), _("yes") if column.required else "", help_of(column)] for column in columns]
    content = io.BytesIO()
    titles = [SheetColumn(str(column.title), width=18) for column in columns]
    write_xlsx(content, [Sheet(_("Persons"), titles, []), Sheet(_("Columns"), told, rows)])
    return content.getvalue()


def help_of(column: ImportColumn) -> str:
    """What a column may hold: its help, and its choices in words."""
    words = [str(column.help)] if column.help else []
    if column.kind == CHOICE and column.choices:
        language = get_language() or "en"
        words.append(", ".join(label(said, language) if isinstance(said, dict) else str(said) for said in column.choices.values()))
    return " ".join(words)


class TemplateScreen(Screen):
    """The workbook, for whoever may send a file."""

    methods = ("GET", "HEAD")

    def respond(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Made anew each time: the data dictionary may have changed."""
        response = HttpResponse(template(), content_type=XLSX)
        response["Content-Disposition"] = 'attachment; filename="persons.xlsx"'
        return response


template_page = TemplateScreen(permission=create_batch.name, title="")
