"""Every address of the product, each about a row that is there, and what nobody types into one by chance."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.urls import URLPattern, URLResolver, get_resolver

import coremis
from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.lists import ListScreen
from coremis.kernel.screens.selection import RESERVED
from coremis.kernel.testing.check_module import subject_of

ARGUMENT = re.compile(r"<(\w+):(\w+)>|\(\?P<(\w+)>([\w|]+)\)")
READ = re.compile(r"""\bGET(?:\.get|\.getlist)?[(\[]["'](\w+)["']""")
MARK = "<x-hit>"
VALUES = (
    "%00", "%ff%fe%c3%28", "9" * 60, "-1", "1e9", "NaN", "%C2%B2", quote(f"'\">{MARK}</script>{{{{7*7}}}}%(name)s"), "%E2%80%AE%E2%80%8B",
    "2147483648", "9223372036854775808", "0", "0000-00-00", "9999-12-31", "true", "[]", "1&{name}=2&{name}=x&{name}[]=3", "..%2F..%2Fetc",
    "//evil.example", "javascript:alert(1)", "a" * 3000, "%0d%0aSet-Cookie:%20a=b", "",
)  # fmt: skip
OF_MAPS = {"area", "level", "measure", "classes", "method"}


@dataclass(frozen=True)
class Address:
    """One address, its page, and whether it is about one row."""

    path: str
    page: Any
    of_one: bool


def patterns(resolver: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    """The text of every pattern with its page."""
    for found in resolver.url_patterns:
        if isinstance(found, URLResolver):
            yield from patterns(found, before + str(found.pattern))
        elif isinstance(found, URLPattern):
            yield before + str(found.pattern).strip("^$"), found.callback


def addresses() -> list[Address]:
    """All of them; an id is that of the newest row of the class that the page is about."""
    found = []
    for text, page in patterns(get_resolver()):
        model, _argument = subject_of(page)
        row = model._base_manager.order_by("-pk").first() if model else None
        path = "/" + ARGUMENT.sub(lambda part, row=row: argument(part, row), text)
        found.append(Address(path, page, model is not None))
    return found


def argument(part: "re.Match[str]", row: Any) -> str:
    """What stands for one argument of a pattern."""
    if part[4]:
        return part[4].split("|")[0]
    return str(row.pk if row is not None else 1) if part[1] == "int" else "x"


@cache
def parameters() -> frozenset[str]:
    """The names that any page reads from its address, as they stand in the sources."""
    sources = Path(coremis.__file__).parent.rglob("*.py")
    names = {name for path in sources if "tests" not in path.parts for name in READ.findall(path.read_text(encoding="utf-8"))}
    return frozenset(names | RESERVED | OF_MAPS | {"page", "next", "chosen"})


def reads_its_address(page: Any) -> bool:
    """False for the plain page of an action, which begins its form with nothing from the address."""
    return not (type(page) is ActionScreen and page.initial is None)


def questions(address: Address, user: Any, turn: "count[int]") -> Iterator[str]:
    """What to ask at one address: all names that any page reads, at once; of a list also one of its filters alone."""
    filters = address.page.table.filters_for(user) if isinstance(address.page, ListScreen) else []
    own = sorted({name for one in filters for name in one.names()})
    yield asked(parameters() | set(own), turn)
    if own:
        yield asked([own[next(turn) % len(own)]], turn)


def asked(names: Iterable[str], turn: "count[int]") -> str:
    """Each name with the next of the values."""
    return "&".join(f"{name}={VALUES[next(turn) % len(VALUES)].replace('{name}', name)}" for name in sorted(names))
