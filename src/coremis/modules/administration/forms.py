"""The forms of this module."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.models import Profile
from coremis.kernel.actions.action import ACTIONS
from coremis.kernel.areas.models import AreaLevel
from coremis.kernel.base.money import Money
from coremis.kernel.config.country import own_currency
from coremis.kernel.screens.forms import ActionForm, AreaField, DateInput, LabelField, MoneyField, RecordField
from coremis.modules.administration.permissions import grouped_permissions
from coremis.modules.administration.units_file import SHAPE, UnitsFile

LEVELS = 3
LANGUAGES = [("", "–"), *(pair for pair in settings.LANGUAGES if not pair[0].startswith("en-x"))]


class AreaForm(ActionForm):
    """A unit below another one."""

    name = forms.CharField(label=_("Name"), max_length=120)
    code = forms.CharField(label=_("Code"), max_length=40)
    valid_from = forms.DateField(label=_("Valid from"), required=False, widget=DateInput())


class LoadAreasForm(ActionForm):
    """Many units at once."""

    rows_file = UnitsFile(label=_("File"), help_text=SHAPE)


class UserForm(ActionForm):
    """A new user."""

    username = forms.CharField(label=_("User name"), max_length=60)
    name = forms.CharField(label=_("Full name"), max_length=120)
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=30, required=False)
    language = forms.ChoiceField(label=_("Language"), required=False, choices=LANGUAGES)
    password = forms.CharField(
        label=_("First password"), widget=forms.PasswordInput(), help_text=_("It must be changed at the first sign-in.")
    )
    rows = (("username", "name"), ("email", "phone"), ("language", "password"))


class ChangeUserForm(ActionForm):
    """Name, contact and language of a user."""

    name = forms.CharField(label=_("Full name"), max_length=120)
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=30, required=False)
    language = forms.ChoiceField(label=_("Language"), required=False, choices=LANGUAGES)


class BlockForm(ActionForm):
    """Why somebody is blocked or may sign in again."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class PasswordForm(ActionForm):
    """A new password for somebody else."""

    password = forms.CharField(
        label=_("New password"), widget=forms.PasswordInput(), help_text=_("It must be changed at the next sign-in.")
    )


class AssignForm(ActionForm):
    """A profile in a place."""

    profile = RecordField(Profile, "access.view_profile", label=_("Access profile"))
    area = AreaField(label=_("Place"), help_text=_("The profile holds there and everywhere below."))
    valid_from = forms.DateField(label=_("Valid from"), required=False, widget=DateInput())
    valid_until = forms.DateField(label=_("Valid until"), required=False, widget=DateInput())
    rows = (("profile", "area"), ("valid_from", "valid_until"))


class PermissionInput(forms.CheckboxSelectMultiple):
    """Checkboxes under the name of the module they belong to, folded until one of them is needed."""

    template_name = "administration/_permission_choices.html"


class ProfileForm(ActionForm):
    """A named set of permissions."""

    code = forms.SlugField(label=_("Code"), max_length=40, help_text=_("A short name without blanks; it cannot be changed later."))
    names = LabelField(label=_("Name"))
    second_factor_required = forms.BooleanField(
        label=_("Second step at sign-in required"),
        required=False,
        help_text=_("Whoever holds this profile needs a code from a phone to sign in."),
    )
    permissions = forms.MultipleChoiceField(label=_("Permissions"), required=False, widget=PermissionInput())
    rows = (("code", "second_factor_required"),)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["permissions"].choices = grouped_permissions()  # type: ignore[attr-defined]
        if self.target is not None:
            self.fields["code"].disabled = True


class RouteForm(ActionForm):
    """Who must agree to what, where and from which amount."""

    action = forms.ChoiceField(label=_("Action"))
    area = AreaField(label=_("Place"), help_text=_("The route holds there and everywhere below, where no lower route exists."))
    min_amount = MoneyField(
        label=_("From amount"), currency=own_currency, allow_zero=True, help_text=_("0 where every amount, or no amount, is meant.")
    )
    no_approval = forms.BooleanField(label=_("No approval needed"), required=False, help_text=_("Then choose no level below."))
    rows = (("action", "min_amount"), ("area",), ("no_approval",), *((f"profile{n}", f"people{n}") for n in range(1, LEVELS + 1)))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(name, item.title) for name, item in ACTIONS.items() if item.approvable]
        self.fields["action"].choices = sorted(named, key=lambda item: str(item[1]))  # type: ignore[attr-defined]
        self.fields["min_amount"].initial = Money(0, own_currency())
        profiles = [("", "–"), *((profile.code, str(profile)) for profile in Profile.objects.all())]
        for number in range(1, LEVELS + 1):
            words = {"number": number}
            self.fields[f"profile{number}"] = forms.ChoiceField(label=_("Level %(number)s") % words, required=False, choices=profiles)
            people = forms.IntegerField(label=_("Number of people"), min_value=1, max_value=9, initial=1, required=False)
            self.fields[f"people{number}"] = people

    def clean(self) -> dict[str, Any]:
        """Levels or none at all, never neither and never both."""
        data = super().clean() or {}
        levels = [data.get(f"profile{number}") for number in range(1, LEVELS + 1)]
        if bool(data.get("no_approval")) == any(levels):
            self.add_error("no_approval", _("Choose at least one level, or say that no approval is needed."))
        return data


class LevelsForm(ActionForm):
    """The names of the administrative levels in each language, from the country downwards; the last line adds one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        levels = list(AreaLevel.objects.all())
        for level in levels:
            self.fields[f"level{level.position}"] = LabelField(
                label=_("Level %(number)s") % {"number": level.position}, initial=level.names
            )
        self.fields[f"level{len(levels)}"] = LabelField(label=_("One level more"), required=False)


def names_of_levels(data: dict[str, Any]) -> list[dict[str, str]]:
    """The names of the levels, in their order."""
    given = sorted((int(name.removeprefix("level")), names) for name, names in data.items() if name.startswith("level"))
    return [names for _position, names in given if names]


class PresetsForm(ActionForm):
    """Where the ready routes shall hold."""

    area = AreaField(label=_("Place"))


class NoteForm(ActionForm):
    """What to tell the person who asked."""

    note = forms.CharField(label=_("Note"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


class ReasonForm(ActionForm):
    """Why, for the person who asked."""

    note = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
