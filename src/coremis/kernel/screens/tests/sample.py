"""A small set of pages over areas, for the tests of the screens."""

from django import forms
from django.urls import reverse

from coremis.kernel.access.models import Assignment
from coremis.kernel.areas.models import Area, FormerArea
from coremis.kernel.areas.services import add_area, close_area, rename_area
from coremis.kernel.base.money import Money
from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.columns import Column, Status
from coremis.kernel.screens.details import Attention, DetailScreen, Fact
from coremis.kernel.screens.filters import (
    AreaFilter,
    BooleanFilter,
    ChoiceFilter,
    DateRangeFilter,
    NumberRangeFilter,
    SearchFilter,
    TextFilter,
)
from coremis.kernel.screens.forms import ActionForm, DateInput
from coremis.kernel.screens.lists import EmptyState, ListScreen, Owner
from coremis.kernel.screens.preview import Preview
from coremis.kernel.screens.screen import ActionLink
from coremis.kernel.screens.tables import Table

SEE = "areas.view_area"


class AreaTable(Table):
    model = Area
    permission = SEE
    columns = [
        Column("name", "Name", sort="search_name"),
        Column("code", "Code", kind="code", sort="code"),
        Column("level", "Level", show=lambda area: str(area.level), sort="level__position"),
        Column("valid_until", "Until", kind="date", sort="valid_until"),
        Column("state", "State", show=lambda area: Status("off", "closed") if area.valid_until else Status("good", "open"), kind="status"),
        Column("cost", "Cost", show=lambda area: Money(area.pk * 100, "XOF"), kind="amount"),
        Column("secret", "Secret", show=lambda area: f"code {area.code}", permission="areas.rename_area"),
    ]
    search = SearchFilter("search", "Search", within=("search_name",))
    filters = [
        AreaFilter("area", on="id"),
        ChoiceFilter("level", "Level", on="level__position", choices=[(0, "Country"), (1, "Province"), (2, "Commune"), (3, "Village")]),
        TextFilter("code", "Code"),
        DateRangeFilter("since", "Since", on="valid_from"),
        NumberRangeFilter("position", "Position", on="level__position"),
        BooleanFilter("open", "Open", on="valid_until__isnull"),
    ]
    default_sort = "name"
    page_size = 4
    export_name = "areas"

    @classmethod
    def prepare(cls, rows):
        return rows.select_related("level")

    @staticmethod
    def row_link(area):
        return reverse("sample:area_detail", kwargs={"pk": area.pk})


class FormerTable(Table):
    model = FormerArea
    permission = "areas.view_formerarea"
    columns = [Column("name", "Name", sort="name")]
    exact = True


class RenameForm(ActionForm):
    rows = [("name", "code")]
    name = forms.CharField(label="Name", max_length=120, help_text="As people say it.")
    code = forms.CharField(label="Code", max_length=40)


class CloseForm(ActionForm):
    until = forms.DateField(label="Until", widget=DateInput())


class AddForm(ActionForm):
    name = forms.CharField(label="Name")
    code = forms.CharField(label="Code")


def closing(inputs, actor):
    inside = Area.objects.visible_to(actor, "areas.close_area").filter(parent=inputs["area"], valid_until=None).count()
    return Preview(
        facts=[("Unit", inputs["area"].name)], count=0 if inputs["until"].year < 2000 else 1, left_out=[("inside", inside)],
        changes=[("Until", None, inputs["until"])], amount=Money(1500, "XOF"), button="Close 1 unit",
    )  # fmt: skip


area_list = ListScreen(
    AreaTable,
    title="Places",
    lead="All places.",
    actions=[
        ActionLink("Add", "sample:add_area", "areas.add_area", tone="primary"),
        ActionLink("Hidden", "sample:add_area", "no.permission"),
    ],
    empty=EmptyState("No places", "Places come first."),
)
former_list = ListScreen(FormerTable, title=lambda area: f"Former names of {area.name}", owner=Owner(Area, SEE, "area"), exports=False)
area_detail = DetailScreen(
    Area,
    permission=SEE,
    title=lambda area: area.name,
    subtitle=lambda area: area.code,
    status=lambda area: Status("good", "open"),
    facts=lambda request, area: [Fact("Level", area.level), Fact("Until", area.valid_until)],
    attention=lambda request, area: [Attention("warn", "Look here.")],
    actions=[ActionLink("Rename", "sample:rename_area", "areas.rename_area")],
    prepare=lambda rows: rows.select_related("level", "parent"),
)
assignment_detail = DetailScreen(Assignment, permission="access.view_assignment", title=str, sensitive=True)


def area_url(area):
    return reverse("sample:area_detail", kwargs={"pk": area.pk})


rename = ActionScreen(
    rename_area, form=RenameForm, target=(Area, "pk"), done=area_url, back=area_url,
    initial=lambda request, area: {"name": area.name, "code": area.code},
)  # fmt: skip
close = ActionScreen(close_area, form=CloseForm, target=(Area, "pk"), preview=closing, done=area_url, back=area_url, danger=True)
add = ActionScreen(
    add_area, form=AddForm, done=area_url,
    inputs=lambda cleaned, target: {**cleaned, "parent": Area.objects.get(code="N1")},
)  # fmt: skip
