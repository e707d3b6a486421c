"""The pages on which units of the tree change, and the tree as a list."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.areas.models import Area
from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.lists import ListScreen
from coremis.modules.geography import forms, previews
from coremis.modules.geography.measures import place_page
from coremis.modules.geography.services.moving import move_people
from coremis.modules.geography.services.reorganising import merge_units, split_unit
from coremis.modules.geography.services.units import close_unit, move_unit, rename_unit
from coremis.modules.geography.tables import UnitTable
from coremis.modules.geography.views.files import SEE, file_link


def to_place(area: Area) -> str:
    """The page of a unit."""
    return place_page(area.pk)


def given(data: dict[str, Any]) -> dict[str, Any]:
    """What was filled in."""
    return {name: value for name, value in data.items() if value not in (None, "") and name != "approval_note"}


units = ListScreen(
    UnitTable,
    title=_("The tree as a list"),
    lead=_("Take it home as a file, change it there, and send it again: you see what changed before anybody agrees."),
    actions=[file_link(_("Send a file"), "send", SEE, tone="primary")],
)
ABOUT: dict[str, Any] = {"target": (Area, "pk"), "back": to_place, "done": to_place, "lead": lambda area: f"{area.name} ({area.code})"}
rename_page = ActionScreen(
    rename_unit,
    form=forms.RenameUnitForm,
    initial=lambda request, area: {"name": area.name, "code": area.code},
    inputs=lambda data, area: {**given(data), "area": area},
    preview=previews.renaming,
    **ABOUT,
)
move_page = ActionScreen(
    move_unit, form=forms.MoveUnitForm, inputs=lambda data, area: {**given(data), "area": area}, preview=previews.moving, **ABOUT
)
close_page = ActionScreen(close_unit, form=forms.CloseUnitForm, preview=previews.closing, danger=True, **ABOUT)
merge_page = ActionScreen(
    merge_units,
    form=forms.MergeForm,
    inputs=lambda data, area: {
        **given({name: value for name, value in data.items() if name != "others"}),
        "areas": list({one.pk: one for one in (area, *data["others"])}.values()),
    },
    preview=previews.merging,
    **ABOUT,
)
split_page = ActionScreen(
    split_unit,
    form=forms.SplitForm,
    inputs=lambda data, area: {**given(data), "area": area},
    preview=previews.splitting,
    **{**ABOUT, "done": lambda made: place_page(made[0].pk)},
)
move_people_page = ActionScreen(
    move_people,
    form=forms.MovePeopleForm,
    inputs=lambda data, area: {"from_areas": [area], "to": data["to"]},
    preview=previews.moving_people,
    **{**ABOUT, "done": None},
)
