"""The forms on which a file is sent, and its columns are matched."""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.refusal import Refusal
from coremis.kernel.base.text import fold
from coremis.kernel.exchange.kinds import AREA, CHOICE, DATE, PARTIAL_DATE, YES_NO, ImportColumn, ImportKind, find_kind, import_kinds
from coremis.kernel.exchange.mapping import guess_mapping
from coremis.kernel.exchange.models import Batch, BatchRow, SavedMapping
from coremis.kernel.exchange.recognising import sample_of
from coremis.kernel.exchange.saved import fitted_mapping, proposed_mappings
from coremis.kernel.exchange.staging import table_of
from coremis.kernel.exchange.values import cleaner_for, shown
from coremis.kernel.files.reading import TITLES_WITHIN
from coremis.kernel.screens.forms import ActionForm, AreaField, DateInput
from coremis.kernel.screens.screen import whole_number
from coremis.modules.intake.choices import ACCEPT, FILE, HEAD, LOCAL, REJECT, choices_of, list_name
from coremis.modules.intake.imports import KINDS
from coremis.modules.intake.lists import known_list
from coremis.modules.intake.recognition import Note, chosen_reading, first_rows, notes_of, reading_kept, readings_of, recognise_sample
from coremis.modules.registry.models import DocumentKind

READING = ("sheet", "encoding", "separator", "header_row")
SEPARATORS = [(";", _("semicolon ;")), (",", _("comma ,")), ("\t", _("tab")), ("|", _("bar |"))]
ENCODINGS = [("utf-8-sig", "UTF-8"), ("cp1252", "Windows-1252"), ("utf-16", "UTF-16")]
USE_SAVED = "exchange.check_batch"
EXAMPLES, SAMPLE, MOST_WORDS = 3, 300, 40
UNCERTAIN = ("h", "m")  # a file with H may mean a woman by M


def kinds_for(user: Any) -> list[ImportKind]:
    """What this person may bring here, people first; kinds with pages of their own are sent from there."""
    others = sorted((kind for kind in import_kinds().values() if kind not in KINDS and not kind.page), key=lambda kind: str(kind.title))
    return [kind for kind in (*KINDS, *others) if user.has_perm(kind.permission)]


class SendFileForm(ActionForm):
    """What the file brings, the file, and the place it is brought for."""

    kind = forms.ChoiceField(
        label=_("What the file brings"), required=False,
        help_text=_("Changes concern people who are in the register: only the columns of the file are touched, and nobody is created."),
    )  # fmt: skip
    file = forms.FileField(
        label=_("File"), help_text=_("A table as .xlsx or CSV. Persons: one row each, with a key that tells the household."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
    )  # fmt: skip
    area = AreaField(label=_("Place"), help_text=_("All households of the file must lie in this place."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["kind"]
        field.choices = [(kind.name, kind.title) for kind in kinds_for(self.actor)]


class MatchColumnsForm(ActionForm):
    """What each column of the file brings, how the file is written, and what to do where it is not clear."""

    day_first = forms.TypedChoiceField(
        label=_("Dates such as 03/05/1980"),
        coerce=lambda text: text == "yes",
        choices=[("yes", _("3 May: day first")), ("no", _("5 March: month first"))],
    )
    decimal_comma = forms.TypedChoiceField(
        label=_("Decimal sign"), coerce=lambda text: text == "yes", choices=[("no", _("point: 2.5")), ("yes", _("comma: 2,5"))]
    )
    ages_on = forms.DateField(
        label=_("Ages were asked on"), widget=DateInput(), help_text=_("Used where the file gives ages and no birth dates.")
    )
    source = forms.SlugField(
        label=_("Name of the list"),
        max_length=40,
        help_text=_("Keys are compared within one list. Use the same name whenever this list comes again."),
    )
    without_head = forms.ChoiceField(
        label=_("Households without a head"), choices=[(REJECT, _("Reject them")), (ACCEPT, _("Take them in, with a warning"))]
    )
    disagreement = forms.ChoiceField(
        label=_("Members say different things about the household"),
        choices=[(REJECT, _("Reject the household")), (HEAD, _("Believe the head’s row"))],
    )
    conflicts = forms.ChoiceField(
        label=_("Somebody corrected the register since the last import"),
        choices=[(LOCAL, _("Keep the correction")), (FILE, _("Take the file’s value"))],
    )
    document_kind = forms.ChoiceField(
        label=_("Kind of document, where the file says none"), choices=[("", "–"), *DocumentKind.choices], required=False
    )

    clear_word = forms.CharField(
        label=_("Word that clears a value"), max_length=20, initial=_("[clear]"),
        help_text=_("A blank cell changes nothing. A cell with exactly this word takes the value away."),
    )  # fmt: skip
    save_as = forms.CharField(
        label=_("Save this mapping as"), max_length=80, required=False,
        help_text=_("It is proposed when a file with the same titles comes again."),
    )  # fmt: skip
    shared = forms.BooleanField(label=_("Share it with everybody who brings such files"), required=False)
    saved_mapping = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, files: Any = None, *, target: Batch, **kwargs: Any) -> None:
        self.reading_problem = ""
        self.batch = self._read_again(target, data) if data else with_saved(target, (kwargs.get("initial") or {}).get("saved"))
        self.kind = find_kind(target.import_kind)
        self.columns = self.kind.all_columns()
        self.chosen = ("source", "conflicts", "clear_word") if self.kind.clears else CHOSEN
        if self.batch is not target and data:
            data = {**data.dict(), **{name: value for name, value in self._guessed().items() if name not in data}}
        super().__init__(data, files, target=target, **kwargs)
        for name in {*CHOSEN, "clear_word"} - set(self.chosen):
            del self.fields[name]
        self._add_reading()
        self._add_columns()
        self._add_words()
        for name, value in self._stored().items():
            if name in self.fields:
                self.fields[name].initial = value

    def _read_again(self, target: Batch, data: Any) -> Batch:
        try:
            return read_again(target, data)
        except Refusal as problem:
            self.reading_problem = str(problem)
            return target

    def _guessed(self) -> dict[str, str]:
        return {field_of(title): code for code, titles in self.batch.mapping.items() for title in titles}

    @cached_property
    def known_list(self) -> str:
        """The list of the register that this file brings again, whatever it is called now."""
        return "" if self.kind.clears else known_list(self.batch, self.cells[:SAMPLE])

    @property
    def _comes_again(self) -> bool:
        return bool(self.known_list) and not self.batch.options.get("source")

    def _stored(self) -> dict[str, Any]:
        options, choices = self.batch.options, choices_of(self.batch)
        yes_no = {name: "yes" if options.get(name) else "no" for name in ("day_first", "decimal_comma")}
        if self.recognised.unclear_dates and self.target.state == Batch.State.NEW and not self.batch.saved_mapping_id:
            yes_no["day_first"] = ""
        kept = {"clear_word": options.get("clear_word") or _("[clear]"), "saved_mapping": self.batch.saved_mapping_id}
        told = {name: getattr(choices, name) for name in CHOSEN}
        if not options.get("source"):
            told["source"] = self.known_list or list_name(self.target.name)
        return {**yes_no, **kept, **told, **self._guessed()}

    def _add_reading(self) -> None:
        """How the file is read; the table is opened once for its sheets and the sample."""
        options = self.batch.options
        table = table_of(self.batch)
        self.cells = sample_of(table)
        self.recognised = recognise_sample(self.batch, self.cells)
        if self.recognised.unclear_dates:
            ways = [("", _("– choose –")), *self.base_fields["day_first"].choices]  # type: ignore[attr-defined]
            self.fields["day_first"].choices = ways  # type: ignore[attr-defined]
        if len(table.sheets) > 1:
            self.fields["sheet"] = forms.ChoiceField(label=_("Sheet"), choices=[(name, name) for name in table.sheets], initial=table.sheet)
        if table.separator:
            known = ENCODINGS if options.get("encoding") in dict(ENCODINGS) else [(options["encoding"], options["encoding"]), *ENCODINGS]
            self.fields["encoding"] = forms.ChoiceField(label=_("Signs of the file"), choices=known, initial=options.get("encoding"))
            self.fields["separator"] = forms.ChoiceField(
                label=_("Columns are separated by"), choices=SEPARATORS, initial=options.get("separator")
            )
        self.fields["header_row"] = forms.IntegerField(
            label=_("The titles stand in row"), min_value=1, max_value=TITLES_WITHIN, initial=table.header_row
        )

    def _add_columns(self) -> None:
        self.sample = [[shown(cell) for cell in row] for row in self.cells[:SAMPLE]]
        offered = [("", _("– leave out –")), *((code, column.title) for code, column in self.columns.items())]
        for position, title in enumerate(self.batch.headers):
            field = forms.ChoiceField(label=title, choices=offered, required=False)
            field.examples = self._examples(position)  # type: ignore[attr-defined]
            self.fields[field_of(title)] = field
            self._add_way(title)

    def _add_way(self, title: str) -> None:
        """How one column is read, where the file as a whole does not say it."""
        signs = self.recognised.columns[title]
        brings = next((self.columns.get(code) for code, titles in self.batch.mapping.items() if titles == [title]), None)
        is_date = brings is not None and brings.kind in (DATE, PARTIAL_DATE)
        ways, proposed = readings_of(signs, self.recognised.day_first, is_date)
        if ways:
            own = self.batch.options.get("columns", {}).get(title)
            first = proposed if own is None else reading_kept(own)
            name = field_of(title, "way")
            self.fields[name] = forms.ChoiceField(label=_("Read “%(title)s”") % {"title": title}, choices=ways, initial=first)

    def _examples(self, position: int) -> list[str]:
        found = dict.fromkeys(row[position] for row in self.sample if position < len(row) and row[position])
        return [text[:40] for text in list(found)[:EXAMPLES]]

    def _add_words(self) -> None:
        """A field for each word that is not understood, in the columns matched before."""
        self.words: dict[str, tuple[str, str]] = {}
        given = self.batch.options.get("values", {})
        for code, titles in self.batch.mapping.items():
            column = self.columns.get(code)
            if column is not None and column.kind in (CHOICE, YES_NO):
                for word in unknown_words(column, self._column(titles[0]), self.target, given.get(code, {})):
                    self._add_word(column, titles[0], word, given.get(code, {}).get(word, ""))

    def _add_word(self, column: ImportColumn, title: str, word: str, meant: str) -> None:
        name = field_of(f"{column.code}={word}", "word")
        choices = (column.choices or {}).items() if column.kind == CHOICE else [("yes", _("Yes")), ("no", _("No"))]
        offered = [("", _("– not said –")), ("-", _("nothing (blank)")), *choices]
        self.fields[name] = forms.ChoiceField(
            label=f"{title}: “{word}”", choices=offered, required=word in UNCERTAIN and column.code == "sex", initial=meant
        )
        self.words[name] = (column.code, word)

    def _column(self, title: str) -> list[str]:
        position = self.batch.headers.index(title)
        return [row[position] for row in self.sample if position < len(row) and row[position]]

    def clean(self) -> dict[str, Any]:
        """``mapping`` and ``options`` as the action takes them."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.reading_problem:
            self.add_error(None, self.reading_problem)
        mapping: dict[str, list[str]] = {}
        for title in self.batch.headers:
            if code := cleaned.get(field_of(title)):
                mapping.setdefault(code, []).append(title)
        for code, titles in mapping.items():
            if len(titles) > 1 and self.columns[code].kind != AREA:
                self.add_error(field_of(titles[1]), _("Two columns bring the same. Leave one of them out."))
        cleaned["mapping"] = mapping
        cleaned["options"] = self._options(cleaned)
        return cleaned

    def _options(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        options = {name: self.batch.options.get(name, "") for name in READING}
        options |= {name: cleaned[name] for name in ("day_first", "decimal_comma", *self.chosen) if name in cleaned}
        options["ages_on"] = cleaned["ages_on"].isoformat() if cleaned.get("ages_on") else ""
        values: dict[str, dict[str, str]] = {}
        for name, (code, word) in self.words.items():
            if meant := cleaned.get(name):
                values.setdefault(code, {})[word] = "" if meant == "-" else meant
        signs, ways = self.recognised.columns, {}
        for title in self.batch.headers:
            if way := cleaned.get(field_of(title, "way")):
                ways[title] = chosen_reading(way, signs[title])
        return {**options, "values": values, "columns": ways}

    def as_understood(self) -> Batch:
        """The import as it would be checked with what is on the page now."""
        asked: dict[str, Any] = self.cleaned_data if self.is_bound and not self.errors else {}
        options = asked.get("options") or {**self.batch.options, "columns": self._proposed_ways()}
        seen = Batch(
            pk=self.batch.pk, import_kind=self.batch.import_kind, area=self.batch.area, headers=self.batch.headers, options=options
        )
        seen.mapping, seen.sent_at = asked.get("mapping") or self.batch.mapping, self.batch.sent_at
        return seen

    def _proposed_ways(self) -> dict[str, Any]:
        ways = {title: self.fields.get(field_of(title, "way")) for title in self.batch.headers}
        return {title: chosen_reading(str(way.initial), self.recognised.columns[title]) for title, way in ways.items() if way}

    def first_rows(self) -> tuple[list[str], list[list[Any]]]:
        """The first rows as they will be understood."""
        return first_rows(self.as_understood(), self.cells)

    def notes(self) -> list[Any]:
        """What was recognised."""
        again = _("The register knows these households from the list “%(name)s”. They are updated under that name.")
        known = [Note(str(_("Name of the list")), again % {"name": self.known_list})] if self._comes_again else []
        return [*known, *notes_of(self.batch, self.recognised)]

    def proposals(self) -> list[SavedMapping]:
        """Saved mappings that fit the titles of the file."""
        found = proposed_mappings(self.batch.import_kind, self.batch.headers, user=self.actor, permission=USE_SAVED)
        return [saved for saved in found if saved.pk != self.batch.saved_mapping_id]

    def clean_saved_mapping(self) -> SavedMapping | None:
        """The saved mapping that was used, where the reader may see it."""
        number = self.cleaned_data.get("saved_mapping")
        return SavedMapping.objects.visible_to(self.actor, USE_SAVED).filter(pk=number).first() if number else None

    def take_over(self, errors: Mapping[str, Sequence[Any]]) -> None:
        """The action names its own columns; a required one that nothing brings is told on top, with its title."""
        told = {}
        for code, sentences in errors.items():
            name = f"{self.columns[code].title}: " if code in self.columns else ""
            told[f"about {code}"] = [f"{name}{sentence}" for sentence in sentences]
        super().take_over(told)

    def column_lines(self) -> list[forms.BoundField]:
        """The columns of the file, in their order."""
        return [self[field_of(title)] for title in self.batch.headers]

    def word_lines(self) -> list[forms.BoundField]:
        """The words to explain."""
        return [self[name] for name in self.words]

    def reading_lines(self) -> list[forms.BoundField]:
        """How the file is written."""
        ways = [field_of(title, "way") for title in self.batch.headers]
        return [self[name] for name in (*READING, "day_first", "decimal_comma", *ways) if name in self.fields]

    def saving_lines(self) -> list[forms.BoundField]:
        """Under which name the mapping is kept."""
        return [self["save_as"], self["shared"]]

    def choice_lines(self) -> list[forms.BoundField]:
        """What to do where it is not clear."""
        return [self[name] for name in self.chosen]


CHOSEN = ("source", "ages_on", "without_head", "disagreement", "conflicts", "document_kind")


def field_of(title: str, kind: str = "column") -> str:
    """The name of the field of one column or word; titles may hold any sign."""
    return f"{kind}_{hashlib.sha256(title.encode()).hexdigest()[:12]}"


def read_again(batch: Batch, data: Any) -> Batch:
    """The import as it would be if its file were read as typed; the same one where nothing of that was changed."""
    typed = {name: data.get(name) or batch.options.get(name, "") for name in READING}
    if all(str(typed[name]) == str(batch.options.get(name, "")) for name in READING):
        return batch
    typed["header_row"] = whole_number(str(typed["header_row"])) or 0
    other = Batch(pk=batch.pk, import_kind=batch.import_kind, area=batch.area, name=batch.name, sha256=batch.sha256, sent_at=batch.sent_at)
    other.state, other.options = batch.state, {**batch.options, **typed}
    other.headers = table_of(other).headers
    other.mapping = guess_mapping(find_kind(batch.import_kind).all_columns().values(), other.headers)
    return other


def with_saved(batch: Batch, saved: SavedMapping | None) -> Batch:
    """The import with a saved mapping in place of its own; what that does not bring stays as guessed."""
    if saved is None:
        return batch
    fitted = fitted_mapping(saved, batch.headers)
    used = {title for titles in fitted.values() for title in titles}
    guessed = {code: titles for code, titles in batch.mapping.items() if code not in fitted and not used & set(titles)}
    other = Batch(pk=batch.pk, import_kind=batch.import_kind, area=batch.area, name=batch.name, sha256=batch.sha256, sent_at=batch.sent_at)
    other.state, other.headers, other.mapping = batch.state, batch.headers, {**guessed, **fitted}
    other.options = {**batch.options, **saved.options, **{name: batch.options.get(name, "") for name in READING}}
    other.saved_mapping = saved
    return other


def unknown_words(column: ImportColumn, texts: Sequence[str], batch: Batch, given: Mapping[str, str]) -> list[str]:
    """The words, folded, that somebody must explain: explained before, in the sample, or found by the last check."""
    clean = cleaner_for(column, {})
    told = BatchRow.objects.filter(batch=batch, state=BatchRow.State.BAD).values_list("problems", flat=True)[:500]
    said = [problem["value"] for problems in told for problem in problems if problem["column"] == column.code]
    found = dict.fromkeys(given)
    for text in dict.fromkeys([*texts, *said]):
        try:
            clean(text)
        except Refusal:
            found[fold(text)] = None
    if column.code == "sex" and "h" in found:
        found["m"] = None
    return [word for word in found if word][:MOST_WORDS]
