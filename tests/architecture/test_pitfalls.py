"""Every known failure of deployed systems has a test that names it, or a reason why this release cannot commit it."""

import ast
import re
from functools import cache

from tests.architecture.sources import ROOT, everything

TABLE = ROOT / "docs" / "develop" / "pitfalls.md"
LIST = ROOT.parent / "shared" / "domain" / "pitfalls.md"
ROWS = {
    *(f"M{n}" for n in range(1, 22)),
    *(f"S{n}" for n in range(1, 15)),
    *(f"D{n}" for n in range(1, 13)),
    *(f"P{n}" for n in range(1, 7)),
}
ROW = re.compile(r"^\| ([MSDP]\d+) \| (.+?) \| (.+) \|$", re.M)
NAMED = re.compile(r"\bpitfalls?((?:[\s,]|and)*[MSDP]\d+)+", re.IGNORECASE)
UNREACHABLE = "Not reachable: "


@cache
def table() -> dict[str, str]:
    """Where each row is tested, as the document says."""
    return {row: where for row, _holds, where in ROW.findall(TABLE.read_text(encoding="utf-8"))}


@cache
def named() -> dict[str, set[str]]:
    """The files whose tests name a row: in the docstring of a test, or in that of the file."""
    found: dict[str, set[str]] = {row: set() for row in ROWS}
    for source in everything():
        if source.is_test and source.path.name.startswith("test_"):
            tests = [node for node in source.functions() if node.name.startswith("test_")]
            texts = [ast.get_docstring(node) or "" for node in (source.tree, *tests)]
            for row in rows_in(" ".join(texts)) & ROWS:
                found[row].add(source.name)
    return found


def rows_in(text: str) -> set[str]:
    return {row for match in NAMED.finditer(text) for row in re.findall(r"[MSDP]\d+", match.group(0))}


def test_it_works() -> None:
    """Numbers are read in every form in which people write them."""
    assert rows_in("Pitfalls M4, D7: once.") == {"M4", "D7"} and rows_in("pitfall S10, P1") == {"S10", "P1"}
    assert rows_in("the S3 store; D8") == set() and rows_in("(pitfalls M1 and M18)") == {"M1", "M18"}


def test_every_row_is_in_the_table() -> None:
    """All 53, each once; the same as in the list of failures, where that lies beside the checkout."""
    assert set(table()) == ROWS and len(ROW.findall(TABLE.read_text(encoding="utf-8"))) == len(ROWS) == 53
    if LIST.exists():
        assert set(re.findall(r"^\| ([MSDP]\d+) \|", LIST.read_text(encoding="utf-8"), re.M)) == ROWS


def test_the_tests_named_are_there() -> None:
    """Each file in the table holds a test that names the row."""
    wrong = [
        f"{row}: {path} does not name it"
        for row, where in sorted(table().items())
        for path in re.findall(r"`([^`]+)`", where)
        if path not in named()[row]
    ]
    assert not wrong, "\n".join(wrong)


def test_no_row_is_without_a_test_or_a_reason() -> None:
    """A row has tests; or it says why it is out of reach, and then no test claims it."""
    without = [row for row, where in table().items() if not where.startswith(UNREACHABLE) and not named()[row]]
    outdated = [row for row, where in table().items() if where.startswith(UNREACHABLE) and named()[row]]
    reasons = [where for where in table().values() if where.startswith(UNREACHABLE) and len(where) < len(UNREACHABLE) + 30]
    assert not without and not outdated and not reasons
