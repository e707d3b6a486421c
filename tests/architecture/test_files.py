"""What no file may hold: other people's hosts, this machine's folders, scripts and styles inside a page."""

import json
import re
import tomllib
from pathlib import Path

from tests.architecture.sources import ROOT, files, templates

HOST = re.compile(r"https?://([^/\s\"'<>\\)\]`:;,{}]+)")
# Addresses for examples, standards and the licence; nothing is fetched from them.
KNOWN_HOSTS = re.compile(
    r"^(localhost|testserver|\[|\d|\w\.\w$|([\w-]+\.)*example(\.(org|com|net|test))?$"
    r"|fsf\.org|(www\.)?gnu\.org|www\.w3\.org|schemas\.openxmlformats\.org)"
)
MACHINE = re.compile(r"(?<![\w.])/(" + "|".join(("work", "root", "home")) + r")/\w")
INLINE = {
    "a script inside the page": re.compile(r"<script(?![^>]*\ssrc=)[^>]*>", re.I),
    "a style inside the page": re.compile(r"<style\b", re.I),
    "a style at an element": re.compile(r"<[^>]*\sstyle\s*=", re.I),
    "a handler at an element": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "a script address": re.compile(r"javascript:", re.I),
    "something fetched from outside": re.compile(r"(src|href)\s*=\s*[\"'](https?:)?//", re.I),
}
BLOCKS = re.compile(r"{%\s*(comment|blocktrans(?:late)?)\b.*?{%\s*end\1\s*%}|{% block (?:kind|width) %}.*?{% endblock %}", re.S)
TAGS = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}|<!--.*?-->|<[^>]*>|&\w+;", re.S)
LETTERS = re.compile(r"[^\W\d_]{2,}")
PICTURES = {".png", ".jpg", ".ico", ".woff2", ".ttf", ".xlsx", ".zip", ".mo", ".pdf", ".gz"}


def test_it_works() -> None:
    """Each pattern finds what it is for and leaves the product's own way alone."""
    assert INLINE["a handler at an element"].search('<a onclick="x">')
    assert not any(pattern.search('<script src="{% static \'a.js\' %}" defer></script><p class="on">') for pattern in INLINE.values())
    assert not KNOWN_HOSTS.match("packages.net") and KNOWN_HOSTS.match("mis.example.org")


def text_files() -> list[Path]:
    return [path for path in files() if path.suffix not in PICTURES and path.name != "package-lock.json"]


def texts() -> list[tuple[str, int, str]]:
    """Every line of every text file as (file, line number, text); files that are not UTF-8 are test material."""
    found = []
    for path in text_files():
        lines = path.read_bytes().decode("utf-8", "ignore").splitlines()
        found += [(path.relative_to(ROOT).as_posix(), number, line) for number, line in enumerate(lines, 1)]
    return found


def test_no_file_names_a_foreign_host() -> None:
    """No registry, mirror or service of others; examples use example.org."""
    wrong = [f"{name}:{number} {host}" for name, number, line in texts() for host in HOST.findall(line) if not KNOWN_HOSTS.match(host)]
    assert not wrong, "\n".join(wrong)


def test_no_file_names_a_folder_of_this_machine() -> None:
    wrong = [f"{name}:{number} {line.strip()[:80]}" for name, number, line in texts() if MACHINE.search(line)]
    assert not wrong, "\n".join(wrong)


def test_locks_say_what_and_not_from_where() -> None:
    """Hashes yes, addresses no: they install from whatever index the user has."""
    for path in [*ROOT.glob("requirements*.lock"), *(ROOT / "frontend").glob("package-lock.json")]:
        text = path.read_text(encoding="utf-8")
        assert "--index" not in text and '"resolved"' not in text, path.name


def test_every_dependency_is_pinned_and_has_its_reason() -> None:
    """Each line of pyproject.toml is in the lock and in docs/develop/dependencies.md."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    reasons = (ROOT / "docs" / "develop" / "dependencies.md").read_text(encoding="utf-8")
    extras = project["optional-dependencies"]
    for lock, wanted in {
        "requirements.lock": project["dependencies"] + extras["build"],
        "requirements-dev.lock": project["dependencies"] + extras["build"] + extras["dev"],
    }.items():
        pinned = (ROOT / lock).read_text(encoding="utf-8")
        for name in (re.split(r"[^\w-]", line)[0] for line in wanted):
            assert re.search(rf"^{name}==", pinned, re.M), f"{name} is not in {lock}; run “make locks”"
            assert f"`{name}`" in reasons, f"{name} has no line in docs/develop/dependencies.md"


def test_every_package_of_the_front_end_has_its_reason() -> None:
    package = json.loads((ROOT / "frontend" / "package.json").read_text(encoding="utf-8"))
    reasons = (ROOT / "docs" / "develop" / "dependencies.md").read_text(encoding="utf-8")
    wanted = package.get("dependencies", {}) | package.get("devDependencies", {})
    assert not [name for name in wanted if f"`{name}`" not in reasons]


def test_pages_hold_no_script_and_no_style() -> None:
    """The content security policy refuses them, so a page that needs one is broken."""
    wrong = [
        f"{path.relative_to(ROOT)}: {reason}: {found[0][:60]}"
        for path in templates()
        for reason, pattern in INLINE.items()
        if (found := pattern.search(path.read_text(encoding="utf-8")))
    ]
    assert not wrong, "\n".join(wrong)


def test_every_page_text_can_be_translated() -> None:
    """Outside the translation tags a template holds no words."""
    wrong = [
        f"{path.relative_to(ROOT)}: “{found[0]}” is not marked for translation"
        for path in templates()
        if (found := LETTERS.search(bare_text(path.read_text(encoding="utf-8"))))
    ]
    assert not wrong, "\n".join(wrong)


def bare_text(page: str) -> str:
    """What is left of a template without tags, variables, comments and translated blocks."""
    return TAGS.sub(" ", BLOCKS.sub(" ", page)).replace("CORE-MIS", "")
