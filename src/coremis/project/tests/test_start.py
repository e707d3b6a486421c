"""Before the program works on a database it looks whether the two belong together, and says in one sentence what to do where they do not."""

import os
import socket
import subprocess
import sys
from importlib.metadata import version

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from coremis.kernel.actions import triggers
from coremis.kernel.actions.guard import unguarded
from coremis.kernel.actions.models import Event
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.testing.cast import build_country, make_user
from coremis.project.checks import check_database
from coremis.project.cli import main
from coremis.project.management.commands.serve import require_free


@pytest.fixture
def history(db):
    build_country()
    make_user("ana")
    assert Event.objects.exists()


def found():
    return [(problem.id, problem.msg, problem.hint) for problem in check_database(None, databases=["default"])]


def test_it_works(history):
    assert found() == []


def test_another_key_is_refused(history, settings, tmp_path):
    """A lost key is made anew at the start. What is written with it would be lost together with what is there."""
    settings.COREMIS_DATA_KEY = "another key"
    ((number, sentence, hint),) = found()
    assert number == "project.E003" and "another key" in sentence and "keys/data_key" in hint
    with pytest.raises(Refusal, match="does not fit"):
        call_command("backup", str(tmp_path))
    assert not list(tmp_path.iterdir())


def test_one_changed_entry_is_not_the_keys_fault(history):
    triggers.remove()
    with unguarded("behind the back"):
        assert Event.objects.filter(pk=Event.objects.earliest("pk").pk).update(actor_name="somebody else")
    triggers.install_after_migrate()
    assert found() == []


def test_tables_of_a_former_release_are_refused(history):
    MigrationRecorder.Migration.objects.filter(app="registry").order_by("-id").first().delete()
    ((number, sentence, hint),) = found()
    assert number == "project.E001" and "registry." in sentence and hint == "Run: coremis migrate"


def test_tables_of_a_newer_release_are_refused(history):
    MigrationRecorder(connection).record_applied("registry", "0999_later")
    ((number, sentence, hint),) = found()
    assert number == "project.E002" and "registry.0999_later" in sentence and "newer release" in hint


def test_tables_of_a_part_that_is_off_do_not_count(history):
    MigrationRecorder(connection).record_applied("somebody_elses", "0001_initial")
    assert found() == []


@pytest.mark.django_db(transaction=True)
def test_an_interrupted_migrate_can_be_done_again():
    """Its triggers come at the end: without them nothing starts, but migrate does, and puts them back."""
    triggers.remove()
    try:
        with pytest.raises(SystemCheckError, match="a trigger is missing"):
            call_command("check", databases=["default"])
        call_command("migrate", verbosity=0, skip_checks=False)
        call_command("check", databases=["default"])
    finally:
        triggers.install_after_migrate()


@pytest.mark.no_database
def test_a_port_in_use_is_refused():
    """The processes of the server share their port, so a second installation would silently answer for the first."""
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(Refusal, match="Give this installation a port of its own"):
            require_free("127.0.0.1", taken.getsockname()[1])
    require_free("127.0.0.1", 0)


@pytest.mark.no_database
def test_a_database_that_is_away_ends_in_a_sentence(tmp_path):
    given = {**os.environ, "COREMIS_DATABASE_URL": "sqlite:////nowhere/at/all.sqlite3", "COREMIS_DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "coremis.project.cli", "migrate"], env=given, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert done.stderr.startswith("The database cannot be reached: ") and "COREMIS_DATABASE_URL" in done.stderr


@pytest.mark.no_database
def test_the_version_is_that_of_the_product(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["coremis", "--version"])
    main()
    assert capsys.readouterr().out.startswith(f"CORE-MIS {version('coremis')}")
