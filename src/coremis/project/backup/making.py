"""Making a backup: everything into a folder that gets its name only when it is whole."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from coremis.kernel.actions.models import Seal
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.config.country import COUNTRY
from coremis.kernel.config.settings import setting
from coremis.kernel.files.models import Attachment
from coremis.project.backup import database, keys
from coremis.project.backup.contents import LISTED, digests_in, take_files
from coremis.project.backup.manifest import UNFINISHED, Manifest, backups_in, part_of, read_manifest

SEALS = "seals"


def make(root: Path, passphrase: str = "") -> tuple[Path, Manifest]:
    """Back up database, files, published seals and, with a passphrase, keys; gives the folder and its manifest.

    The database first: files are only ever added, so everything it names is in the store. One backup at a time; what a killed
    one left behind is removed.
    """
    with only_one(root):
        for leftover in root.glob(f"{UNFINISHED}*"):
            shutil.rmtree(leftover)
        name = f"coremis-{settings.COREMIS_ENVIRONMENT}-{timezone.now():%Y%m%dT%H%M%S.%fZ}"
        folder, whole = root / f"{UNFINISHED}{name}", root / name
        folder.mkdir(mode=0o700)
        try:
            manifest = fill(folder, next(iter(backups_in(root)), None), passphrase)
            folder.rename(whole)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
    return whole, manifest


@contextmanager
def only_one(root: Path) -> Iterator[None]:
    """Nobody else backs up into this folder meanwhile; the lock goes with the process."""
    try:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (root / ".lock").open("w")
    except OSError as error:
        words = f"Nothing can be written into {root}: {error.strerror}. Give the folder to the user of the services, or name another one."
        raise Refusal(words) from None
    with lock as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refusal(f"Another backup into {root} is running. Wait until it is done.") from None
        yield


def fill(folder: Path, earlier: Path | None, passphrase: str) -> Manifest:
    """Write every part, then the manifest."""
    moment, sealed = timezone.now(), newest_seal()
    tables = database.take(folder)
    store = Path(settings.MEDIA_ROOT)
    copied = take_files(sorted({*digests_named(), *digests_in(store)}), store, folder, earlier)
    take_seals(folder / SEALS)
    if passphrase:
        (folder / keys.SEALED).write_text(keys.seal(passphrase), encoding="utf-8")
    manifest = Manifest(
        made_at=moment.isoformat(timespec="seconds"),
        product=version("coremis"),
        environment=settings.COREMIS_ENVIRONMENT,
        country=str(setting(COUNTRY.name) or ""),
        vendor=connection.vendor,
        migrations=applied_migrations(),
        tables=tables,
        newest_seal=sealed,
        parts={path.relative_to(folder).as_posix(): part_of(path) for path in single_parts(folder)},
        files={"count": copied.count, "bytes": copied.size},
        missing=copied.missing,
        keys=keys.fingerprints(),
        with_keys=bool(passphrase),
    ).signed(settings.COREMIS_DATA_KEY)
    manifest.write(folder)
    return manifest


def digests_named() -> Iterator[str]:
    """The SHA-256 of every content that somebody sent or a job made, each once."""
    return Attachment._base_manager.order_by("sha256").values_list("sha256", flat=True).distinct().iterator(chunk_size=20_000)


def take_seals(folder: Path) -> None:
    """The hashes that were published outside the database: only they show that the newest entries were cut off."""
    folder.mkdir()
    for path in sorted((Path(settings.DATA_DIR) / SEALS).glob("*.txt")):
        shutil.copyfile(path, folder / path.name)


def single_parts(folder: Path) -> list[Path]:
    """Every file of the backup but the contents, which are listed, and the manifest, which does not exist yet."""
    named = [folder / database.PARTS[connection.vendor], folder / LISTED, folder / keys.SEALED, *(folder / SEALS).glob("*.txt")]
    return [path for path in named if path.is_file()]


def applied_migrations() -> dict[str, list[str]]:
    """The migrations of this database by app: they say which release can use it."""
    found: dict[str, list[str]] = {}
    for app, name in sorted(MigrationRecorder(connection).applied_migrations()):
        found.setdefault(app, []).append(name)
    return found


def newest_seal() -> str:
    """The hash of the newest seal, asked before the database is taken, so that it must come back."""
    return str(Seal.objects.order_by("-pk").values_list("hash", flat=True).first() or "")


def remove_old(root: Path, keep: int) -> list[Path]:
    """Remove this installation's backups but the newest ``keep``; those of other installations, and unreadable ones, stay."""
    old = [folder for folder in backups_in(root) if is_mine(folder)][max(keep, 1) :]
    for folder in old:
        os.rename(folder, gone := folder.with_name(f"{UNFINISHED}{folder.name}"))
        shutil.rmtree(gone)
    return old


def is_mine(folder: Path) -> bool:
    """Whether a backup was made with the keys of this installation."""
    try:
        return read_manifest(folder).keys["data_key"] == keys.fingerprints()["data_key"]
    except Refusal:
        return False
