"""The keys of an installation: sealed into a backup with a passphrase, or left out and then named."""

import base64
import json
import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from django.conf import settings
from django.utils import timezone

from coremis.kernel.base.refusal import Refusal
from coremis.project.backup.manifest import fingerprint

SEALED = "keys.sealed"
KEYS = {"data_key": "COREMIS_DATA_KEY", "secret_key": "COREMIS_SECRET_KEY"}
SHORTEST = 12


def keys_in_use() -> dict[str, str]:
    """The keys of this installation by the name of their file."""
    return {"data_key": settings.COREMIS_DATA_KEY, "secret_key": settings.SECRET_KEY}


def fingerprints() -> dict[str, str]:
    """By which the keys of this installation are known again."""
    return {name: fingerprint(key) for name, key in keys_in_use().items()}


def passphrase_from(path: Path) -> str:
    """The first line of a file; too short a one is refused."""
    text = path.read_text(encoding="utf-8").split("\n")[0].strip() if path.is_file() else ""
    if len(text) < SHORTEST:
        raise Refusal(f"{path} must hold a passphrase of at least {SHORTEST} signs in its first line.")
    return text


def seal(passphrase: str) -> str:
    """Both keys, readable only with the passphrase."""
    salt = os.urandom(16)
    token = cipher(passphrase, salt).encrypt(json.dumps(keys_in_use()).encode())
    return json.dumps({"salt": base64.b64encode(salt).decode(), "sealed": token.decode()})


def unseal(text: str, passphrase: str) -> dict[str, str]:
    """The keys again; a wrong passphrase is refused."""
    try:
        held = json.loads(text)
        opened = cipher(passphrase, base64.b64decode(held["salt"])).decrypt(held["sealed"].encode())
    except (ValueError, KeyError, TypeError, InvalidToken):
        raise Refusal("The passphrase does not open the keys of this backup. Give the one it was made with.") from None
    return {name: str(key) for name, key in json.loads(opened).items()}


def cipher(passphrase: str, salt: bytes) -> Fernet:
    """Slow on purpose, so that guessing passphrases is slow, too."""
    derived = Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(passphrase.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


def install(keys: dict[str, str]) -> list[str]:
    """Put keys into use; those that lay there are kept beside, never deleted. Gives the names of the files written."""
    written = []
    for name, key in keys.items():
        path = Path(settings.DATA_DIR) / "keys" / name
        if keys_in_use()[name] == key:
            continue
        if os.environ.get(KEYS[name], "").strip():
            raise Refusal(f"{KEYS[name]} is set and is another key. Set it to the key of the backup, or remove it, and try again.")
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            path.rename(path.with_name(f"{name}.replaced-{timezone.now():%Y%m%dT%H%M%S}"))
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(key)
        written.append(name)
    settings.COREMIS_DATA_KEY, settings.SECRET_KEY = keys["data_key"], keys["secret_key"]
    return written
