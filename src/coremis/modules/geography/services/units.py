"""Renaming, moving and closing units: asked for by one person, agreed to by another, dated, and kept in the crosswalk."""

from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.areas.models import Area
from coremis.kernel.areas.services import close_area, move_area, rename_area
from coremis.kernel.base.refusal import Refusal
from coremis.modules.geography.crosswalk import write_links
from coremis.modules.geography.models import CodeLink


@action(_("Rename a unit or change its code"), approvable=True, covers=(rename_area,))
def rename_unit(*, area: Area, name: str, code: str, on: date | None = None, source: str = "", actor: Actor) -> Area:
    """A new name or code from a day; the former ones stay known to searches and imports, and a former code goes into the crosswalk."""
    if (name.strip(), code.strip()) == (area.name, area.code):
        raise Refusal(_("Nothing would change. Write another name or code."))
    before = CodeLink(
        former_code=area.code, former_name=area.name, former_area=area, area=area, why=CodeLink.Why.RENAME,
        valid_from=on or max(timezone.localdate(), area.valid_from), source=source.strip(),
    )  # fmt: skip
    renamed = rename_area(area=area, name=name, code=code, on=on, actor=actor)
    if renamed.code != before.former_code:
        write_links([before], searchable=False)
    return renamed


@action(_("Move a unit into another one"), approvable=True, covers=(move_area,))
def move_unit(*, area: Area, parent: Area, on: date | None = None, actor: Actor) -> Area:
    """A unit, with all below it, lies in another one of the same level as its present one from a day on."""
    if parent.pk == area.parent_id:
        raise Refusal(_("It lies there already. Choose another unit."))
    return move_area(area=area, parent=parent, on=on, actor=actor)


@action(_("Close a unit"), approvable=True, covers=(close_area,))
def close_unit(*, area: Area, until: date, actor: Actor) -> Area:
    """A unit ends without a successor; what lies in it stays readable there."""
    check_ending(area, until + timedelta(days=1))
    return close_area(area=area, until=until, actor=actor)


def check_begun(day: date) -> None:
    """Refuse what would begin in the future: its codes could be used before."""
    if day > timezone.localdate():
        raise Refusal(_("This day lies in the future. Come back when it has come."))


def check_ending(area: Area, day: date) -> None:
    """Refuse to end the country, what has ended already, and what would end before it began or in the future."""
    if area.parent_id is None:
        raise Refusal(_("The country itself cannot be closed."))
    if area.valid_until is not None:
        raise Refusal(_("“%(name)s” is closed already."), name=area.name)
    if day > timezone.localdate() + timedelta(days=1):
        raise Refusal(_("This day lies in the future. Come back when it has come."))
    if day <= area.valid_from:
        raise Refusal(_("“%(name)s” began after this date. Give a later one."), name=area.name)
