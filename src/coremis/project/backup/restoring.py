"""Restoring a backup into an empty installation, and proving what came back."""

import shutil
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from coremis.kernel.actions.models import Seal
from coremis.kernel.actions.triggers import check_triggers
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.jobs.kinds import JobKind
from coremis.kernel.jobs.schedule import Schedule
from coremis.kernel.jobs.work import Work
from coremis.kernel.module.contributions import contributions
from coremis.project.backup import database, keys
from coremis.project.backup.contents import put_files_back, wrong_files
from coremis.project.backup.making import SEALS
from coremis.project.backup.manifest import Manifest, backups_in, digest_of, fingerprint, read_manifest

Say = Callable[[str], None]


def chosen(path: Path) -> Path:
    """A backup, or the newest one of a folder of backups."""
    found = [path] if (path / "manifest.json").is_file() else backups_in(path)
    if not found:
        raise Refusal(f"{path} is no backup and holds none. Give the folder that “coremis backup” named.")
    return found[0]


def restore(folder: Path, passphrase: str, say: Say) -> Manifest:
    """Check the backup, fill this empty installation from it, and prove it; anything wrong is refused before anything is written.

    Raises where the backup is damaged, the database is not empty, or what came back is not what was taken.
    """
    manifest = read_manifest(folder)
    held = keys_for(manifest, folder, passphrase)
    check_whole(manifest, folder, held["data_key"])
    say(f"The backup of {manifest.made_at} is whole: {len(manifest.parts)} parts and {manifest.files['count']} files.")
    check_place(manifest)
    for name in keys.install(held):
        say(f"Put into use: the {name.replace('_', ' ')} of the backup.")
    say(f"Files put back: {put_files_back(folder, Path(settings.MEDIA_ROOT))}.")
    put_seals_back(folder, say)
    database.put_back(folder)
    prove(manifest, say)
    return manifest


def keys_for(manifest: Manifest, folder: Path, passphrase: str) -> dict[str, str]:
    """The keys that fit this backup: those inside it, else those in use here."""
    if manifest.with_keys and passphrase:
        return keys.unseal((folder / keys.SEALED).read_text(encoding="utf-8"), passphrase)
    held = keys.keys_in_use()
    if fingerprint(held["data_key"]) == manifest.keys["data_key"]:
        return held
    if manifest.with_keys:
        raise Refusal("This installation has another data key. Give the passphrase of the backup: --passphrase-file FILE.")
    raise Refusal(
        "This installation has another data key, and the backup holds none. "
        f"Put the data key of the installation it was made on into {Path(settings.DATA_DIR) / 'keys' / 'data_key'}, then try again."
    )


def check_whole(manifest: Manifest, folder: Path, data_key: str) -> None:
    """Refuse a backup of which anything was changed, cut off or taken away."""
    if not manifest.is_signed_with(data_key):
        raise Refusal(f"The manifest of {folder.name} was changed. Choose another backup.")
    for name, part in manifest.parts.items():
        path = folder / name
        if not path.is_file() or path.stat().st_size != part["size"] or digest_of(path) != part["sha256"]:
            raise Refusal(f"{name} of {folder.name} is missing, cut off or changed. Choose another backup.")
    if wrong := wrong_files(folder):
        raise Refusal(f"{len(wrong)} files of {folder.name} are missing or damaged, the first is {wrong[0]}. Choose another backup.")


def check_place(manifest: Manifest) -> None:
    """Refuse an installation that is not empty, of another kind, or of another release."""
    if manifest.vendor != connection.vendor:
        raise Refusal(f"The backup is of {manifest.vendor}, this database is {connection.vendor}. Set COREMIS_DATABASE_URL and try again.")
    if not database.is_empty():
        raise Refusal("The database is not empty, and nothing here is ever overwritten. Make an empty one and try again.")
    disk = MigrationLoader(None, ignore_no_migrations=True)
    for app in disk.migrated_apps:
        here = {name for label, name in disk.disk_migrations if label == app}
        if app in manifest.migrations and here != set(manifest.migrations[app]):
            raise Refusal(
                f"The backup was made by version {manifest.product}, and “{app}” has changed since. "
                "Restore it with that version, then upgrade."
            )


def put_seals_back(folder: Path, say: Say) -> None:
    """The published hashes lie beside the database again, so that the proof can use them; others that lay there are kept beside."""
    source, target = folder / SEALS, Path(settings.DATA_DIR) / SEALS
    if any(not (source / path.name).is_file() or digest_of(source / path.name) != digest_of(path) for path in target.glob("*.txt")):
        aside = target.with_name(f"{SEALS}.replaced-{timezone.now():%Y%m%dT%H%M%S}")
        target.rename(aside)
        say(f"Other published seals lay here; they are kept in {aside.name}.")
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted(source.glob("*.txt")):
        shutil.copyfile(path, target / path.name)


def prove(manifest: Manifest, say: Say) -> None:
    """The rows are as many as they were, the safeguards are in place, and every proof of the product holds."""
    found = database.rows()
    different = sorted(table for table in found.keys() | manifest.tables if found.get(table) != manifest.tables.get(table))
    if different:
        raise Refusal(f"The rows of {', '.join(different[:5])} are not as many as they were. Do not use this database.")
    say(f"{len(found)} tables with {sum(found.values())} rows, as many as at the backup.")
    if manifest.newest_seal and not Seal.objects.filter(hash=manifest.newest_seal).exists():
        raise Refusal("The newest seal of the backup did not come back. Do not use this database.")
    for problem in check_triggers(None, databases=["default"]):
        raise Refusal(f"{problem.msg} Do not use this database.")
    for one in contributions(Schedule):
        if one.proves:
            count = findings_of(one.kind, one.proves)
            say(f"{one.kind.title}: {count or 'nothing'} found that is not as it should be.")
            if count:
                raise Refusal(f"“{one.kind.title}” found {count} differences. Do not use this database before they are explained.")


def findings_of(kind: JobKind, name: str) -> int:
    """Do a proof here and now, without the worker; how much of it does not hold."""
    work = Work(job_id=0, params={})
    while kind.step(work):
        work.settle()
    if kind.on_finish is not None:
        with transaction.atomic():
            kind.on_finish(work)
    return int(work.report[name])
