"""What a backup says about itself: what it holds, with digests and counts, signed with the installation's data key.

A folder without a manifest is no backup: the manifest is written last, into a folder that gets its name only when all is in it.
"""

import hashlib
import hmac
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Self

from coremis.kernel.base.refusal import Refusal

FORMAT = 1
NAME = "manifest.json"
UNFINISHED = ".unfinished-"
PIECE = 1 << 20


@dataclass(frozen=True)
class Manifest:
    """One backup. ``parts`` are its single files; the contents people sent are listed in ``files.txt``, which is a part itself.

    ``tables`` are row counts at the moment of the backup, ``newest_seal`` the last link of the history then, ``missing`` contents
    that the database names and the store did not have, or had damaged.
    """

    made_at: str
    product: str
    environment: str
    country: str
    vendor: str
    migrations: dict[str, list[str]]
    tables: dict[str, int]
    newest_seal: str
    parts: dict[str, dict[str, Any]]
    files: dict[str, int]
    missing: list[str]
    keys: dict[str, str]
    with_keys: bool
    format: int = FORMAT
    signature: str = field(default="")

    def signed(self, data_key: str) -> Self:
        """The same with the signature that only a holder of the data key can make."""
        return type(self)(**{**asdict(self), "signature": signature_of(asdict(self), data_key)})

    def is_signed_with(self, data_key: str) -> bool:
        """Whether nothing in it was changed since."""
        return hmac.compare_digest(self.signature, signature_of(asdict(self), data_key))

    def write(self, folder: Path) -> None:
        """Put it into the folder, surely on the disk."""
        path = folder / NAME
        path.write_text(json.dumps(asdict(self), indent=1, sort_keys=True), encoding="utf-8")
        with path.open("rb") as file:
            flush(file)

    @property
    def size(self) -> int:
        """All bytes of the backup but the manifest's."""
        return sum(int(part["size"]) for part in self.parts.values()) + self.files["bytes"]


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup; a folder without one, or of a later format, is refused."""
    path = folder / NAME
    if not path.is_file() or folder.name.startswith(UNFINISHED):
        raise Refusal(f"{folder} is no finished backup: it has no {NAME}. Choose another one.")
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        if held.get("format") != FORMAT:
            raise Refusal(f"{folder} was made by another release. Restore it with the release that made it, then upgrade.")
        return Manifest(**held)
    except (ValueError, TypeError, AttributeError):
        raise Refusal(f"The manifest of {folder} is damaged. Choose another backup.") from None


def backups_in(root: Path) -> list[Path]:
    """The finished backups of a folder, the newest first."""
    found = [path.parent for path in root.glob(f"*/{NAME}") if not path.parent.name.startswith(UNFINISHED)]
    return sorted(found, key=lambda folder: folder.name.rpartition("-")[2], reverse=True)


def signature_of(held: dict[str, Any], data_key: str) -> str:
    """The keyed digest of everything but the signature itself."""
    text = json.dumps({name: value for name, value in held.items() if name != "signature"}, sort_keys=True)
    return hmac.new(b"backup:" + data_key.encode(), text.encode(), hashlib.sha256).hexdigest()


def fingerprint(key: str) -> str:
    """By which a key is known again without being told."""
    return hmac.new(key.encode(), b"coremis backup", hashlib.sha256).hexdigest()[:24]


def part_of(path: Path) -> dict[str, Any]:
    """Size and SHA-256 of one file."""
    return {"size": path.stat().st_size, "sha256": digest_of(path)}


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, read piece by piece."""
    told = hashlib.sha256()
    with path.open("rb") as file:
        for piece in pieces(file):
            told.update(piece)
    return told.hexdigest()


def pieces(file: Any) -> Iterator[bytes]:
    """A file in pieces that fit into memory."""
    yield from iter(partial(file.read, PIECE), b"")


def flush(file: Any) -> None:
    """See that it is on the disk and not only on its way."""
    os.fsync(file.fileno())
