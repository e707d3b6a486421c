"""Defining programmes."""

import re
from datetime import date

from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.base.refusal import Invalid
from coremis.modules.programmes.models import Programme
from coremis.modules.programmes.queries import taken_places
from coremis.modules.programmes.services.places import lock


@action(_("Create a programme"))
def create_programme(
    *, code: str, names: dict[str, str], unit: Programme.Unit, currency: str, starts_on: date, ends_on: date | None = None,
    max_beneficiaries: int | None = None, description: str = "", actor: Actor,
) -> Programme:  # fmt: skip
    """Define whom a programme helps, from when until when, and for how many at most. Code, unit and currency stay for ever."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,20}", code):
        raise Invalid(_("A code has up to 20 letters, figures and hyphens."), {"code": [_("Use up to 20 letters, figures and hyphens.")]})
    if Programme.objects.filter(code__iexact=code).exists():
        raise Invalid(_("The code %(code)s is in use. Give another one."), {"code": [_("This code is in use.")]}, code=code)
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise Invalid(_("A currency has three capital letters."), {"currency": [_("Three capital letters, for example XOF.")]})
    programme = Programme(code=code, unit=unit, currency=currency)
    return _save(programme, names, description, starts_on, ends_on, max_beneficiaries)


@action(_("Change a programme"), approvable=True)
def change_programme(
    *, programme: Programme, names: dict[str, str], starts_on: date, ends_on: date | None = None, max_beneficiaries: int | None = None,
    description: str = "", actor: Actor,
) -> Programme:  # fmt: skip
    """Change names, dates or the number of places; never to fewer places than are taken."""
    programme = lock(programme.pk)
    if max_beneficiaries is not None and (taken := taken_places(programme.pk)) > max_beneficiaries:
        sentence = _("%(count)s places are taken. Give at least as many, or let some beneficiaries exit first.")
        raise Invalid(sentence, {"max_beneficiaries": [sentence % {"count": taken}]}, count=taken)
    return _save(programme, names, description, starts_on, ends_on, max_beneficiaries)


def _save(
    programme: Programme, names: dict[str, str], description: str, starts_on: date, ends_on: date | None, places: int | None
) -> Programme:
    if not any(str(text).strip() for text in names.values()):
        raise Invalid(_("A programme needs a name."), {"names": [_("This is required.")]})
    if ends_on is not None and ends_on < starts_on:
        raise Invalid(_("A programme cannot end before it starts."), {"ends_on": [_("This is before the start.")]})
    if places is not None and places < 0:
        raise Invalid(_("The number of places cannot be below zero."), {"max_beneficiaries": [_("Give a number from zero upwards.")]})
    programme.names, programme.description = names, description
    programme.starts_on, programme.ends_on, programme.max_beneficiaries = starts_on, ends_on, places
    programme.save()
    return programme
