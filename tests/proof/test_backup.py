"""A backup comes back elsewhere as it was; one that is cut off, changed or unfinished is refused before anything is written."""

import json
import os
import shutil
import signal
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.conf import settings as live
from django.core.management import call_command

from coremis.kernel.actions.models import Event
from coremis.kernel.actions.seals import seal_events
from coremis.kernel.actions.services import maintenance
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.files.models import Attachment
from coremis.kernel.files.storage import path_of, store
from coremis.kernel.testing.cast import make_user
from coremis.modules.administration.services import note_backup, note_restore
from coremis.modules.registry.models import Household
from coremis.project.backup import database, making
from coremis.project.backup.making import make
from coremis.project.backup.manifest import UNFINISHED, backups_in, read_manifest
from coremis.project.backup.restoring import chosen, restore
from tests.proof.digest import digests
from tests.proof.elsewhere import elsewhere
from tests.proof.world import build

pytestmark = pytest.mark.django_db(transaction=True)
PAPER = b"The minutes of a meeting."


@pytest.fixture
def installation(tmp_path, settings):
    """A country in which money was paid, with a paper, sealed, in a data folder of its own."""
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path / "data", tmp_path / "data" / "files"
    world = build(households=3)
    with maintenance("a paper"):
        store(BytesIO(PAPER), "minutes.txt", owner=Household.objects.first())
    while seal_events():
        pass
    return world


def quiet(_words):
    """What a restore says is not read here."""


def take(tmp_path, passphrase=""):
    return make(tmp_path / "backups", passphrase)[0]


def test_it_works(installation, tmp_path):
    """Every business row, the history and every file are elsewhere what they were here."""
    before, files = digests(), sorted(Attachment.objects.values_list("sha256", flat=True))
    folder = take(tmp_path)
    with elsewhere(tmp_path / "other"):
        said = []
        restore(folder, "", said.append)
        assert digests() == before
        assert all(path_of(digest).read_bytes() is not None for digest in files) and PAPER in [
            path_of(digest).read_bytes() for digest in files
        ]
        assert "Prove the history: nothing found that is not as it should be." in said
        assert "Prove the balances of the ledger: nothing found that is not as it should be." in said
        call_command("audit", "verify", stdout=StringIO())
        make_user("writes-again")  # sequences and safeguards came back, too


HARMS = {
    "cut off": lambda folder: os.truncate(dump_in(folder), dump_in(folder).stat().st_size - 1),
    "one bit": lambda folder: flip(dump_in(folder)),
    "a file": lambda folder: min((folder / "files").rglob("?" * 64)).write_bytes(b"other"),
    "a file gone": lambda folder: min((folder / "files").rglob("?" * 64)).unlink(),
    "a part gone": lambda folder: (folder / "files.txt").unlink(),
    "the manifest": lambda folder: os.truncate(folder / "manifest.json", 200),
    "a count": lambda folder: changed(folder, missing=["x"]),
    "no manifest": lambda folder: (folder / "manifest.json").unlink(),
}


def test_a_harmed_backup_is_refused_and_nothing_is_written(installation, tmp_path):
    """Truncated, changed or incomplete: said before a single row or file is written."""
    whole = take(tmp_path)
    for number, (harm, do) in enumerate(HARMS.items()):
        folder = shutil.copytree(whole, tmp_path / f"harmed-{number}")
        do(folder)
        with elsewhere(tmp_path / "other"):
            with pytest.raises(Refusal, match="another|missing"):
                restore(folder, "", quiet)
            assert database.is_empty() and not (tmp_path / "other" / "files").exists(), harm


def changed(folder, **values):
    """A manifest that says something else and kept its old signature."""
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def dump_in(folder):
    return folder / database.PARTS[database.connection.vendor]


def flip(path: Path):
    """Change one bit in the middle."""
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        sign = file.read(1)[0]
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([sign ^ 1]))


def test_nothing_is_ever_overwritten(installation, tmp_path):
    folder, before = take(tmp_path), digests()
    with pytest.raises(Refusal, match="not empty"):
        restore(folder, "", quiet)
    assert digests() == before


def test_killed_half_way_it_leaves_nothing_that_looks_whole(installation, tmp_path, monkeypatch):
    """The process dies while it copies files: no finished backup, and the next one takes the rest away."""
    root = tmp_path / "backups"
    database.connection.close()
    child = os.fork()
    if child == 0:
        making.take_files = lambda *_given: os.kill(os.getpid(), signal.SIGKILL)
        make(root)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    (left,) = root.glob(f"{UNFINISHED}*")
    assert backups_in(root) == [] and (left / database.PARTS[database.connection.vendor]).is_file()
    with pytest.raises(Refusal, match="no backup"):
        chosen(root)
    with pytest.raises(Refusal, match="no finished backup"):
        read_manifest(left)
    assert [take(tmp_path)] == backups_in(root) and not left.exists()


def test_a_failure_leaves_nothing(installation, tmp_path, monkeypatch):
    def full(*_given):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(making, "take_files", full)
    with pytest.raises(OSError, match="No space"):
        take(tmp_path)
    assert [path.name for path in (tmp_path / "backups").iterdir()] == [".lock"]


def test_two_backups_at_once_are_refused(installation, tmp_path):
    with making.only_one(tmp_path / "backups"), pytest.raises(Refusal, match="Another backup"):
        take(tmp_path)


def test_what_does_not_fit_is_refused(installation, tmp_path):
    """Another kind of database, another release, and a dump that lacks rows although its digests fit."""
    folder = take(tmp_path)
    held = read_manifest(folder)
    table = Household._meta.db_table
    wrong = {
        "is of oracle": {"vendor": "oracle"},
        "has changed since": {"migrations": {**held.migrations, "access": ["0001_initial", "0999_later"]}},
        f"{table} are not as many": {"tables": {**held.tables, table: held.tables[table] + 1}},
        "newest seal": {"newest_seal": "f" * 64},
    }
    for words, values in wrong.items():
        type(held)(**{**vars(held), **values}).signed(live.COREMIS_DATA_KEY).write(folder)
        with elsewhere(tmp_path / "other"), pytest.raises(Refusal, match=words):
            restore(folder, "", quiet)


def test_what_is_missing_in_the_store_is_said(installation, tmp_path):
    """A content that is gone or damaged stops no backup, and is named in it."""
    first, second = Attachment.objects.order_by("sha256").values_list("sha256", flat=True).distinct()[:2]
    path_of(first).unlink()
    path_of(second).write_bytes(b"damaged")
    manifest = read_manifest(take(tmp_path))
    assert manifest.missing == [first, second]


def test_the_commands_note_what_they_did(installation, tmp_path):
    """The history says that there was a backup and that it was tried; a trial leaves nothing but that."""
    out = StringIO()
    call_command("backup", tmp_path / "backups", stdout=out)
    (old,) = backups_in(tmp_path / "backups")
    damaged = shutil.copytree(old, old.with_name("coremis-production-20010101T000000.000000Z"))
    (damaged / "manifest.json").write_text("{}")
    call_command("backup", tmp_path / "backups", keep=1, stdout=out)
    newest, left = backups_in(tmp_path / "backups")
    assert "The keys are NOT inside" in out.getvalue() and left == damaged and not old.exists() and newest.exists()
    assert Event.objects.filter(action=note_backup.name).count() == 2
    with elsewhere(tmp_path / "other"):
        call_command("restore", tmp_path / "backups", stdout=out)
        assert Event.objects.filter(action=note_restore.name).count() == 1
    assert "Restored from coremis-" in out.getvalue() and not Event.objects.filter(action=note_restore.name).exists()
