"""The forms of this module; the form of a stage asks what its kind needs."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.areas.models import AreaLevel
from coremis.kernel.base.numbers import read_number
from coremis.kernel.screens.forms import ActionForm, AreaField, DateInput, LabelField, RecordField
from coremis.modules.filters.queries import FilterField, words
from coremis.modules.programmes.models import Programme
from coremis.modules.programmes.queries import names_for
from coremis.modules.registry.models import Household, Person
from coremis.modules.scoring.models import FormulaVersion, ScoreFormula
from coremis.modules.targeting.kinds.categorical import Mode
from coremis.modules.targeting.kinds.listing import Source
from coremis.modules.targeting.kinds.shares import MOST_SHARES
from coremis.modules.targeting.models import Appeal, Campaign, Kind, Rejection, Stage, Verdict
from coremis.modules.targeting.services.campaigns import Ladder
from coremis.modules.targeting.ties import TIES

MOST_TIES = 4
KEEP = "keep"


class NoteField(forms.CharField):
    """A few words that are kept."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 2})
        super().__init__(**{"label": _("Note"), "required": False, "max_length": 300, "widget": widget, **kwargs})


class NoteForm(ActionForm):
    """Only a note."""

    note = NoteField()


class ReasonForm(ActionForm):
    """A note that must say why."""

    note = NoteField(label=_("Why"), required=True)


class CampaignForm(ActionForm):
    """What may be changed of a campaign."""

    names = LabelField(label=_("Name"))
    day = forms.DateField(
        label=_("Reference date"), widget=DateInput(), initial=timezone.localdate,
        help_text=_("Ages, memberships and figures are taken as of this day."),
    )  # fmt: skip
    note = NoteField()


class NewCampaignForm(CampaignForm):
    """What a campaign begins with."""

    rows = [("programme", "code"), ("names",), ("areas",), ("purpose", "day"), ("ladder",)]
    programme = RecordField(Programme, "programmes.view_programme", label=_("Programme"))
    code = forms.CharField(label=_("Code"), max_length=40, help_text=_("Short, for lists and files. It stays for ever."))
    areas = AreaField(many=True, label=_("Places"), help_text=_("Each with all that lies below it."))
    purpose = forms.ChoiceField(label=_("Purpose"), choices=Campaign.Purpose.choices)
    ladder = forms.ChoiceField(
        label=_("Stages to begin with"), choices=Ladder.choices, help_text=_("Every stage can be set, left out, added or moved afterwards.")
    )


class AreasForm(ActionForm):
    """Where it is to be done."""

    areas = AreaField(many=True, label=_("Places"), help_text=_("Each with all that lies below it."))
    note = NoteField()


class AddStageForm(ActionForm):
    """Which stage to add."""

    stage_kind = forms.ChoiceField(label=_("Stage"), choices=[one for one in Kind.choices if one[0] != Kind.LISTING])


class ComputeForm(ActionForm):
    """From what quotas are computed."""

    rows = [("total", "level"), ("minimum", "multiplier"), ("source",)]
    total = forms.IntegerField(label=_("Places to divide"), min_value=1, max_value=10**9)
    level = forms.TypedChoiceField(
        label=_("For each"), coerce=int, required=False, empty_value=None, help_text=_("The level of the places that get a quota.")
    )
    minimum = forms.IntegerField(label=_("At least, each"), min_value=0, required=False)
    multiplier = forms.DecimalField(
        label=_("Multiplier"), min_value=1, max_value=1000, decimal_places=2, required=False, localize=True,
        help_text=_("2: as many may wait as are selected. Empty: all others wait."),
    )  # fmt: skip
    source = forms.CharField(
        label=_("Source of the figures"), max_length=120, required=False, help_text=_("Empty: the newest figures, whatever their source.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        level: Any = self.fields["level"]
        level.choices = [("", _("lowest level")), *((row.position, str(row)) for row in AreaLevel.objects.all())]

    def clean(self) -> dict[str, Any]:
        """Numbers as the action takes them."""
        cleaned: dict[str, Any] = super().clean() or {}
        factor = cleaned.get("multiplier")
        cleaned["multiplier"], cleaned["minimum"] = "" if factor is None else str(factor), cleaned.get("minimum") or 0
        return cleaned


class VerdictForm(ActionForm):
    """What the community said about one."""

    verdict = forms.ChoiceField(label=_("Community"), choices=Verdict.choices)
    reason = forms.ChoiceField(label=_("Reason of a rejection"), choices=[("", "–"), *Rejection.choices], required=False)
    note = NoteField()


class ProposeForm(ActionForm):
    """Who is missing on a list, found by the number."""

    number = forms.CharField(label=_("Number of the household or person"), max_length=20)
    note = NoteField()

    def clean_number(self) -> Household | Person:
        """The household or person of this number in the places of whoever proposes."""
        unit = self.target.stage.campaign.programme.unit
        model: Any = Household if unit == Programme.Unit.HOUSEHOLD else Person
        number = read_number(self.cleaned_data["number"]) or 0
        found: Household | Person | None = model.objects.visible_to(self.actor, f"registry.view_{unit}").filter(number=number).first()
        if found is None:
            raise forms.ValidationError(_("Nobody of this number is on the register in your places."))
        return found


class AppealForm(ActionForm):
    """What is said to be wrong, and by whom."""

    appeal_kind = forms.ChoiceField(label=_("What is said to be wrong"), choices=Appeal.Kind.choices)
    words = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    by = forms.CharField(label=_("Who appeals"), max_length=120, required=False)


class DecideForm(ActionForm):
    """How an appeal is decided."""

    accepted = forms.TypedChoiceField(
        label=_("Decision"), coerce=lambda text: text == "yes", choices=[("no", _("dismissed")), ("yes", _("accepted"))],
        help_text=_("Accepted, it is assessed again. After the approval you then say whether it gets a place."),
    )  # fmt: skip
    decision = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class GivePlaceForm(ActionForm):
    """What an accepted appeal leads to."""

    remedy = forms.ChoiceField(
        label=_("Give"), choices=Appeal.Remedy.choices, widget=forms.RadioSelect(),
        help_text=_("A free place where there is one, else the waiting list. Others must agree to a place beyond the quota."),
    )  # fmt: skip
    note = NoteField()


def condition_field(unit: str) -> forms.CharField:
    """A condition in the language of formulas, with the names that it may use."""
    names = ", ".join(sorted(names_for(unit)))
    return forms.CharField(
        label=_("Condition"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=_("A condition may use: %(names)s.") % {"names": names},
    )  # fmt: skip


class StageForm(ActionForm):
    """What a stage is set to; the fields depend on its kind."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stage: Stage = self.target
        self.fields["names"] = LabelField(label=_("Name"), required=False, help_text=_("Empty: the usual name of the stage."))
        self.fields.update(FIELDS[Kind(stage.kind)](stage, stage.settings))
        chosen: Any = self.fields.get("filter")
        if chosen is not None:
            held = stage.settings.get("filter") or None
            kept = [(KEEP, _("as it is: %(words)s") % {"words": words(held)}, held)] if held else []
            chosen.offer(self.actor, [stage.campaign.programme.unit], kept)

    def settings(self) -> dict[str, Any]:
        """What was chosen, as the stage keeps it."""
        return settings_from(self.target, self.cleaned_data)


def _listing(stage: Stage, held: Mapping[str, Any]) -> dict[str, forms.Field]:
    review = stage.campaign.purpose == Campaign.Purpose.REVIEW
    choices = [(value, words) for value, words in Source.choices if (value == Source.BENEFICIARIES) == review]
    return {
        "source": forms.ChoiceField(label=_("Who is listed"), choices=choices, widget=forms.RadioSelect()),
        "filter": FilterField(),
        "condition": condition_field(stage.campaign.programme.unit),
    }


def _enumeration(stage: Stage, held: Mapping[str, Any]) -> dict[str, forms.Field]:
    return {
        "since": forms.DateField(label=_("Interviewed since"), widget=DateInput()),
        "consent": forms.BooleanField(label=_("Only with consent"), required=False),
    }


def _scoring(stage: Stage, held: Mapping[str, Any]) -> dict[str, forms.Field]:
    usable = ScoreFormula.objects.filter(versions__state=FormulaVersion.State.ACTIVE)
    formulas = [(str(formula.pk), str(formula)) for formula in usable.distinct()]
    return {
        "formula": forms.ChoiceField(
            label=_("Formula"), choices=[("", "–"), *formulas], help_text=_("Its version in use when the stage is carried out.")
        ),
        "categories": forms.CharField(
            label=_("Eligible categories"), required=False, max_length=200, help_text=_("Codes of the formula, with commas. Empty: all.")
        ),
        "cut_off": forms.FloatField(
            label=_("Cut-off"), required=False, localize=True, help_text=_("The last score that is eligible. Empty: none.")
        ),
    }


def _categorical(stage: Stage, held: Mapping[str, Any]) -> dict[str, forms.Field]:
    return {
        "code": forms.SlugField(label=_("Code of the rule"), max_length=40, help_text=_("It is kept as the reason of an outcome.")),
        "mode": forms.ChoiceField(label=_("What becomes of those who fit"), choices=Mode.choices, widget=forms.RadioSelect()),
        "filter": FilterField(),
        "condition": condition_field(stage.campaign.programme.unit),
    }


def _quota(stage: Stage, held: Mapping[str, Any]) -> dict[str, forms.Field]:
    facts = [(code, tie.title) for code, tie in TIES[stage.campaign.programme.unit].items()]
    choices = [("", "–")]
    for code, title in facts:
        choices += [
            (f"{code}:high", _("%(fact)s, highest first") % {"fact": title}),
            (f"{code}:low", _("%(fact)s, lowest first") % {"fact": title}),
        ]
    ties = {
        f"tie_{place}": forms.ChoiceField(label=_("Between equals, %(place)s.") % {"place": place}, choices=choices, required=False)
        for place in range(1, MOST_TIES + 1)
    }
    return {
        "everybody": forms.BooleanField(
            label=_("Everybody who is left is selected"), required=False, help_text=_("Without quotas and ranks.")
        ),
        "multiplier": forms.DecimalField(
            label=_("Multiplier"), min_value=1, max_value=1000, decimal_places=2, required=False, localize=True,
            help_text=_("2: as many may wait as are selected. Empty: all others wait."),
        ),
        "waits_until": forms.DateField(label=_("Waits until"), required=False, widget=DateInput(), help_text=_("Empty: without an end.")),
        **ties,
        "seed": forms.IntegerField(
            label=_("Number of the lot"), min_value=0, max_value=10**9, help_text=_("Published: whoever knows it can draw the lots again.")
        ),
    }  # fmt: skip


def _validation(stage: Stage, held: Mapping[str, Any]) -> dict[str, forms.Field]:
    return {
        "silence": forms.BooleanField(label=_("Nothing said counts as confirmed"), required=False),
        "most_replaced": forms.IntegerField(
            label=_("At most replaced, percent"), min_value=0, max_value=100, required=False,
            help_text=_("Share of a list that the community may replace. Empty: no limit."),
        ),
    }  # fmt: skip


def _appeals(stage: Stage, held: Mapping[str, Any]) -> dict[str, forms.Field]:
    return {"days": forms.IntegerField(label=_("Open for so many days"), min_value=1, max_value=365)}


FIELDS = {
    Kind.LISTING: _listing, Kind.ENUMERATION: _enumeration, Kind.SCORING: _scoring, Kind.CATEGORICAL: _categorical,
    Kind.QUOTA: _quota, Kind.VALIDATION: _validation, Kind.APPEALS: _appeals,
}  # fmt: skip


def settings_from(stage: Stage, cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a stage from its form."""
    found = {name: value for name, value in cleaned.items() if name != "names" and not name.startswith("tie_")}
    if "filter" in found:
        found["filter"] = found["filter"] or {}
    if stage.kind == Kind.SCORING:
        found["formula"] = int(found["formula"])
        found["categories"] = [code.strip() for code in found["categories"].split(",") if code.strip()]
    if stage.kind == Kind.QUOTA:
        chosen = [cleaned[f"tie_{place}"] for place in range(1, MOST_TIES + 1) if cleaned.get(f"tie_{place}")]
        found["ties"] = [{"by": code, "descending": way == "high"} for code, way in (one.split(":") for one in chosen)]
        found["multiplier"] = "" if found["multiplier"] is None else str(found["multiplier"])
        found |= {name: stage.settings[name] for name in ("shares", "reserve") if name in stage.settings}
    return {
        name: (value.isoformat() if isinstance(value, date) else "" if name == "waits_until" and value is None else value)
        for name, value in found.items()
    }


def initial_of(stage: Stage) -> dict[str, Any]:
    """What the form of a stage starts from."""
    held = {**stage.settings, "names": stage.names}
    for place, tie in enumerate(held.pop("ties", []), start=1):
        held[f"tie_{place}"] = f"{tie['by']}:{'high' if tie['descending'] else 'low'}"
    if held.get("filter"):
        held["filter"] = KEEP
    if "categories" in held:
        held["categories"] = ", ".join(held["categories"])
    return held


class SharesForm(ActionForm):
    """The categories that have some of the places, one block for each, and the reserve."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stage: Stage = self.target
        held = stage.settings.get("shares", [])
        self.count = min(MOST_SHARES, len(held) + 2)
        for place in range(1, self.count + 1):
            self._add_block(place, held[place - 1] if place <= len(held) else {})
        self.fields["reserve"] = forms.DecimalField(
            label=_("Reserve, percent"), min_value=0, max_value=100, decimal_places=2, required=False, localize=True,
            help_text=_("Of each place's quota: kept for accepted appeals until the campaign is closed."),
        )  # fmt: skip

    def _add_block(self, place: int, held: Mapping[str, Any]) -> None:
        stage: Stage = self.target
        chosen = FilterField()
        kept = [(KEEP, _("as it is: %(words)s") % {"words": words(held["filter"])}, held["filter"])] if held.get("filter") else []
        chosen.offer(self.actor, [stage.campaign.programme.unit], kept)
        self.fields |= {
            f"names_{place}": LabelField(label=_("Category %(place)s") % {"place": place}, required=False),
            f"filter_{place}": chosen,
            f"condition_{place}": condition_field(stage.campaign.programme.unit),
            f"share_{place}": forms.DecimalField(
                label=_("Percent of the places"), min_value=0, max_value=100, decimal_places=2, required=False, localize=True
            ),
            f"number_{place}": forms.IntegerField(
                label=_("Or so many in each place"), min_value=0, max_value=10**6, required=False
            ),
        }  # fmt: skip

    def lines(self) -> Iterator[list[forms.BoundField]]:
        """A category after the other, and the reserve."""
        for place in range(1, self.count + 1):
            for row in (("names",), ("filter", "condition"), ("share", "number")):
                yield [self[f"{name}_{place}"] for name in row]
        yield [self["reserve"]]

    def settings(self) -> dict[str, Any]:
        """What was chosen, as the stage keeps it; a block without anything is no category."""
        found = self.cleaned_data
        shares = []
        for place in range(1, self.count + 1):
            names, tree, condition, share, number = (
                found.get(f"{name}_{place}") for name in ("names", "filter", "condition", "share", "number")
            )
            if any((any((names or {}).values()), tree, condition, share, number)):
                percent = "" if not share else str(share)
                shares.append({
                    "names": names or {}, "filter": tree or {}, "condition": condition or "", "share": percent, "number": number or None,
                })  # fmt: skip
        return {**self.target.settings, "shares": shares, "reserve": str(found["reserve"]) if found.get("reserve") else ""}

    def clean(self) -> dict[str, Any]:
        """The settings stand beside the single fields."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            cleaned["settings"] = self.settings()
        return cleaned


def initial_shares(stage: Stage) -> dict[str, Any]:
    """What the form of the categories starts from."""
    found: dict[str, Any] = {"reserve": stage.settings.get("reserve") or None}
    for place, share in enumerate(stage.settings.get("shares", []), start=1):
        found |= {f"{name}_{place}": share[name] or None for name in ("names", "condition", "share", "number")}
        found[f"filter_{place}"] = KEEP if share["filter"] else ""
    return found


def levels_of(positions: Sequence[int]) -> list[tuple[int, str]]:
    """The names of these levels of the tree."""
    names = {level.position: str(level) for level in AreaLevel.objects.filter(position__in=list(positions))}
    return [(position, names.get(position, str(position))) for position in positions]
