"""The rows of a results file that were not applied: the file's own columns with the problem beside, to correct and send again."""

import io
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.files.models import Attachment
from coremis.kernel.files.reading import open_table
from coremis.kernel.files.storage import path_of, store
from coremis.kernel.files.writing import Sheet, SheetColumn, write_xlsx
from coremis.modules.payments.models import ResultFile, ResultRow
from coremis.modules.payments.states import RowProblem


@action(gettext_lazy("Take the rows home that were not applied"))
def take_rejected_rows(*, file: ResultFile, actor: Actor) -> Attachment:
    """A workbook of every row with a problem; the corrected rows can be brought again."""
    problems = dict(ResultRow.objects.filter(file=file).exclude(problem="").values_list("position", "problem"))
    if not problems:
        raise Refusal(gettext_lazy("Every row of this file could be applied."))
    columns = [*(SheetColumn(title) for title in file.headers), SheetColumn(_("Problem"), width=40)]
    content = io.BytesIO()
    write_xlsx(content, [Sheet(_("Rows to correct"), columns, _rejected(file, problems))])
    return store(content, f"{file.payroll.number_text}-rows-to-correct.xlsx", user=actor, permission=take_rejected_rows.name)


def _rejected(file: ResultFile, problems: dict[int, str]) -> Iterator[list[Any]]:
    table = open_table(path_of(file.sha256))
    for position, cells in table.rows():
        if position in problems:
            yield [*("" if cell is None else str(cell) for cell in cells[: len(file.headers)]), str(RowProblem(problems[position]).label)]
