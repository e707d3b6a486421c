"""Personal identifiers at rest: encrypted with the installation's key, found again by a keyed hash."""

import base64
import hashlib
import hmac
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import models


@lru_cache(maxsize=4)
def _cipher(key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"encrypt:" + key.encode()).digest()))


def encrypt(text: str) -> str:
    """The text as a Fernet token."""
    return _cipher(settings.COREMIS_DATA_KEY).encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """The text again; ValueError where the key does not fit."""
    try:
        return _cipher(settings.COREMIS_DATA_KEY).decrypt(token.encode()).decode()
    except InvalidToken:
        raise ValueError("The data key does not fit this database.") from None


def keyed_hash(text: str) -> str:
    """The same for the same text (blanks, dashes and case aside), and unknowable without the key."""
    plain = "".join(sign for sign in text.casefold() if sign.isalnum())
    return hmac.new(b"hash:" + settings.COREMIS_DATA_KEY.encode(), plain.encode(), hashlib.sha256).hexdigest()


class EncryptedField(models.TextField):  # type: ignore[type-arg]
    """Text that lies encrypted in the database and is plain in Python; its former values are never kept."""

    secret = True

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt on the way in."""
        return encrypt(str(value)) if value else value

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Decrypt on the way out."""
        return decrypt(value) if value else value
