"""Each module can be taken out together with those that require it, and leaves no trace; a stranger's module can be put in."""

import json
import os
import re
import subprocess
import sys

import pytest

from tests.architecture.sources import PRODUCT, ROOT
from tests.architecture.test_imports import closure, requires

MODULES = sorted(path.parent.name for path in (PRODUCT / "modules").glob("*/apps.py"))
pytestmark = pytest.mark.skipif(bool(os.environ.get("COREMIS_TEST_DATABASE_URL")), reason="has a database of its own, so it runs once")
SAMPLE = ROOT / "tests" / "sample_module"


def dependants(module):
    """The module and all that require it, directly or not."""
    found = {module}
    while more := {other for other in MODULES if requires(other) & found} - found:
        found |= more
    return found


def started(folder, modules, *words, path=""):
    """A process in an installation of its own, with these modules and an empty database."""
    out = ("COREMIS_", "DJANGO_", "PYTEST")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(out)}
    mine = {
        "COREMIS_DATA_DIR": str(folder), "COREMIS_MODULES": ",".join(modules), "DJANGO_SETTINGS_MODULE": "coremis.project.settings",
        "COREMIS_DATABASE_URL": f"sqlite:///{folder}/empty.sqlite3", "PYTHONPATH": os.pathsep.join(filter(None, (str(PRODUCT.parent), path))),
    }  # fmt: skip
    return subprocess.run(
        [sys.executable, "-m", *words], env={**clean, **mine}, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )


def installation(folder, modules, path="", migrated=False):
    done = started(folder, modules, "tests.architecture.without", *["migrated"] * migrated, path=path)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    told = json.loads(done.stdout.splitlines()[-1])
    words = told["pages"].pop("words")
    assert told["pages"] == {"first run": 200, "sign in": 200, "home": 200}
    return told["found"], words


def test_it_works():
    """The reader of `requires` finds who hangs on whom."""
    assert {"administration", "registry", "payments"} <= set(MODULES)
    assert "payments" in dependants("ledger") and "registry" not in dependants("payments")


@pytest.mark.parametrize("module", [name for name in MODULES if name != "administration"])
def test_a_module_can_be_taken_out(tmp_path, module):
    """Checked, put together and opened without it: no address, menu entry, permission, action, kind of work or import, no seat's right."""
    gone = dependants(module)
    found, words = installation(tmp_path, [name for name in MODULES if name not in gone])
    assert set(found["apps"]) & set(MODULES) == set(MODULES) - gone
    traces = {f"{where}: {name}" for where, names in found.items() for name in names if name.replace(":", ".").split(".")[0] in gone}
    prefixes = {name: f'href="/{"people" if name == "registry" else name}/' for name in gone}
    assert not traces and not [name for name, start in prefixes.items() if start in words]


def test_migrations_know_only_what_is_required():
    """What a migration does to rows names no model of a module that may be off; its dependencies are checked at every start above."""
    wrong = [
        f"{path.relative_to(PRODUCT)} names {label}"
        for module in MODULES
        for path in (PRODUCT / "modules" / module / "migrations").glob("0*.py")
        for label in re.findall(r"get_model\(\s*[\"'](\w+)", path.read_text(encoding="utf-8"))
        if label in set(MODULES) - closure(module) - {module}
    ]
    assert not wrong, "\n".join(wrong)


def test_the_least_installation(tmp_path):
    """Administration alone migrates and starts."""
    found, _words = installation(tmp_path, ["administration"], migrated=True)
    assert set(found["apps"]) & set(MODULES) == {"administration"} and found["urls"] == sorted(set(found["urls"]))


def test_a_wrong_combination_stops_with_a_sentence(tmp_path):
    """Payments without the ledger: exit code 1 and what to do, no traceback."""
    for modules, words in ((["payments"], "needs"), (["transport"], "not installed")):
        done = started(tmp_path, modules, "coremis.project.cli", "check")
        assert done.returncode != 0 and words in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("rest", [["administration"], MODULES])
def test_a_strangers_module_can_be_put_in(tmp_path, rest):
    """Installed by its entry point and switched on, it stands beside ours; installed alone it is not on."""
    label = "sample_places"
    found, _words = installation(tmp_path / "on", [*rest, label], path=str(SAMPLE))
    assert label in found["apps"] and any(name.startswith(f"{label}.") for name in found["actions"])
    if rest != MODULES:
        found, _words = installation(tmp_path / "off", rest, path=str(SAMPLE))
        assert label not in found["apps"] and not any(label in name for names in found.values() for name in names)
