"""The forms of this module."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coremis.kernel.areas.models import Area
from coremis.kernel.areas.services import CODE_LENGTH, NAME_LENGTH
from coremis.kernel.exchange.kinds import find_kind
from coremis.kernel.screens.forms import ActionForm, AreaField, DateInput, LabelField, RecordField
from coremis.modules.geography.imports import KINDS
from coremis.modules.geography.models import FigureKind
from coremis.modules.geography.services.files import guessed

PARTS = 5
SOURCE = _("The law, decree or list that says so.")


class SendForm(ActionForm):
    """A file, what it brings, and the place it is about."""

    kind = forms.ChoiceField(label=_("What the file brings"), choices=lambda: [(kind.name, kind.title) for kind in KINDS])
    file = forms.FileField(
        label=_("File"), help_text=_("A table as .xlsx or CSV. Codes with zeros in front must stand in text columns."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
    )  # fmt: skip
    area = AreaField(label=_("Place"), help_text=_("Everything in the file must lie in this place."))


class MatchForm(ActionForm):
    """Which title of the file brings what."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        columns = find_kind(self.target.import_kind).all_columns()
        held = self.target.mapping or guessed(self.target.import_kind, self.target.headers)
        brings = {title: code for code, titles in held.items() for title in titles}
        offered = [("", _("– leave out –")), *((code, column.title) for code, column in columns.items())]
        for number, title in enumerate(self.target.headers):
            field = forms.ChoiceField(label=title, choices=offered, required=False, initial=brings.get(title, ""))
            self.fields[f"column_{number}"] = field

    def clean(self) -> dict[str, Any]:
        """The titles by column, each column once."""
        cleaned = super().clean() or {}
        mapping: dict[str, list[str]] = {}
        for number, title in enumerate(self.target.headers):
            if code := cleaned.get(f"column_{number}"):
                if code in mapping:
                    self.add_error(f"column_{number}", _("Two columns bring the same. Leave one of them out."))
                mapping.setdefault(code, []).append(title)
        return {"mapping": mapping}


class OutlinesForm(ActionForm):
    """A file of outlines."""

    file = forms.FileField(
        label=_("File"), help_text=_("GeoJSON in degrees (WGS 84). Each outline is found by its code, its former code, or its name."),
        widget=forms.ClearableFileInput(attrs={"accept": ".geojson,.json"}),
    )  # fmt: skip
    source = forms.CharField(label=_("Source"), max_length=120, required=False, help_text=_("Where the outlines come from."))


class RenameUnitForm(ActionForm):
    """A new name or code."""

    name = forms.CharField(label=_("Name"), max_length=NAME_LENGTH)
    code = forms.CharField(label=_("Code"), max_length=CODE_LENGTH)
    on = forms.DateField(label=_("From which day"), required=False, widget=DateInput(), help_text=_("Blank means today."))
    source = forms.CharField(label=_("Source"), max_length=120, required=False, help_text=SOURCE)
    rows = (("name", "code"), ("on", "source"))


class MoveUnitForm(ActionForm):
    """Another unit above."""

    parent = AreaField(label=_("Within"))
    on = forms.DateField(label=_("From which day"), required=False, widget=DateInput(), help_text=_("Blank means today."))


class CloseUnitForm(ActionForm):
    """The last day."""

    until = forms.DateField(label=_("Last day"), widget=DateInput())


class MergeForm(ActionForm):
    """What becomes one with this unit, and what it is called."""

    others = AreaField(label=_("Merge it with"), many=True, help_text=_("Units of the same level."))
    into = AreaField(
        label=_("The unit that goes on"), required=False, help_text=_("One of them, or another one. Leave it blank to make a new unit.")
    )
    name = forms.CharField(label=_("Name of the new unit"), max_length=NAME_LENGTH, required=False)
    code = forms.CharField(label=_("Code of the new unit"), max_length=CODE_LENGTH, required=False)
    on = forms.DateField(label=_("From which day"), widget=DateInput())
    source = forms.CharField(label=_("Source"), max_length=120, required=False, help_text=SOURCE)
    carry_rights = forms.BooleanField(
        label=_("Users of the former units get the same rights in the new one"), required=False, initial=True,
        help_text=_("Without it, they no longer see the people who lived there."),
    )  # fmt: skip
    rows = (("others",), ("into",), ("name", "code"), ("on", "source"), ("carry_rights",))

    def clean(self) -> dict[str, Any]:
        """A new unit needs a name and a code."""
        data = super().clean() or {}
        if data.get("into") is None:
            for name in ("name", "code"):
                if not data.get(name):
                    self.add_error(name, _("A new unit needs this. Or choose the unit that goes on."))
        return data


class SplitForm(ActionForm):
    """The parts, and to which of them each unit inside belongs."""

    on = forms.DateField(label=_("From which day"), widget=DateInput())
    goes_on = forms.BooleanField(
        label=_("The unit goes on, smaller, under its code"), required=False, help_text=_("It keeps every unit inside that no part takes.")
    )
    source = forms.CharField(label=_("Source"), max_length=120, required=False, help_text=SOURCE)
    carry_rights = forms.BooleanField(label=_("Users of the former unit get the same rights in its parts"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, PARTS + 1):
            words, needed = {"number": number}, number == 1
            self.fields[f"name{number}"] = forms.CharField(
                label=_("Part %(number)s: name") % words, max_length=NAME_LENGTH, required=needed
            )
            self.fields[f"code{number}"] = forms.CharField(label=_("code"), max_length=CODE_LENGTH, required=needed)
            self.fields[f"share{number}"] = forms.DecimalField(
                label=_("share in %"), required=needed, min_value=0, max_value=100, decimal_places=4, max_digits=8
            )
        offered = [("", "–"), *((str(number), _("Part %(number)s") % {"number": number}) for number in range(1, PARTS + 1))]
        self.inside = list(Area.objects.filter(parent=self.target, valid_until=None).order_by("search_name")) if self.target else []
        for area in self.inside:
            label = _("%(name)s (%(code)s) belongs to") % {"name": area.name, "code": area.code}
            self.fields[f"inside{area.pk}"] = forms.ChoiceField(label=label, choices=offered, required=False)
        lines = [(f"name{number}", f"code{number}", f"share{number}") for number in range(1, PARTS + 1)]
        self.rows = [("on", "source"), ("goes_on",), *lines]  # type: ignore[misc]

    def clean(self) -> dict[str, Any]:
        """The parts that have a name, with the codes of the units inside."""
        data = super().clean() or {}
        parts = []
        for number in range(1, PARTS + 1):
            name, code, share = (data.get(f"{what}{number}") for what in ("name", "code", "share"))
            if not name and not code:
                continue
            inside = [area.code for area in self.inside if data.get(f"inside{area.pk}") == str(number)]
            parts.append({"name": name or "", "code": code or "", "share": str((share or 0) / 100), "inside": inside})
        known = {name: data.get(name) for name in ("on", "goes_on", "source", "carry_rights")}
        return {**known, "parts": parts}


class MovePeopleForm(ActionForm):
    """Where the people who live in a former unit belong."""

    to = AreaField(label=_("Their place now"))


class FigureForm(ActionForm):
    """A figure of one place."""

    kind = RecordField(FigureKind, "geography.view_figurekind", label=_("Figure"))
    value = forms.FloatField(label=_("Value"))
    year = forms.IntegerField(label=_("Year"), min_value=1900, max_value=2200)
    source = forms.CharField(
        label=_("Source"), max_length=120, required=False, help_text=_("For example the census or survey it comes from.")
    )
    rows = (("kind", "value"), ("year", "source"))


class EndFigureForm(ActionForm):
    """The last day of a figure."""

    until = forms.DateField(label=_("Last day"), widget=DateInput())


class KindForm(ActionForm):
    """What is counted or estimated."""

    code = forms.SlugField(label=_("Code"), max_length=40, help_text=_("Short and lasting; formulas and files name the figure by it."))
    names = LabelField(label=_("Name"))
    unit = forms.CharField(label=_("Unit"), max_length=30, required=False, help_text=_("For example persons, households or %."))
    decimals = forms.IntegerField(label=_("Decimals"), min_value=0, max_value=6, initial=0)
    rows = (("code",), ("names",), ("unit", "decimals"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.target is not None:
            self.fields["code"].disabled = True


class GroupForm(ActionForm):
    """A group of places."""

    code = forms.SlugField(label=_("Code"), max_length=40, help_text=_("Short and lasting; it stands on lists and in files."))
    names = LabelField(label=_("Name"))
    purpose = forms.CharField(label=_("Purpose"), max_length=120, required=False, help_text=_("For example catchment, hotspot or phase."))
    rows = (("code", "purpose"), ("names",))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.target is not None:
            self.fields["code"].disabled = True


class GroupPlacesForm(ActionForm):
    """Places that join a group."""

    areas = AreaField(label=_("Places"), many=True, help_text=_("Each with everything below it."))
    since = forms.DateField(label=_("From which day"), widget=DateInput())


class LeaveGroupForm(ActionForm):
    """The last day in a group."""

    until = forms.DateField(label=_("Last day"), widget=DateInput())
