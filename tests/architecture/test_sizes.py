"""How large a function, a file and the kernel may be."""

import ast
import io
import tokenize
from collections import Counter
from statistics import median

from tests.architecture.sources import code, everything, span, templates

FUNCTION, FILE, TEST_FILE, MEDIAN, KERNEL = 60, 400, 300, 11, 10310


def test_it_works() -> None:
    """A function's lines run from `def` to its last statement."""
    function = ast.parse("@mark\ndef first():\n    return 1\n").body[0]
    assert isinstance(function, ast.FunctionDef)
    assert span(function) == 2


def test_no_function_is_too_long() -> None:
    wrong = [
        f"{source.name}:{function.lineno} {function.name}() has {span(function)} lines, {FUNCTION} are allowed"
        for source in everything()
        if not source.is_migration
        for function in source.functions()
        if span(function) > FUNCTION
    ]
    assert not wrong, "\n".join(wrong)


def test_no_file_is_too_long() -> None:
    wrong = [
        f"{source.name} has {source.lines} lines; split it by noun"
        for source in everything()
        if not source.is_migration and source.lines > (TEST_FILE if source.is_test else FILE)
    ]
    assert not wrong, "\n".join(wrong)


def test_no_template_is_too_long() -> None:
    wrong = [path.name for path in templates() if len(path.read_text(encoding="utf-8").splitlines()) > FILE]
    assert not wrong, "\n".join(wrong)


def test_the_usual_function_is_short() -> None:
    """The median over the product, without tests and migrations."""
    middle = median(span(function) for source in code() for function in source.functions())
    assert middle <= MEDIAN, f"the median function has {middle} lines, {MEDIAN} are allowed"


def test_the_kernel_keeps_its_budget() -> None:
    """Lines of code, without docstrings, comments and blank lines; tests and migrations do not count (see decisions.md)."""
    sizes: Counter[str] = Counter()
    for source in code():
        if source.parts[0] == "kernel":
            sizes[source.parts[1]] += code_lines(source.path.read_text(encoding="utf-8"))
    assert sizes.total() <= KERNEL, f"the kernel has {sizes.total()} lines, {KERNEL} are allowed: {dict(sizes)}"


def code_lines(text: str) -> int:
    """The lines that hold something other than a docstring, a comment or nothing."""
    said: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        body = getattr(node, "body", None)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(node) is not None:
            said.update(range(body[0].lineno, (body[0].end_lineno or 0) + 1))
    silent = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    written: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in silent:
            written.update(range(token.start[0], token.end[0] + 1))
    return len(written - said)
