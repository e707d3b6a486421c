"""The forms of this module."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.models import Profile
from coremis.kernel.access.permissions import known_permissions
from coremis.kernel.actions.action import ACTIONS
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.files.reading import open_table
from coremis.kernel.screens.forms import ActionForm, AreaField, DateInput, LabelField, RecordField

LEVELS = 3
SHAPE = _("A file with the columns code, name and parent; parent is the code of the unit above, empty below the country.")


class AreaForm(ActionForm):
    """A unit below another one."""

    name = forms.CharField(label=_("Name"), max_length=120)
    code = forms.CharField(label=_("Code"), max_length=40)
    valid_from = forms.DateField(label=_("Valid from"), required=False, widget=DateInput())


class RenameForm(ActionForm):
    """A new name or code."""

    name = forms.CharField(label=_("Name"), max_length=120)
    code = forms.CharField(label=_("Code"), max_length=40)
    on = forms.DateField(label=_("From which day"), required=False, widget=DateInput())


class MoveForm(ActionForm):
    """Another unit above."""

    parent = AreaField(label=_("Within"))
    on = forms.DateField(label=_("From which day"), required=False, widget=DateInput())


class CloseForm(ActionForm):
    """The last day."""

    until = forms.DateField(label=_("Last day"), widget=DateInput())


class UnitsFile(forms.FileField):
    """A file of units; gives a list of {code, name, parent}."""

    def clean(self, data: Any, initial: Any = None) -> list[dict[str, str]] | None:
        """The rows, or the sentence that says what is wrong with the file."""
        file = super().clean(data, initial)
        if not file:
            return None
        try:
            return list(read_units(file))
        except Refusal as problem:
            raise forms.ValidationError(str(problem)) from problem


def read_units(file: Any) -> list[dict[str, str]]:
    """The units of a file with the columns code, name and parent, in any order."""
    reader = open_table(file, file.name)
    heads = [str(head).strip().lower() for head in reader.headers]
    if not {"code", "name"} <= set(heads):
        raise Refusal(_("The file needs the columns code and name. It has: %(heads)s."), heads=", ".join(heads)[:200])
    found = []
    for _number, cells in reader:
        row = {head: str(cell if cell is not None else "").strip() for head, cell in zip(heads, cells, strict=False)}
        if row["code"] and row["name"]:
            found.append({"code": row["code"], "name": row["name"], "parent": row.get("parent", "")})
    return found


class LoadAreasForm(ActionForm):
    """Many units at once."""

    rows_file = UnitsFile(label=_("File"), help_text=SHAPE)


class UserForm(ActionForm):
    """A new user."""

    username = forms.CharField(label=_("User name"), max_length=60)
    name = forms.CharField(label=_("Full name"), max_length=120)
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=30, required=False)
    language = forms.ChoiceField(label=_("Language"), required=False, choices=[("", "–"), *settings.LANGUAGES])
    password = forms.CharField(label=_("First password"), widget=forms.PasswordInput(), help_text=_("It must be changed at the first sign-in."))
    rows = (("username", "name"), ("email", "phone"), ("language", "password"))


class ChangeUserForm(ActionForm):
    """Name, contact and language of a user."""

    name = forms.CharField(label=_("Full name"), max_length=120)
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=30, required=False)
    language = forms.ChoiceField(label=_("Language"), required=False, choices=[("", "–"), *settings.LANGUAGES])


class BlockForm(ActionForm):
    """Why somebody is blocked or may sign in again."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class PasswordForm(ActionForm):
    """A new password for somebody else."""

    password = forms.CharField(label=_("New password"), widget=forms.PasswordInput(), help_text=_("It must be changed at the next sign-in."))


class AssignForm(ActionForm):
    """A profile in a place."""

    profile = RecordField(Profile, "access.view_profile", label=_("Access profile"))
    area = AreaField(label=_("Place"), help_text=_("The profile holds there and everywhere below."))
    valid_from = forms.DateField(label=_("Valid from"), required=False, widget=DateInput())
    valid_until = forms.DateField(label=_("Valid until"), required=False, widget=DateInput())
    rows = (("profile", "area"), ("valid_from", "valid_until"))


class ProfileForm(ActionForm):
    """A named set of permissions."""

    code = forms.SlugField(label=_("Code"), max_length=40)
    names = LabelField(label=_("Name"))
    second_factor_required = forms.BooleanField(label=_("Second factor required"), required=False)
    permissions = forms.MultipleChoiceField(label=_("Permissions"), required=False, widget=forms.CheckboxSelectMultiple())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = sorted(known_permissions().items(), key=lambda item: (item[0].split(".")[0], str(item[1])))
        self.fields["permissions"].choices = [(name, title) for name, title in known]  # type: ignore[attr-defined]


class RouteForm(ActionForm):
    """Who must agree to what, where and from which amount."""

    action = forms.ChoiceField(label=_("Action"))
    area = AreaField(label=_("Place"))
    min_amount = forms.IntegerField(label=_("From amount"), min_value=0, initial=0, help_text=_("In the smallest unit of the currency."))
    no_approval = forms.BooleanField(label=_("No approval needed"), required=False)
    rows = (("action", "area"), ("min_amount", "no_approval"), *((f"profile{n}", f"people{n}") for n in range(1, LEVELS + 1)))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(name, item.title) for name, item in ACTIONS.items() if item.approvable]
        self.fields["action"].choices = sorted(named, key=lambda item: str(item[1]))  # type: ignore[attr-defined]
        profiles = [("", "–"), *((profile.code, str(profile)) for profile in Profile.objects.all())]
        for number in range(1, LEVELS + 1):
            words = {"number": number}
            self.fields[f"profile{number}"] = forms.ChoiceField(label=_("Level %(number)s") % words, required=False, choices=profiles)
            self.fields[f"people{number}"] = forms.IntegerField(label=_("Number of people"), min_value=1, max_value=9, initial=1, required=False)


class NoteForm(ActionForm):
    """What to tell the person who asked."""

    note = forms.CharField(label=_("Note"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


class ReasonForm(ActionForm):
    """Why, for the person who asked."""

    note = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class FirstRunForm(forms.Form):
    """The first-run assistant: country, languages, currency, levels, units, two administrators."""

    country = forms.CharField(label=_("Country"), max_length=120)
    code = forms.CharField(label=_("Code of the country"), max_length=10)
    languages = forms.MultipleChoiceField(
        label=_("Languages"), choices=settings.LANGUAGES[:3], initial=["en", "fr", "pt"], widget=forms.CheckboxSelectMultiple()
    )
    currency = forms.RegexField(label=_("Currency"), regex=r"^[A-Z]{3}$", help_text=_("Three capital letters, for example XOF."))
    decimals = forms.TypedChoiceField(label=_("Decimals of the currency"), choices=[(0, "0"), (2, "2"), (3, "3")], coerce=int)
    levels = forms.CharField(
        label=_("Levels below the country"), widget=forms.Textarea(attrs={"rows": 4}), help_text=_("One per line, from the top: Province, Commune, Village.")
    )
    units = UnitsFile(label=_("Administrative units"), required=False, help_text=SHAPE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in (1, 2):
            words = {"number": number}
            self.fields[f"name{number}"] = forms.CharField(label=_("Administrator %(number)s: full name") % words, max_length=120)
            self.fields[f"username{number}"] = forms.CharField(label=_("Administrator %(number)s: user name") % words, max_length=60)
            self.fields[f"password{number}"] = forms.CharField(label=_("Administrator %(number)s: first password") % words, widget=forms.PasswordInput())

    def clean(self) -> dict[str, Any]:
        """Two different administrators with passwords that are strong enough."""
        data = super().clean() or {}
        if data.get("username1") and str(data["username1"]).lower() == str(data.get("username2", "")).lower():
            self.add_error("username2", _("The two administrators must be two people."))
        for number in (1, 2):
            if password := data.get(f"password{number}"):
                try:
                    validate_password(password)
                except forms.ValidationError as problem:
                    self.add_error(f"password{number}", problem)
        return data

    def country_inputs(self) -> dict[str, Any]:
        """What the action ``set_up_country`` takes."""
        data, names = self.cleaned_data, [line.strip() for line in self.cleaned_data["levels"].splitlines() if line.strip()]
        level_names = [{code: data["country"] for code in data["languages"]}, *({code: name for code in data["languages"]} for name in names)]
        return {
            "name": data["country"], "code": data["code"], "levels": level_names, "units": data["units"] or [],
            "settings": {
                "administration.country": data["country"], "administration.languages": data["languages"],
                "administration.currency": data["currency"], "administration.decimals": data["decimals"],
            },
        }  # fmt: skip

    def administrators(self) -> list[dict[str, str]]:
        """The two first users."""
        data = self.cleaned_data
        return [{field: data[f"{field}{number}"] for field in ("username", "name", "password")} for number in (1, 2)]
