"""The files of a backup: every content lies under its SHA-256, so it is known when one is damaged, and old ones are only linked."""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copyfile

from coremis.kernel.base.refusal import Refusal
from coremis.project.backup.manifest import digest_of

LISTED, STORE = "files.txt", "files"
DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass
class Copied:
    """What was copied, and what was asked for and is not there whole."""

    count: int = 0
    size: int = 0
    missing: list[str] = field(default_factory=list)


def take_files(wanted: Iterable[str], store: Path, folder: Path, earlier: Path | None) -> Copied:
    """Copy every wanted content, or link the copy of an earlier backup; list them with their sizes."""
    done = Copied()
    with (folder / LISTED).open("w", encoding="utf-8") as listed:
        for digest in wanted:
            if not copy_or_link(digest, store, folder / STORE, earlier / STORE if earlier else None):
                done.missing.append(digest)
                continue
            size = place_in(folder / STORE, digest).stat().st_size
            listed.write(f"{digest} {size}\n")
            done.count, done.size = done.count + 1, done.size + size
    return done


def copy_or_link(digest: str, store: Path, into: Path, earlier: Path | None) -> bool:
    """Whether the content is in the backup now, whole."""
    target = place_in(into, digest)
    target.parent.mkdir(parents=True, exist_ok=True)
    if earlier and is_whole(place_in(earlier, digest), digest):
        try:
            os.link(place_in(earlier, digest), target)
            return True
        except OSError:  # another disk, or one that has no links
            copyfile(place_in(earlier, digest), target)
            return is_whole(target, digest)
    if not place_in(store, digest).is_file():
        return False
    copyfile(place_in(store, digest), target)
    if is_whole(target, digest):
        return True
    target.unlink()
    return False


def put_files_back(folder: Path, store: Path) -> int:
    """Copy every content into the store, each written whole or not at all; gives how many."""
    count = 0
    for digest, _size in listed_in(folder):
        target = place_in(store, digest)
        if not is_whole(target, digest):
            target.parent.mkdir(parents=True, exist_ok=True)
            waiting = target.with_suffix(".restoring")
            copyfile(place_in(folder / STORE, digest), waiting)
            waiting.chmod(0o600)
            waiting.replace(target)
        count += 1
    return count


def wrong_files(folder: Path) -> list[str]:
    """The contents of a backup that are not there or not whole."""
    return [digest for digest, _size in listed_in(folder) if not is_whole(place_in(folder / STORE, digest), digest)]


def listed_in(folder: Path) -> Iterator[tuple[str, int]]:
    """Digest and size of every content of a backup."""
    for line in (folder / LISTED).read_text(encoding="utf-8").splitlines():
        digest, size = line.split()
        yield digest, int(size)


def digests_in(store: Path) -> Iterator[str]:
    """Every content of a store, also those that no record names yet."""
    return (path.name for path in store.glob("[0-9a-f][0-9a-f]/*") if DIGEST.fullmatch(path.name))


def place_in(store: Path, digest: str) -> Path:
    """Where a content lies below a store; made from the digest only, never from a name."""
    if not DIGEST.fullmatch(digest):
        raise Refusal(f"“{digest[:80]}” is no SHA-256. The list of files is damaged; choose another backup.")
    return store / digest[:2] / digest


def is_whole(path: Path, digest: str) -> bool:
    """Whether a file is there and holds what its name says."""
    return path.is_file() and digest_of(path) == digest
