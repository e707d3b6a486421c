"""The columns of a tree: one row for each unit, or one row for each lowest unit with a column for each level above it."""

from collections.abc import Sequence
from itertools import product
from typing import Any

from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _

from coremis.kernel.areas.models import AreaLevel
from coremis.kernel.areas.services import CODE_LENGTH, NAME_LENGTH
from coremis.kernel.base.text import fold
from coremis.kernel.exchange.kinds import DATE, ImportColumn
from coremis.kernel.exchange.mapping import guess_mapping

BASE = (
    ImportColumn(
        "code", _("Code"), longest=CODE_LENGTH, aliases=("pcode", "p-code", "adm_pcode", "código", "code of the unit"),
        help=_("The official code. Zeros in front are kept: make it a text column in your spreadsheet program."),
    ),
    ImportColumn("name", _("Name"), longest=NAME_LENGTH, aliases=("nom", "nome")),
    ImportColumn("level", _("Level"), longest=60, aliases=("admin level", "niveau", "nível"), help=_("Its number or its name.")),
    ImportColumn(
        "parent", _("Code of the unit above"), longest=CODE_LENGTH, help=_("Blank just below the country."),
        aliases=("parent", "parent code", "parent pcode", "parent_pcode", "code parent", "pai", "código pai", "within"),
    ),
    ImportColumn(
        "valid_from", _("Valid from"), DATE, aliases=("valid_from", "since", "depuis", "desde"),
        help=_("The first day of a new unit, name or place above. Blank means always."),
    ),
    ImportColumn(
        "valid_until", _("Valid until"), DATE, aliases=("valid_until", "closed on"), help=_("The last day of a unit that no longer exists.")
    ),
    ImportColumn(
        "former_code", _("Former code"), longest=CODE_LENGTH, aliases=("former_code", "old code", "ancien code", "código antigo"),
        help=_("The code that the same unit had before; it gets the new one."),
    ),
)  # fmt: skip
CODE, NAME = "code_", "name_"


def tree_columns() -> list[ImportColumn]:
    """The columns of one row for each unit, and of each level below the country."""
    return [*BASE, *(column for level in AreaLevel.objects.exclude(position=0) for column in level_columns(level))]


def level_columns(level: AreaLevel) -> list[ImportColumn]:
    """Code and name of one level, under the names that lists of humanitarian codes (COD-AB) and people give them."""
    number, words = level.position, {"level": str(level)}
    said = [str(name) for name in level.names.values()]
    codes = [f"{one} {two}" for name in said for one, two in ((name, "code"), ("code", name), (name, "pcode"), ("code de", name))]
    names = [*said, *(f"{one} {two}" for name in said for one, two in ((name, "name"), ("name", name), ("nom", name), ("nome", name)))]
    tongues = ("", "_en", "_fr", "_pt")
    formal = [f"adm{number}{tongue}" for tongue in tongues] + [f"admin{number}name{tongue}" for tongue in tongues]
    return [
        ImportColumn(
            f"{CODE}{number}", lazystr(_("%(level)s: code") % words), longest=CODE_LENGTH,
            aliases=(*codes, f"adm{number}_pcode", f"admin{number}pcode"),
        ),
        ImportColumn(f"{NAME}{number}", lazystr(_("%(level)s: name") % words), longest=NAME_LENGTH, aliases=(*names, *formal)),
    ]  # fmt: skip


def match_tree(headers: Sequence[str]) -> dict[str, list[str]]:
    """Which title brings what: with a column of codes there is a row for each unit, otherwise a column for each level.

    In a list of communes, “province_code” is the code of the unit above.
    """
    columns = tree_columns()
    found = guess_mapping(columns, headers)
    if "code" not in found:
        return {code: titles for code, titles in found.items() if code not in ("parent", "name", "level")}
    above = [titles for code, titles in found.items() if code.startswith(CODE)]
    kept = {code: titles for code, titles in found.items() if not code.startswith((CODE, NAME))}
    return kept if "parent" in kept or len(above) != 1 else {**kept, "parent": above[0]}


def level_numbers() -> dict[str, int]:
    """The position of each level by its number and its names, folded."""
    levels = AreaLevel.objects.all()
    named = {fold(str(name)): level.position for level in levels for name in level.names.values()}
    shapes = product(levels, ("{}", "level {}", "adm{}", "adm {}", "admin{}", "admin {}", "niveau {}"))
    return {**{shape.format(level.position): level.position for level, shape in shapes}, **named}


def levels_in(mapped: Any) -> list[int]:
    """The levels that have columns of their own in a file, from the top."""
    return sorted({int(code.rpartition("_")[2]) for code in mapped if code.startswith((CODE, NAME))})
