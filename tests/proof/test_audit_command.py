"""What is done behind the product's back is found by the command that an auditor types, and makes it fail."""

import subprocess
import sys
from contextlib import closing

import pytest
from django.core.management import call_command
from django.db import connection

from coremis.kernel.actions import triggers
from coremis.kernel.actions.guard import unguarded
from coremis.kernel.actions.models import Change, Event
from coremis.kernel.testing.cast import build_country, everywhere
from coremis.modules.programmes.services import create_programme
from coremis.modules.programmes.tests.sample import make_programme
from tests.proof.scratch import ROOT, environment, on_a_copy

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def history(tmp_path):
    """A sealed history of a small country and a programme, in a database of its own."""
    build_country()
    make_programme()
    assert everywhere(create_programme.name)
    with on_a_copy("audit"):
        call_command("audit", "seal", stdout=open("/dev/null", "w"))  # noqa: SIM115
        yield Event.objects.get(action=create_programme.name)


def behind_the_back(statement, *values):
    """As somebody with the database's own tools: no triggers, no guard."""
    triggers.remove()
    with unguarded("behind the back"), closing(connection.cursor()) as cursor:
        cursor.execute(statement, values)
    triggers.install_after_migrate()


def audit(word="verify"):
    """``coremis audit verify`` as a process: exit code, and what it printed."""
    connection.close()
    command = [sys.executable, "-m", "coremis.project.cli", "audit", word]
    done = subprocess.run(command, env=environment(), cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


def test_it_works(history):
    """An untouched history ends with 0 and the newest seal."""
    code, told = audit()
    assert code == 0 and "newest seal" in told and "not as they were sealed" not in told


def test_an_edited_row_is_named(history):
    """Pitfall S13: the actor of one entry is changed: the command names the entry and ends with 1."""
    behind_the_back("UPDATE actions_event SET actor_name = %s WHERE id = %s", "somebody else", history.pk)
    code, told = audit()
    assert code == 1 and f"Entry {history.pk} (programmes.create_programme" in told and "Traceback" not in told


def test_a_removed_row_is_named(history):
    """Pitfalls S13, M13: the entry and its details are taken out."""
    behind_the_back("DELETE FROM actions_change WHERE event_id = %s", history.pk)
    behind_the_back("DELETE FROM actions_event WHERE id = %s", history.pk)
    code, told = audit()
    assert code == 1 and f"Entry {history.pk} was removed." in told


def test_an_edited_detail_is_named(history):
    """What was asked is rewritten, so that the entry seems to have asked for something else."""
    change = Change.objects.get(event=history, kind=Change.INPUTS)
    behind_the_back("UPDATE actions_change SET record_id = 999 WHERE id = %s", change.pk)
    code, told = audit()
    assert code == 1 and f"entry {history.pk} (programmes.create_programme" in told


def test_the_database_itself_refuses_the_edit(history):
    """Pitfall M13: with the triggers in place not even the database's own tools can do it."""
    with pytest.raises(Exception, match="never changed|append-only|never"), unguarded("raw"), connection.cursor() as cursor:
        cursor.execute("UPDATE actions_event SET actor_name = 'x' WHERE id = %s", [history.pk])
    assert audit()[0] == 0
