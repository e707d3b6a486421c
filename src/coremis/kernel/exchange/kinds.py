"""What a module declares so that files can bring it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.refusal import Refusal
from coremis.kernel.module.contributions import Contribution, contributions

if TYPE_CHECKING:
    from coremis.kernel.exchange.rows import RowContext, StagedRow

TEXT, NUMBER, DECIMAL, AMOUNT, DATE, PARTIAL_DATE, YES_NO, CHOICE, AREA = (
    "text", "number", "decimal", "amount", "date", "partial_date", "yes_no", "choice", "area",
)  # fmt: skip
KINDS = frozenset({TEXT, NUMBER, DECIMAL, AMOUNT, DATE, PARTIAL_DATE, YES_NO, CHOICE, AREA})
CLEARED = "\x1f"  # what a row holds where the file says that a value is to be cleared; no cell can hold it


@dataclass(frozen=True)
class ImportColumn:
    """A column that an import understands; ``code`` is the key of its value in a row.

    What a row holds, by kind: text a str; number and amount (smallest units of ``currency``) an int; decimal its digits as
    text; date and partial_date ISO text; yes_no a bool; choice the code of one of ``choices`` ({code: label, or labels by
    language}); area the id of a place. Blank is None. ``aliases`` are other titles under which files bring the column;
    ``words`` are other spellings of the choices, folded, with the code each means; ``instead`` are folded words that stand
    where a value would, with what a row then holds (“n/a”). ``known_values`` gives a sample of values as
    the system holds them (phones, codes), by which lost zeros are found. A ``secret`` one is corrected in the file, never here.
    What is told about a ``masked`` column never repeats its values.
    """

    code: str
    title: Any
    kind: str = TEXT
    required: bool = False
    help: Any = ""
    aliases: tuple[str, ...] = ()
    choices: Mapping[str, Any] | None = None
    currency: str = ""
    longest: int = 200
    not_future: bool = False
    masked: bool = False
    words: Mapping[str, str] = field(default_factory=dict)
    instead: Mapping[str, Any] = field(default_factory=dict)
    known_values: Callable[[], Sequence[str]] | None = None
    secret: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise TypeError(f"The import column “{self.code}” has the unknown kind “{self.kind}”.")


Hook = Callable[["list[StagedRow]", "RowContext"], None]


@dataclass(frozen=True)
class ImportKind(Contribution):
    """A kind of import. Hooks get the rows of one chunk and make a constant number of queries, whatever their number.

    ``check`` gets cleaned rows before they are kept; ``check_groups`` and ``apply`` get rows in whole groups (all rows with the
    same ``group_column`` value; without one, each row is its own). They note what is wrong with ``row.problem``; ``apply`` gets
    good rows only, writes records, and sets ``row.target_id`` and, where nothing had to change, calls ``row.unchanged()``.
    ``permission`` is what a person must hold, in the import's place, to bring rows of this kind.
    ``file_permission`` is the right to open the whole files of such an import, where seeing the import is not enough.
    ``identity_column`` names the column whose value no two rows of a file may share. ``check_file`` looks, once all rows are
    kept, for what only the whole file can show. ``options`` are the names of the kind's own choices, kept with the import's.
    ``undo`` gets rows that were taken in, in whole groups, and takes back what they wrote: ``row.taken_back()``, or
    ``row.kept(...)`` with the reason. ``clears``: a word chosen for the import (``clear_word``) clears a value.
    ``page`` is the URL name under which the imports of this kind are shown, where they have pages of their own.
    """

    name: str
    title: Any
    columns: Sequence[ImportColumn] | Callable[[], Sequence[ImportColumn]]
    permission: str
    apply: Hook
    check: Hook | None = None
    check_groups: Hook | None = None
    check_file: Callable[["RowContext"], None] | None = None
    undo: Hook | None = None
    clears: bool = False
    options: tuple[str, ...] = ()
    file_permission: str = ""
    group_column: str = ""
    identity_column: str = ""
    page: str = ""

    def all_columns(self) -> dict[str, ImportColumn]:
        """The columns by code, as they are now: those of the data dictionary may change."""
        found = self.columns() if callable(self.columns) else self.columns
        return {column.code: column for column in found}


def import_kinds() -> dict[str, ImportKind]:
    """Every kind of import of the modules that are on, by name."""
    return {kind.name: kind for kind in contributions(ImportKind)}


def find_kind(name: str) -> ImportKind:
    """The kind of a stored name; a sentence where its module is off."""
    kind = import_kinds().get(name)
    if kind is None:
        raise Refusal(_("Imports of this kind are not available. The module they belong to may be switched off."))
    return kind
