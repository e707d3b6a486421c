"""Documents that still hold: links lead somewhere, commands exist, variables are read."""

import re
import tomllib
from pathlib import Path

from tests.architecture.sources import PRODUCT, ROOT, files

LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
VARIABLE = re.compile(r"\bCOREMIS_[A-Z_]+\b")
TARGET = re.compile(r"`make ([a-z-]+)")
READ = re.compile(r"\benv\.\w+\(\s*\"(COREMIS_[A-Z_]+)\"")
DEPLOYED = re.compile(r"\bdeploy/[\w@./*-]*[\w*]")
PACKAGE = re.compile(r"\bcoremis-(\d[\w.]*?)(?=-py3|\.whl|\.tar)")
COMMAND = re.compile(r"(?:^\s*|bin/|`)coremis ([a-z_]+)", re.M)


def pages() -> list[Path]:
    return [path for path in files() if path.suffix == ".md"]


def test_it_works() -> None:
    """The patterns find a link, a variable, a target and a command."""
    assert LINK.findall("see [here](docs/start/index.md#first)") == ["docs/start/index.md"]
    assert COMMAND.findall("run `coremis migrate`") == ["migrate"]


def test_links_lead_somewhere() -> None:
    wrong = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages()
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if not target.startswith(("http:", "https:", "mailto:")) and not (page.parent / target).exists()
    ]
    assert not wrong, "\n".join(wrong)


def test_make_targets_exist() -> None:
    known = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    wrong = [
        f"{page.relative_to(ROOT)}: make {target}"
        for page in pages()
        for target in TARGET.findall(page.read_text(encoding="utf-8"))
        if target not in known
    ]
    assert not wrong, "\n".join(wrong)


def test_variables_are_read_by_the_settings() -> None:
    """Every COREMIS_ variable that a document or example names means something."""
    sources = [*(PRODUCT / "project").rglob("*.py"), ROOT / "tests" / "run.py", ROOT / "conftest.py"]
    known = set(VARIABLE.findall("\n".join(path.read_text(encoding="utf-8") for path in sources)))
    documents = [*pages(), *(path for path in (ROOT / "deploy").iterdir() if path.is_file())]
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in documents
        for name in set(VARIABLE.findall(path.read_text(encoding="utf-8"))) - known
    ]
    assert not wrong, "\n".join(sorted(wrong))


def test_settings_are_explained() -> None:
    """Whoever runs the server finds every variable that is read; one is for those who build, one for the tests."""
    read = set(READ.findall((PRODUCT / "project" / "settings.py").read_text(encoding="utf-8")))
    told = set(VARIABLE.findall((ROOT / "docs" / "start" / "settings.md").read_text(encoding="utf-8")))
    assert len(read) > 10 and not read - told - {"COREMIS_DEBUG", "COREMIS_TEST_DATABASE_URL"}, sorted(read - told)


def version() -> str:
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def test_the_version_is_that_of_the_newest_changes() -> None:
    """“0.3.0 (not yet released)” is 0.3.0.dev0, which counts as older than 0.3.0."""
    heading = re.search(r"^## (\S+)( \(not yet released\))?$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert heading and version() == (f"{heading[1]}.dev0" if heading[2] else heading[1])


def test_no_document_names_another_package() -> None:
    """A line that somebody copies installs what this release built."""
    assert PACKAGE.findall("coremis-0.1.0-py3-none-any.whl coremis-2.whl coremis-production-2026") == ["0.1.0", "2"]
    documents = [*pages(), *(path for path in (ROOT / "deploy").iterdir() if path.is_file())]
    wrong = [
        f"{path.relative_to(ROOT)}: coremis-{found}"
        for path in documents
        for found in PACKAGE.findall(path.read_text(encoding="utf-8"))
        if found != version()
    ]
    assert not wrong, "\n".join(wrong)


def test_files_to_copy_exist() -> None:
    """Every file under deploy/ that a page names lies there."""
    wrong = [
        f"{page.relative_to(ROOT)}: {name}"
        for page in pages()
        for name in DEPLOYED.findall(page.read_text(encoding="utf-8"))
        if not list(ROOT.glob(name)) and not name.endswith("coremis.env")
    ]
    assert not wrong, "\n".join(wrong)


def test_commands_exist() -> None:
    """Every `coremis …` in docs/start, docs/admin and deploy is a command of the product or of Django."""
    own = {path.stem for path in PRODUCT.rglob("management/commands/*.py")}
    known = own | {"migrate", "makemigrations", "check", "collectstatic", "createcachetable", "shell", "dbshell"}
    written = [path for part in ("start", "admin") for path in (ROOT / "docs" / part).glob("*.md")]
    documents = [*written, *(path for path in (ROOT / "deploy").iterdir() if path.is_file())]
    wrong = [
        f"{path.relative_to(ROOT)}: coremis {name}"
        for path in documents
        for name in COMMAND.findall(path.read_text(encoding="utf-8"))
        if name not in known
    ]
    assert not wrong, "\n".join(wrong)
