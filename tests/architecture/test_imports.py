"""Who may import whom, with file, line and reason (the layers themselves are import-linter's, in pyproject.toml)."""

import ast
import sys
from functools import cache
from pathlib import Path

from tests.architecture.sources import PRODUCT, Import, Source, code, everything, product

PUBLIC = {"models", "services", "queries"}
FORBIDDEN_BY_FILE = {
    "services": {"views", "forms", "tables", "panels", "urls"},
    "models": {"services", "views", "forms", "tables", "panels", "urls"},
}


def test_it_works() -> None:
    """The reader finds the product, its imports, and the function around an import."""
    assert any(source.parts == ("project", "settings") for source in code())
    tree = Source(Path(__file__))
    assert Import("ast", 3, "") in tree.imports


def test_a_module_imports_only_what_it_requires() -> None:
    """Of another module only models, services and queries, and only when `requires` (or a bridge) names it."""
    wrong = [
        f"{source.name}:{item.line} imports {item.name}: {reason}"
        for source in product()
        if source.parts[0] == "modules" and len(source.parts) > 1
        for item in source.imports
        if (reason := reason_against(source, item.name))
    ]
    assert not wrong, "\n".join(wrong)


def reason_against(source: Source, name: str) -> str:
    """Why this file may not import this name from another module, or nothing."""
    words = name.split(".")
    own = source.parts[1]
    if words[:2] != ["coremis", "modules"] or len(words) < 3 or words[2] == own:
        return ""
    other = words[2]
    if source.is_test:
        return "" if other in closure(own) else f"“{own}” does not require “{other}”, so its tests must hold without it"
    allowed = requires(own) | ({source.parts[3]} if len(source.parts) > 3 and source.parts[2] == "bridges" else set())
    if other not in allowed:
        return f"“{own}” does not require “{other}”; add it to requires in apps.py or use an event"
    return "" if len(words) > 3 and words[3] in PUBLIC else "only models, services and queries of a module are public"


@cache
def requires(module: str) -> frozenset[str]:
    """The modules that this one's apps.py names in `requires`."""
    path = PRODUCT / "modules" / module / "apps.py"
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if path.exists() else ():
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        if any(isinstance(target, ast.Name) and target.id == "requires" for target in targets):
            return frozenset(ast.literal_eval(node.value))  # type: ignore[union-attr]
    return frozenset()


@cache
def closure(module: str) -> frozenset[str]:
    """The modules that must be on when this one is; administration always is."""
    direct = requires(module)
    return direct.union({"administration"}, *(closure(other) for other in direct if other != module))


def test_formulas_are_pure() -> None:
    """formulas.py knows kernel.base, the standard library and other formulas of its module; no Django, no database."""
    wrong = [
        f"{source.name}:{item.line} imports {item.name}"
        for source in code()
        if "formulas" in source.parts
        for item in source.imports
        if not pure(item.name, ".".join(("coremis", *source.parts[:2], "formulas")))
    ]
    assert not wrong, "\n".join(wrong)


def pure(name: str, own: str) -> bool:
    return name.split(".")[0] in sys.stdlib_module_names or name.startswith(("coremis.kernel.base.", f"{own}."))


def test_rules_do_not_know_screens() -> None:
    """services.py imports no views, forms or tables; models.py no services."""
    wrong = [
        f"{source.name}:{item.line} imports {item.name}"
        for source in code()
        if len(source.parts) > 2
        for item in source.imports
        if item.name.startswith("coremis.") and len(item.name.split(".")) > 3
        if item.name.split(".")[3] in FORBIDDEN_BY_FILE.get(source.parts[2], set())
    ]
    assert not wrong, "\n".join(wrong)


def test_imports_stand_at_the_top() -> None:
    """No import inside a function of the product: it hides a circle. Tests may: some make an app of their own first."""
    wrong = [
        f"{source.name}:{item.line} imports {item.name} inside {item.function}()"
        for source in everything()
        if not source.is_test
        for item in source.imports
        if item.function and not needs_django_first(source, item.function)
    ]
    assert not wrong, "\n".join(wrong)


def needs_django_first(source: Source, function: str) -> bool:
    return source.path.name == "conftest.py" or (function == "ready" and "Config" in source.text)


def test_imports_name_the_whole_path() -> None:
    """Relative imports hide which package a name comes from."""
    wrong = [f"{source.name}:{item.line}" for source in everything() for item in source.imports if item.name.startswith(".")]
    assert not wrong, "\n".join(wrong)


def test_the_kernel_is_not_the_place_for_pages() -> None:
    """Nobody imports the project; the kernel knows no module."""
    wrong = [
        f"{source.name}:{item.line} imports {item.name}"
        for source in code()
        for item in source.imports
        if (source.parts[0] == "kernel" and item.name.startswith("coremis.modules"))
        or (source.parts[0] != "project" and item.name.startswith("coremis.project"))
    ]
    assert not wrong, "\n".join(wrong)


def test_base_needs_no_framework() -> None:
    """kernel/base: the standard library and Django's lazy translation."""
    allowed = ("coremis.kernel.base.", "django.utils.translation", "django.utils.functional.")
    wrong = [
        f"{source.name}:{item.line} imports {item.name}"
        for source in code()
        if source.parts[:2] == ("kernel", "base")
        for item in source.imports
        if item.name.split(".")[0] not in sys.stdlib_module_names and not item.name.startswith(allowed)
    ]
    assert not wrong, "\n".join(wrong)
