"""Names that tell nothing, numbers that are not exact, and tests that do not introduce themselves."""

import ast

from tests.architecture.sources import PRODUCT, Source, code, everything, product

DRAWERS = {"util", "utils", "helper", "helpers", "common", "manager", "core", "misc"}
MONEY = (("kernel", "base", "money"), ("modules", "ledger"), ("modules", "payments"))
REQUIRED = ("__init__.py", "apps.py", "module.py")


def test_it_works() -> None:
    """A float is seen as a name, as a literal, and not in a comment."""
    assert list(floats(ast.parse("x: float = 1.5  # float")))
    assert not list(floats(ast.parse("x = 15  # float")))


def test_no_file_is_a_drawer() -> None:
    """A file or folder says what it holds."""
    wrong = [source.name for source in everything() if DRAWERS.intersection(source.path.with_suffix("").parts[-2:])]
    assert not wrong, "\n".join(wrong)


def test_money_is_never_a_float() -> None:
    """In base/money, ledger and payments no float appears, neither as a type nor as a number."""
    wrong = [
        f"{source.name}:{line}"
        for source in code()
        if any(source.parts[: len(place)] == place for place in MONEY)
        for line in floats(source.tree)
    ]
    assert not wrong, "\n".join(wrong)


def floats(tree: ast.AST) -> list[int]:
    """The lines where a float is named or written."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.Name) and node.id == "float") or (isinstance(node, ast.Constant) and isinstance(node.value, float))
    ]


def test_every_module_has_what_is_required() -> None:
    """__init__ says what it is for, apps who it is, module what it adds."""
    folders = [path for path in sorted((PRODUCT / "modules").iterdir()) if (path / "__init__.py").exists()]
    wrong = [f"{folder.name} has no {name}" for folder in folders for name in REQUIRED if not (folder / name).exists()]
    wrong += [f"{folder.name}/__init__.py does not say what it is for" for folder in folders if not docstring(folder / "__init__.py")]
    assert not wrong, "\n".join(wrong)


def docstring(path: object) -> str:
    return ast.get_docstring(Source(path).tree) or ""  # type: ignore[arg-type]


def test_every_test_file_begins_with_it_works() -> None:
    wrong = [
        source.name
        for source in everything()
        if source.is_test and source.path.name.startswith("test_") and first_test(source) != "test_it_works"
    ]
    assert not wrong, "\n".join(wrong)


def first_test(source: Source) -> str:
    """The name of the first test of a file."""
    functions = sorted(source.functions(), key=lambda function: function.lineno)
    return next((function.name for function in functions if function.name.startswith("test_")), "")


def test_errors_are_not_swallowed() -> None:
    """`except Exception: pass` hides what went wrong with a payment."""
    wrong = [
        f"{source.name}:{node.lineno}"
        for source in product()
        if not source.is_test
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ExceptHandler) and swallows(node)
    ]
    assert not wrong, "\n".join(wrong)


def swallows(node: ast.ExceptHandler) -> bool:
    broad = node.type is None or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"})
    return broad and all(isinstance(statement, ast.Pass) for statement in node.body)
