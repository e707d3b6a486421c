"""``coremis modules new``: what it makes is a module that runs, with tests that pass, in an installation of its own."""

import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from coremis.kernel.base.refusal import Refusal
from coremis.project.new_module import make

OUT = ("COREMIS_", "DJANGO_", "PYTEST")


def test_it_works(tmp_path: Path) -> None:
    """The new module is found by its entry point, needs no further migration, and its own tests pass."""
    out = StringIO()
    call_command("modules", "new", "food_for_work", folder=tmp_path, stdout=out)
    root = tmp_path / "coremis-food-for-work"
    assert f"pytest {root}" in out.getvalue()
    assert not [path for path in root.rglob("*.py") if re.search("coremis_sample|sample_places|SampleConfig", path.read_text())]
    assert 'title = _("Food for work")' in (root / "coremis_food_for_work" / "apps.py").read_text()
    for words in (("coremis.project.cli", "makemigrations", "--check", "--dry-run"), ("pytest", "-q", "-p", "no:cacheprovider", str(root))):
        done = run(tmp_path, root, *words)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def run(folder: Path, root: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """A process in an installation where the module is installed and on; pip would write the same entry point."""
    installed = folder / "coremis_food_for_work-1.0.dist-info"
    installed.mkdir(exist_ok=True)
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: coremis-food-for-work\nVersion: 1.0\n")
    (installed / "entry_points.txt").write_text("[coremis.modules]\nfood_for_work = coremis_food_for_work\n")
    paths = [str(root), str(folder), *(path for path in sys.path if path.endswith("src"))]
    mine = {
        "PYTHONPATH": os.pathsep.join(paths),
        "COREMIS_DATA_DIR": str(folder / "data"),
        "COREMIS_MODULES": "administration,food_for_work",
    }
    clean = {name: value for name, value in os.environ.items() if not name.startswith(OUT)}
    command = [sys.executable, "-m", *words]
    return subprocess.run(command, env={**clean, **mine}, cwd=root, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.parametrize("name", ["Transport", "a", "payments", "auth", "two words", "3rd", "__init__"])
def test_a_bad_or_taken_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refusal, match="cannot be|is taken"):
        make(name, tmp_path)
    assert not list(tmp_path.iterdir())


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    root = make("transport", tmp_path)
    with pytest.raises(Refusal, match="there already"):
        make("transport", tmp_path)
    assert (root / "pyproject.toml").read_text().count("transport") == 4


def test_the_list_says_what_is_on() -> None:
    out = StringIO()
    call_command("modules", stdout=out)
    assert "payments         on" in out.getvalue()
    with pytest.raises(CommandError, match="Give the new module a name"):
        call_command("modules", "new")
