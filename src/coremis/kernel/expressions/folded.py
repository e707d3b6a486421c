"""Texts without accents and capital letters, in the database: for words that people look for in facts of the dictionary."""

from typing import Any

from django.db.backends.signals import connection_created

from coremis.kernel.base.formula import Kind
from coremis.kernel.base.text import LETTERS, UNSEEN, fold
from coremis.kernel.expressions.written import Written

ALONE = {chr(sign): letters for sign, letters in LETTERS.items() if len(letters) == 1}
PAIRS = {chr(sign): letters for sign, letters in LETTERS.items() if len(letters) > 1}
LEFT_OUT = "".join(f"\\+{first:06x}-\\+{last:06x}" for first, last in ((0x300, 0x36F), *UNSEEN))
PLAIN = f"lower(regexp_replace(normalize(lower(({{0}}) COLLATE \"default\"), NFKD), U&'[{LEFT_OUT}]', '', 'g'))"
REPLACED = f"translate({PLAIN}, '{''.join(ALONE)}', '{''.join(ALONE.values())}')"
for _sign, _letters in PAIRS.items():
    REPLACED = f"replace({REPLACED}, '{_sign}', '{_letters}')"
POSTGRESQL = f"trim(regexp_replace({REPLACED}, '[^[:alnum:]]+', ' ', 'g'))"


def folded(text: Any) -> Written:
    """A text as ``base.text.fold`` makes it; NULL stays NULL."""
    return Written("coremis_fold({0})", text, kind=Kind.TEXT, postgresql=POSTGRESQL)


def fold_in_sqlite(*, connection: Any, **_signal: Any) -> None:
    """SQLite knows no accents: it asks the same function."""
    if connection.vendor == "sqlite":
        connection.connection.create_function(
            "coremis_fold", 1, lambda text: None if text is None else fold(str(text)), deterministic=True
        )  # fmt: skip


connection_created.connect(fold_in_sqlite, dispatch_uid="coremis.fold")
