"""The page on which rows are corrected: a grid of those that need it, and one value replaced wherever it stands."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from coremis.kernel.exchange.correcting import correctable
from coremis.kernel.exchange.kinds import find_kind
from coremis.kernel.exchange.models import Batch, BatchRow
from coremis.kernel.exchange.rows import ALONE
from coremis.kernel.exchange.staging import texts_of
from coremis.kernel.screens.forms import ActionForm
from coremis.kernel.screens.screen import whole_number
from coremis.modules.intake.previews import reason_words
from coremis.modules.intake.tables import column_title, in_words, person_in

PAGE, LOOKED_AT, MOST_VALUES = 20, 20_000, 40
BAD = BatchRow.State.BAD


def problem_mark(column: str, message: str) -> str:
    """A short name of one kind of problem, for addresses."""
    return hashlib.sha256(f"{column}\x1f{message}".encode()).hexdigest()[:12]


def problem_address(column: str, message: str) -> str:
    """The end of the address of the page with the rows that have this problem."""
    return "?" + urlencode({"problem": problem_mark(column, message)})


def asked_page(request: HttpRequest, batch: Batch) -> Mapping[str, Any]:
    """Which rows the address asks for."""
    return {
        "after": whole_number(request.GET.get("after", "")) or 0, "row": whole_number(request.GET.get("row", "")) or 0,
        "problem": request.GET.get("problem", "")[:12],
    }  # fmt: skip


def after_correcting(batch: Batch) -> str:
    """On with the rows while corrections are collected; to the import when they are being checked."""
    return reverse("intake:correct_rows" if batch.needs_check else "intake:batch", args=[batch.pk])


@dataclass
class Line:
    """One row of the grid: who it is about, what is wrong, and a field for each column shown."""

    row: BatchRow
    household: str
    person: str
    reasons: list[str]
    cells: list[Any]
    corrected: bool


class CorrectRowsForm(ActionForm):
    """The rows that need correction, a page at a time; only what was changed is sent on."""

    check = forms.CharField(required=False)
    after = forms.IntegerField(required=False, widget=forms.HiddenInput)
    row = forms.IntegerField(required=False, widget=forms.HiddenInput)
    problem = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, files: Any = None, *, target: Batch, **kwargs: Any) -> None:
        super().__init__(data, files, target=target, **kwargs)
        given = data if data is not None else self.initial
        self.mark = str(given.get("problem") or "")[:12]
        self.beyond, self.one = (whole_number(str(given.get(name) or 0)) or 0 for name in ("after", "row"))
        self.titles: list[str] = []
        self.lines_shown: list[Line] = []
        self._add_rows(target)

    def _add_rows(self, batch: Batch) -> None:
        rows, self.more = self._rows(batch)
        open_codes = correctable(batch)
        wrong = {told["column"] for row in rows for told in row.problems if "warning" not in told and "held" not in told}
        kind = find_kind(batch.import_kind)
        hidden = set() if self.actor.has_perm(kind.file_permission) else {code for code, one in kind.all_columns().items() if one.masked}
        codes = [code for code in open_codes if (self.one or code in wrong) and code not in hidden]
        self.titles = [column_title(batch, code) for code in codes]
        texts = texts_of(batch, [row.number for row in rows])
        for row in rows:
            self._add_line(batch, row, codes, texts.get(row.number, {}))
        self.last = rows[-1].number if rows else 0

    def _rows(self, batch: Batch) -> tuple[list[BatchRow], bool]:
        """The rows of this page, and whether others follow."""
        kept = BatchRow.objects.filter(batch=batch).order_by("number")
        if self.one:
            return list(kept.filter(number=self.one)), False
        kept = kept.filter(state=BAD, number__gt=self.beyond)
        found: list[BatchRow] = []
        for row in kept.iterator(chunk_size=500):
            own = [told for told in row.problems if "warning" not in told and "held" not in told]
            if any(not self.mark or problem_mark(told["column"], told["message"]) == self.mark for told in own):
                found.append(row)
            if len(found) > PAGE:
                return found[:PAGE], True
        return found, False

    def _add_line(self, batch: Batch, row: BatchRow, codes: list[str], texts: dict[str, str]) -> None:
        told = [
            {**problem, "text": text["text"]}
            for problem, text in zip(row.problems, row.problem_texts, strict=True)
            if "warning" not in problem
        ]
        wrong = {problem["column"] for problem in told}
        cells = []
        for place, code in enumerate(codes):
            name = f"cell_{row.number}_{place}"
            attrs = {"aria-label": f"{self.titles[place]}, {row.number}", "autocomplete": "off"}
            if code in wrong:
                attrs["aria-invalid"] = "true"
            self.fields[name] = forms.CharField(
                label=self.titles[place], required=False, max_length=400, initial=texts.get(code, ""), widget=forms.TextInput(attrs=attrs)
            )
            cells.append((self[name], code in wrong, code))
        household = "" if row.group_key.startswith(ALONE) else row.group_key
        reasons = [in_words(batch, problem) for problem in told]
        corrected = str(row.number) in batch.corrections
        self.lines_shown.append(Line(row, household, person_in(row), reasons, cells, corrected))

    def clean(self) -> dict[str, Any]:
        """``corrections`` as the action takes them: only texts that differ from what the row says now."""
        cleaned: dict[str, Any] = super().clean() or {}
        changed: dict[str, dict[str, str]] = {}
        for line in self.lines_shown:
            for field, _wrong, code in line.cells:
                text = cleaned.get(field.name, "")
                if text != (field.initial or ""):
                    changed.setdefault(str(line.row.number), {})[code] = text
        cleaned["corrections"], cleaned["check"] = changed, cleaned.get("check") != "later"
        return cleaned

    def next_page(self) -> str:
        """The address of the rows that follow."""
        asked = {"after": str(self.last), **({"problem": self.mark} if self.mark else {})}
        return "?" + urlencode(asked) if self.more else ""

    def problems(self) -> list[tuple[str, str, bool]]:
        """(address, words, chosen) of the kinds of problems, to filter by."""
        from_batch = [(column, message, number) for column, message, number in self.target.problem_counts]
        return [
            (
                problem_address(column, message),
                f"{reason_words(self.target, column, message)} ({number})",
                problem_mark(column, message) == self.mark,
            )
            for column, message, number in from_batch
        ]


class ReplaceTextForm(ActionForm):
    """One wrong value of one column, and what stands for it in all rows."""

    column = forms.ChoiceField(label=_("Column"))
    before = forms.CharField(label=_("Value in the file"), max_length=400, help_text=_("Exactly as it stands there."))
    after = forms.CharField(label=_("Replace by"), max_length=400, required=False, help_text=_("Leave it empty to take the value away."))
    later = forms.BooleanField(label=_("Do not check again yet: there is more to correct"), required=False)

    def __init__(self, data: Any = None, files: Any = None, *, target: Batch, **kwargs: Any) -> None:
        super().__init__(data, files, target=target, **kwargs)
        columns = find_kind(target.import_kind).all_columns()
        self.fields["column"].choices = [(code, column_title(target, code) or columns[code].title) for code in correctable(target)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """``check`` says whether the rows are checked at once."""
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["check"] = not cleaned.get("later")
        return cleaned

    def wrong_values(self) -> list[tuple[str, str, int, str]]:
        """(column, value, rows, address) of the values that are wrong most often."""
        open_codes, found = set(correctable(self.target)), Counter[tuple[str, str]]()
        rows = BatchRow.objects.filter(batch=self.target, state=BAD).order_by("number").values_list("problems", flat=True)[:LOOKED_AT]
        for problems in rows.iterator():
            said = {
                (told["column"], told["value"])
                for told in problems
                if told["column"] in open_codes and told["value"] and "warning" not in told
            }
            found.update(said)
        return [
            (column_title(self.target, code), value, number, "?" + urlencode({"column": code, "before": value}))
            for (code, value), number in found.most_common(MOST_VALUES)
        ]


def asked_text(request: HttpRequest, batch: Batch) -> Mapping[str, Any]:
    """The column and the value that the address names."""
    return {name: request.GET[name][:400] for name in ("column", "before") if name in request.GET}
