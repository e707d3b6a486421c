"""Changing seats without a password: there is such a page in the demo, and nothing starts with it anywhere else."""

import os
import subprocess
import sys

import pytest

from coremis.project.demo.seats import PEOPLE, SWITCH

ASK = "import django; django.setup(); from django.urls import resolve; print(resolve('/demo/seat/').view_name)"


def start(tmp_path, code=ASK, **variables):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COREMIS_")}
    own = {"COREMIS_DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "coremis.project.settings"}
    return subprocess.run([sys.executable, "-c", code], env=kept | own | variables, capture_output=True, text=True, timeout=120)


def test_it_works(tmp_path):
    done = start(tmp_path, COREMIS_ENVIRONMENT="demo")
    assert done.returncode == 0 and done.stdout.strip() == "demo:take_seat", done.stderr[-500:]


@pytest.mark.parametrize("environment", ["production", "uat", "training"])
def test_it_cannot_be_switched_on_elsewhere(tmp_path, environment):
    done = start(tmp_path, COREMIS_ENVIRONMENT=environment, COREMIS_SEAT_SWITCH="yes")
    assert done.returncode != 0 and "Seats can be changed in the demo only" in done.stderr


def test_there_is_no_such_page_elsewhere(tmp_path):
    done = start(tmp_path, COREMIS_ENVIRONMENT="production")
    assert done.returncode != 0 and "Resolver404" in done.stderr


def test_it_can_be_switched_off_in_the_demo(tmp_path):
    assert "Resolver404" in start(tmp_path, COREMIS_ENVIRONMENT="demo", COREMIS_SEAT_SWITCH="no").stderr


def test_ten_seats():
    assert len(SWITCH) == 10 and set(SWITCH) <= {*PEOPLE, "it"}
