"""Identity documents: their numbers are used and stored encrypted, and never enter the history."""

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.encryption import keyed_hash
from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.actions.parameters import Secret
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.modules.registry.models import Document, DocumentKind, Person
from coremis.modules.registry.rules import clean_text


@action(_("Add a document"))
def add_document(*, person: Person, kind: DocumentKind, number: Secret[str], valid_until: date | None = None, actor: Actor) -> Document:
    """One more identity document of a person; people may have several, or none."""
    return store_document(person, checked_document(kind, number.reveal(), valid_until))


@action(_("Take a document out of use"))
def end_document(*, document: Document, reason: str, actor: Actor) -> Document:
    """A document that was replaced, lost or wrong; it stays in the history but no longer identifies the person."""
    if document.ended_on:
        raise Refusal(_("This document is out of use already."))
    if not reason.strip():
        raise Invalid(_("Write why the document is taken out of use."), {"reason": [_("This is required.")]})
    document.ended_on = timezone.localdate()
    document.save()
    return document


def checked_document(kind: Any, number: Any, valid_until: Any = None) -> dict[str, Any]:
    """The fields of a document, or a refusal."""
    plain = clean_text(number or "", 40)
    if sum(sign.isalnum() for sign in plain) < 3:
        raise Invalid(_("A document number has at least three letters or digits."), {"number": [_("Write the whole number.")]})
    if kind not in DocumentKind.values:
        raise Invalid(_("Choose the kind of document."), {"kind": [_("Choose the kind of document.")]})
    if isinstance(valid_until, str):
        valid_until = date.fromisoformat(valid_until) if valid_until else None
    return {"kind": DocumentKind(kind), "number": plain, "valid_until": valid_until}


def store_document(person: Person, fields: dict[str, Any]) -> Document:
    """Store a document of a person, once."""
    same = Document.objects.filter(person=person, kind=fields["kind"], number_hash=keyed_hash(fields["number"]), ended_on=None)
    if same.exists():
        raise Invalid(_("This person has this document already."), {"number": [_("This document is written down already.")]})
    document = Document(person=person, **fields)
    document.save()
    return document
