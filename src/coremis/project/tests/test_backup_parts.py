"""Keys, files and the trial of a backup, without a database to carry."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from coremis.kernel.base.refusal import Refusal
from coremis.project.backup import keys, making, restoring
from coremis.project.backup.contents import copy_or_link, place_in, put_files_back, take_files, wrong_files
from coremis.project.backup.manifest import digest_of, fingerprint
from coremis.project.environment import key

PHRASE = "four quiet words here"


@pytest.fixture
def installation(tmp_path, settings, monkeypatch):
    """An installation whose keys lie in files."""
    for variable in keys.KEYS.values():
        monkeypatch.delenv(variable, raising=False)
    settings.DATA_DIR = tmp_path
    settings.COREMIS_DATA_KEY = key("NO_SUCH_VARIABLE", tmp_path / "keys" / "data_key")
    settings.SECRET_KEY = key("NO_SUCH_VARIABLE", tmp_path / "keys" / "secret_key")
    return settings


def content(folder: Path, words: bytes) -> str:
    """A content in a store; gives its SHA-256."""
    written = folder / "written"
    folder.mkdir(parents=True, exist_ok=True)
    written.write_bytes(words)
    target = place_in(folder, digest_of(written))
    target.parent.mkdir(exist_ok=True)
    written.rename(target)
    return target.name


def test_it_works(installation):
    """Sealed keys open with their passphrase only, and say nothing without it."""
    sealed = keys.seal(PHRASE)
    assert keys.unseal(sealed, PHRASE) == keys.keys_in_use()
    assert installation.COREMIS_DATA_KEY not in sealed
    for wrong in (keys.seal("another passphrase"), "{}", "no JSON", sealed[:-9] + '"}'):
        with pytest.raises(Refusal, match="does not open"):
            keys.unseal(wrong, PHRASE)


def test_a_key_is_known_by_its_fingerprint_and_not_told(installation):
    told = keys.fingerprints()
    assert told["data_key"] == fingerprint(installation.COREMIS_DATA_KEY) != fingerprint(installation.COREMIS_DATA_KEY + "x")
    assert installation.COREMIS_DATA_KEY[:8] not in str(told)


def test_keys_are_put_into_use_and_the_old_ones_kept_beside(installation, tmp_path):
    old = installation.COREMIS_DATA_KEY
    assert keys.install({**keys.keys_in_use(), "data_key": "the key of the backup"}) == ["data_key"]
    path = tmp_path / "keys" / "data_key"
    assert path.read_text() == "the key of the backup" == installation.COREMIS_DATA_KEY and path.stat().st_mode & 0o777 == 0o600
    (beside,) = path.parent.glob("data_key.replaced-*")
    assert beside.read_text() == old
    assert keys.install(keys.keys_in_use()) == []


def test_a_key_of_the_environment_is_not_overruled(installation, monkeypatch):
    monkeypatch.setenv("COREMIS_DATA_KEY", "set elsewhere")
    with pytest.raises(Refusal, match="COREMIS_DATA_KEY is set"):
        keys.install({**keys.keys_in_use(), "data_key": "other"})


def test_without_the_fitting_key_nothing_begins(installation, tmp_path):
    """Whoever lacks key and passphrase is told what to bring."""
    manifest = SimpleNamespace(with_keys=False, keys={"data_key": fingerprint("another")})
    with pytest.raises(Refusal, match="holds none"):
        restoring.keys_for(manifest, tmp_path, "")
    manifest.with_keys = True
    with pytest.raises(Refusal, match="passphrase"):
        restoring.keys_for(manifest, tmp_path, "")
    (tmp_path / keys.SEALED).write_text(keys.seal(PHRASE))
    assert restoring.keys_for(manifest, tmp_path, PHRASE) == keys.keys_in_use()


def test_a_short_or_missing_passphrase_is_refused(tmp_path):
    with pytest.raises(Refusal, match="at least 12"):
        keys.passphrase_from(tmp_path / "nothing")
    (tmp_path / "phrase").write_text("short\n")
    with pytest.raises(Refusal, match="at least 12"):
        keys.passphrase_from(tmp_path / "phrase")
    (tmp_path / "phrase").write_text(f"  {PHRASE}\nsecond line")
    assert keys.passphrase_from(tmp_path / "phrase") == PHRASE


def test_files_come_back_and_old_ones_are_linked(tmp_path):
    """The second backup of the same content takes no room; what is missing or damaged is named."""
    store, first, second, back = (tmp_path / name for name in ("store", "first", "second", "back"))
    one, two = content(store, b"one"), content(store, b"two")
    for folder in (first, second):
        folder.mkdir()
    assert take_files([one, two, "0" * 64], store, first, None).missing == ["0" * 64]
    copied = take_files([one, two], store, second, first)
    assert (copied.count, copied.size) == (2, 6)
    assert place_in(second / "files", one).stat().st_ino == place_in(first / "files", one).stat().st_ino
    assert put_files_back(second, back) == 2 and place_in(back, two).read_bytes() == b"two"
    assert wrong_files(second) == []


def test_a_damaged_copy_is_not_handed_on(tmp_path):
    """Neither by a link to an earlier backup, nor from the store."""
    store, earlier, into = (tmp_path / name for name in ("store", "earlier", "into"))
    one = content(store, b"one")
    place_in(earlier, one).parent.mkdir(parents=True)
    place_in(earlier, one).write_bytes(b"rotten")
    assert copy_or_link(one, store, into, earlier) and place_in(into, one).read_bytes() == b"one"
    place_in(store, one).write_bytes(b"rotten")
    assert not copy_or_link(one, store, tmp_path / "new", earlier) and not place_in(tmp_path / "new", one).exists()


def test_a_list_of_files_never_leads_out_of_the_store(tmp_path):
    for digest in ("../../etc/passwd", "A" * 64, "0" * 63):
        with pytest.raises(Refusal, match="no SHA-256"):
            place_in(tmp_path, digest)
    (tmp_path / "files.txt").write_text(f"../{'0' * 61} 5{os.linesep}")
    with pytest.raises(Refusal, match="damaged"):
        wrong_files(tmp_path)


def test_seals_that_are_newer_than_the_backup_are_set_aside(installation, tmp_path):
    """Going back to a backup on the same machine: what was published since is not in its history, and would be taken for a loss."""
    said, backup, here = [], tmp_path / "backup" / "seals", tmp_path / "seals"
    for folder, lines in ((backup, "1 a\n"), (here, "1 a\n2 b\n")):
        folder.mkdir(parents=True)
        (folder / "2026-11.txt").write_text(lines)
    restoring.put_seals_back(backup.parent, said.append)
    assert (here / "2026-11.txt").read_text() == "1 a\n"
    (aside,) = tmp_path.glob("seals.replaced-*")
    assert (aside / "2026-11.txt").read_text() == "1 a\n2 b\n" and aside.name in said[0]


def test_seals_that_are_those_of_the_backup_stay(installation, tmp_path):
    for folder in (tmp_path / "backup" / "seals", tmp_path / "seals"):
        folder.mkdir(parents=True)
        (folder / "2026-11.txt").write_text("1 a\n")
    restoring.put_seals_back(tmp_path / "backup", pytest.fail)
    assert not list(tmp_path.glob("seals.replaced-*")) and (tmp_path / "seals" / "2026-11.txt").read_text() == "1 a\n"


def test_a_folder_that_cannot_be_written(tmp_path):
    """Said in one sentence that names the folder and what to do; root writes everywhere, so the way is blocked by a file."""
    (tmp_path / "in the way").write_text("")
    said = pytest.raises(Refusal, match="Nothing can be written into .*Give the folder to the user of the services")
    with said, making.only_one(tmp_path / "in the way" / "backups"):
        raise AssertionError("nothing may be written here")
