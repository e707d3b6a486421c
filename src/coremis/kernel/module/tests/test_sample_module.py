"""A module of somebody else: installed by its entry point, on only where the configuration names it, off without a trace."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from coremis.kernel.base.numbers import with_check

REPOSITORY = Path(__file__).resolve().parents[5]
SAMPLE = REPOSITORY / "tests" / "sample_module"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("sample")


def coremis(folder, modules, *arguments, installed=True):
    """Run ``coremis`` as a process of its own, on an embedded database in ``folder``."""
    path = [str(SAMPLE)] * installed + [str(REPOSITORY / "src"), os.environ.get("PYTHONPATH", "")]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("COREMIS_", "DJANGO_", "PYTEST"))}
    environment.update(PYTHONPATH=os.pathsep.join(path), COREMIS_DATA_DIR=str(folder), COREMIS_MODULES=modules, PYTHONUTF8="1")
    command = [sys.executable, "-m", "coremis.project.cli", *arguments]
    return subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=120)


USE = """
from coremis.kernel.testing.cast import build_country, everywhere
from coremis.kernel.approvals.presets import presets
from coremis.kernel.actions.seals import verify
from coremis_sample.services import add_meeting_place, close_meeting_place
from coremis.kernel.base.refusal import NeedsApproval
place = add_meeting_place(area=build_country()["Almond"], name="Under the tree", actor=everywhere(add_meeting_place.name))
try:
    close_meeting_place(place=place, reason="x", actor=everywhere(close_meeting_place.name))
except NeedsApproval:
    print("waits", place.number, (close_meeting_place.name, ("manager",), 0) in presets(), list(verify()))
"""
LOOK = """
from django.apps import apps
from django.db import connection
from coremis.kernel.actions.action import ACTIONS
from coremis.kernel.access.permissions import known_permissions
names = [*ACTIONS, *known_permissions(), *(config.label for config in apps.get_app_configs())]
with connection.cursor() as cursor:
    cursor.execute("SELECT count(*) FROM sample_places_meetingplace")
    print([name for name in names if "sample" in name], cursor.fetchone()[0])
"""


def test_it_works(folder):
    """Checked, migrated, used: its record, its number, its action that waits, its route, its events."""
    checked = coremis(folder, "sample_places", "check")
    assert checked.returncode == 0, checked.stderr
    migrated = coremis(folder, "sample_places", "migrate", "--verbosity", "0")
    assert migrated.returncode == 0, migrated.stderr
    used = coremis(folder, "sample_places", "shell", "--no-imports", "-c", USE)
    assert used.stdout.strip() == f"waits {with_check(1)} True []", used.stderr


def test_off_leaves_no_trace_but_its_table(folder):
    """Installed is not enabled: no action, no permission, no app; what it stored stays. Runs after the first test."""
    looked = coremis(folder, "administration", "shell", "--no-imports", "-c", LOOK)
    assert looked.stdout.strip() == "[] 1", looked.stderr


@pytest.mark.parametrize(
    ("modules", "installed", "sentence"),
    [
        ("sample_places", False, "COREMIS_MODULES names “sample_places”, which is not installed. Installed: administration"),
        ("payments", True, "The module “payments” needs "),
    ],
)
def test_a_wrong_combination_stops_the_start_with_a_sentence(folder, modules, installed, sentence):
    stopped = coremis(folder, modules, "check", installed=installed)
    assert stopped.returncode == 1 and sentence in stopped.stderr and "Traceback" not in stopped.stderr
