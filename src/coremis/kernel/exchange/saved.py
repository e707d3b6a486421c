"""Mappings that are kept: which title brings which column in the files of one source, and what its words mean.

Two functions are all that a page needs: ``proposed_mappings`` finds those that fit the titles of a new file, ``fitted_mapping``
gives one in the titles of that file. An import keeps the mapping and the options it used itself, so that an old one shows them
whatever became of the saved one since; of the saved one it notes the version.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.models import User
from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.base.refusal import Invalid, NotPermitted, Refusal
from coremis.kernel.base.text import fold
from coremis.kernel.exchange.models import SavedMapping

Titles = dict[str, list[str]]
LEAST_SHARE = 0.6  # of a saved mapping's titles that a file must have to be proposed
MOST_PROPOSED = 10


def proposed_mappings(import_kind: str, headers: Sequence[str], *, user: User, permission: str) -> list[SavedMapping]:
    """The saved mappings that fit these titles, the best first: own ones and shared ones of this kind of file."""
    here = {fold(header) for header in headers}
    kept = SavedMapping.objects.visible_to(user, permission).filter(import_kind=import_kind, is_active=True).order_by("-pk")
    rated = [(share_of(saved, here), saved.owner_id == user.pk, saved.pk, saved) for saved in kept[:500]]
    return [saved for share, _own, _pk, saved in sorted(rated, key=lambda one: one[:3], reverse=True) if share >= LEAST_SHARE][
        :MOST_PROPOSED
    ]


def share_of(saved: SavedMapping, titles: set[str]) -> float:
    """How many of the titles that a mapping uses stand among these folded ones: 1 is all."""
    used = [fold(title) for given in saved.mapping.values() for title in given]
    return sum(title in titles for title in used) / len(used) if used else 0.0


def fitted_mapping(saved: SavedMapping, headers: Sequence[str]) -> Titles:
    """The mapping in the titles of this file, accents, case and signs aside; a column whose titles the file lacks is left out."""
    by_name: dict[str, str] = {}
    for header in headers:
        by_name.setdefault(fold(header), header)
    found = {code: [by_name.get(fold(title), "") for title in titles] for code, titles in saved.mapping.items()}
    return {code: titles for code, titles in found.items() if titles and all(titles)}


@action(_("Save a mapping"))
def save_mapping(
    *, import_kind: str, name: str, mapping: dict[str, Any], options: dict[str, Any], headers: list[str], source: str = "",
    shared: bool = False, actor: Actor,
) -> SavedMapping:  # fmt: skip
    """Keep a mapping under a name, for oneself or for everybody with the right. One's own of the same name gets a new version."""
    plain = " ".join(name.split())
    if not plain or len(plain) > 80:
        raise Invalid(_("Give the mapping a name."), {"name": [_("Write a name of at most 80 letters.")]})
    clean = titles_by_code(mapping, headers)
    names = SavedMapping.objects.filter(import_kind=import_kind, name_key=fold(plain), is_active=True)
    saved = names.filter(owner_id=actor.pk).first()
    if shared and names.filter(shared=True).exclude(owner_id=actor.pk).exists():
        raise Invalid(_("Somebody else shares a mapping of this name."), {"name": [_("Choose another name.")]})
    saved = saved or SavedMapping(import_kind=import_kind, owner_id=actor.pk)
    saved.name, saved.name_key, saved.source, saved.shared = plain, fold(plain), source.strip()[:40], shared
    saved.mapping, saved.options, saved.headers = clean, dict(options), list(headers)
    saved.save()
    return saved


def titles_by_code(mapping: Mapping[str, Any], headers: Sequence[str]) -> Titles:
    """The mapping in its stored form; titles that the file does not have are refused."""
    clean = {code: [given] if isinstance(given, str) else list(given) for code, given in mapping.items() if given}
    unknown = [title for titles in clean.values() for title in titles if title not in headers]
    if unknown or not clean:
        raise Refusal(_("This mapping does not fit the file. Match the columns first."))
    return clean


@action(_("Put a saved mapping out of use"))
def retire_mapping(*, saved_mapping: SavedMapping, actor: Actor) -> SavedMapping:
    """It is no longer proposed; imports that used it keep what they used. Of others, only shared ones can be put out of use."""
    if saved_mapping.owner_id != actor.pk and not saved_mapping.shared:
        raise NotPermitted(_("This mapping belongs to somebody else."))
    if not saved_mapping.is_active:
        raise Refusal(_("This mapping is out of use already."))
    saved_mapping.is_active = False
    saved_mapping.save()
    return saved_mapping
