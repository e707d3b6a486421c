"""The product's source files, read once for all architecture tests."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCT = ROOT / "src" / "coremis"
LEFT_OUT = {
    ".git", ".venv", "node_modules", "__pycache__", "var", "dist", "build", ".mypy_cache", ".ruff_cache", ".pytest_cache",
    ".hypothesis", ".import_linter_cache", "built",
}  # fmt: skip
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Import:
    """One import: the full dotted name, the line, and the function around it, if any."""

    name: str
    line: int
    function: str


@dataclass(frozen=True)
class Source:
    """A Python file: its path, dotted module and syntax tree."""

    path: Path

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, str(self.path))

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())

    @property
    def is_test(self) -> bool:
        return "tests" in self.path.relative_to(ROOT).parts

    @property
    def is_migration(self) -> bool:
        return "migrations" in self.path.parts

    @property
    def parts(self) -> tuple[str, ...]:
        """The path inside the product without suffix: ("modules", "payments", "services", "payroll")."""
        return self.path.relative_to(PRODUCT).with_suffix("").parts

    def functions(self) -> Iterator[Function]:
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))

    @cached_property
    def imports(self) -> list[Import]:
        return list(imports_below(self.tree, ""))


def imports_below(node: ast.AST, function: str) -> Iterator[Import]:
    """Every import in this node; `from a import b` gives "a.b", so that a module and a name look alike."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(alias.name, child.lineno, function) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            yield from (Import(f"{'.' * child.level}{child.module or ''}.{alias.name}", child.lineno, function) for alias in child.names)
        else:
            yield from imports_below(child, child.name if isinstance(child, Function) else function)


@cache
def product() -> list[Source]:
    """Every Python file of the product, tests and migrations included."""
    return [Source(path) for path in sorted(PRODUCT.rglob("*.py"))]


@cache
def code() -> list[Source]:
    """The product without its tests and migrations."""
    return [source for source in product() if not source.is_test and not source.is_migration]


@cache
def everything() -> list[Source]:
    """The product and what lies under tests/."""
    return [*product(), *(Source(path) for path in sorted((ROOT / "tests").rglob("*.py"))), Source(ROOT / "conftest.py")]


@cache
def files() -> list[Path]:
    """Every file of the repository that a person wrote."""
    return sorted(walk(ROOT))


def walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name in LEFT_OUT or path.name.endswith(".egg-info"):
            continue
        if path.is_dir():
            yield from walk(path)
        else:
            yield path


def templates() -> list[Path]:
    return [path for path in files() if path.suffix == ".html" and "templates" in path.parts]


def span(function: Function) -> int:
    """The lines of a function, from `def` to its last statement."""
    return (function.end_lineno or function.lineno) - function.lineno + 1
