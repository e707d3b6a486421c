"""Keeping, changing, sharing, copying and retiring filters. Only who made one changes it; everybody else takes a copy."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.base.refusal import Invalid, NotPermitted, Refusal
from coremis.modules.filters.models import SavedFilter
from coremis.modules.filters.queries import checked

Shared = SavedFilter.Shared


@action(_("Keep a filter"))
def save_filter(*, name: str, condition: dict[str, Any], shared: Shared = Shared.ME, actor: Actor) -> SavedFilter:
    """Keep a condition under a name of one's own; refused where it cannot be used, or asks for what one may not see."""
    tree = _usable(condition, actor)
    saved = SavedFilter(name=_free(name, tree["about"], actor), subject=tree["about"], condition=tree, shared=shared, owner_id=actor.pk)
    saved.save()
    return saved


@action(_("Change a filter"))
def change_filter(
    *, saved: SavedFilter, name: str, shared: Shared, condition: dict[str, Any] | None = None, actor: Actor
) -> SavedFilter:  # fmt: skip
    """Change name, condition or with whom it is shared; work that used it before keeps its own copy."""
    _own(saved, actor)
    if condition is not None:
        saved.condition = _usable(condition, actor, saved.subject)
    saved.name, saved.shared = _free(name, saved.subject, actor, saved), shared
    saved.save()
    return saved


@action(_("Copy a filter"))
def copy_filter(*, saved: SavedFilter, name: str, actor: Actor) -> SavedFilter:
    """One's own copy of a filter that one may use; it is shared with nobody."""
    if not SavedFilter.objects.visible_to(actor, copy_filter.name).filter(pk=saved.pk).exists():
        raise NotPermitted(_("This filter is not shared with you. Ask the person who made it."))
    copied = SavedFilter(
        name=_free(name, saved.subject, actor), subject=saved.subject, condition=_usable(saved.condition, actor), owner_id=actor.pk
    )
    copied.save()
    return copied


@action(_("Retire a filter"))
def retire_filter(*, saved: SavedFilter, actor: Actor) -> SavedFilter:
    """Take a filter out of use; its name is free again, and what used it stays as it was."""
    _own(saved, actor)
    saved.is_active = False
    saved.save()
    return saved


def _usable(condition: dict[str, Any], actor: Actor, subject: str = "") -> dict[str, Any]:
    tree = checked(condition, subject, user=actor)
    if not tree:
        raise Refusal(_("This filter holds no condition yet. Add one before you keep it."))
    return tree


def _own(saved: SavedFilter, actor: Actor) -> None:
    if saved.owner_id != actor.pk:
        raise NotPermitted(_("Only the person who made this filter can change it. Copy it instead."))
    if not saved.is_active:
        raise Refusal(_("This filter was retired. Copy it to use it again."))


def _free(name: str, subject: str, actor: Actor, before: SavedFilter | None = None) -> str:
    """The name without blanks around it, if none of the actor's filters has it."""
    plain = " ".join(name.split())
    if not 0 < len(plain) <= 80:
        sentence = _("Give the filter a name of at most 80 signs.")
        raise Invalid(sentence, {"name": [sentence]})
    taken = SavedFilter.objects.filter(owner=actor.pk, subject=subject, name=plain, is_active=True)
    if (taken.exclude(pk=before.pk) if before else taken).exists():
        sentence = _("You have a filter of this name already. Choose another name.")
        raise Invalid(sentence, {"name": [sentence]})
    return plain
