"""The form of the first-run assistant: country, languages, currency, levels, units, two administrators."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.models import User
from coremis.kernel.base.money import standard_decimals
from coremis.modules.administration.units_file import SHAPE, UnitsFile
from coremis.modules.administration.words import in_languages

LANGUAGES = [pair for pair in settings.LANGUAGES if not pair[0].startswith("en-x")]
MOST_LEVELS = 7
SECTIONS = (
    (_("The country"), "", (("country", "code"), ("languages",))),
    (_("Money"), "", (("currency", "decimals"),)),
    (_("Places"), _("Rights, lists and payments follow the tree of administrative units."), (("levels",), ("units",))),
    (
        _("Two administrators"),
        _("Each must agree to what the other does. Both choose a new password when they first sign in."),
        (("name1", "username1", "password1"), ("name2", "username2", "password2")),
    ),
)


class FirstRunForm(forms.Form):
    """What an empty installation needs to know."""

    country = forms.CharField(label=_("Country"), max_length=120)
    code = forms.CharField(label=_("Code of the country"), max_length=10, help_text=_("Two or three letters, for example BI."))
    languages = forms.MultipleChoiceField(
        label=_("Languages"), choices=LANGUAGES, initial=[code for code, _name in LANGUAGES], widget=forms.CheckboxSelectMultiple(),
        help_text=_("People choose among these."),
    )  # fmt: skip
    currency = forms.RegexField(
        label=_("Currency"), regex=r"^[A-Z]{3}$", help_text=_("Three capital letters, for example XOF. A code of your own is possible.")
    )
    decimals = forms.TypedChoiceField(
        label=_("Decimals of the currency"), choices=[(0, "0"), (2, "2"), (3, "3")], coerce=int,
        help_text=_("How many figures people write after the point. This cannot change later."),
    )  # fmt: skip
    levels = forms.CharField(
        label=_("Levels below the country"), widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One per line, from the top: Province, Commune, Village."),
    )  # fmt: skip
    units = UnitsFile(label=_("Administrative units"), required=False, help_text=SHAPE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in (1, 2):
            words = {"number": number}
            self.fields[f"name{number}"] = forms.CharField(label=_("Administrator %(number)s: full name") % words, max_length=120)
            self.fields[f"username{number}"] = forms.CharField(label=_("Administrator %(number)s: user name") % words, max_length=60)
            secret = forms.PasswordInput(attrs={"autocomplete": "new-password"})
            self.fields[f"password{number}"] = forms.CharField(label=_("Administrator %(number)s: first password") % words, widget=secret)

    def sections(self) -> Iterator[dict[str, Any]]:
        """The fields under their headings, row by row."""
        for title, lead, rows in SECTIONS:
            yield {"title": title, "lead": lead, "rows": [[self[name] for name in names] for names in rows]}

    def clean_levels(self) -> list[str]:
        """The names of the levels, from the top."""
        names = [line.strip() for line in self.cleaned_data["levels"].splitlines() if line.strip()]
        if not names or len(names) > MOST_LEVELS or max(map(len, names)) > 60:
            raise forms.ValidationError(_("Write one to seven levels, each on its own line and of at most 60 letters."))
        return names

    def clean(self) -> dict[str, Any]:
        """The decimals of a known currency, and two different administrators with passwords that are strong enough."""
        data = super().clean() or {}
        known = standard_decimals(data.get("currency", ""))
        if known is not None and data.get("decimals", known) != known:
            self.add_error(
                "decimals", _("%(currency)s is written with %(number)s decimals.") % {"currency": data["currency"], "number": known}
            )
        if data.get("username1") and str(data["username1"]).strip().lower() == str(data.get("username2", "")).strip().lower():
            self.add_error("username2", _("The two administrators must be two people."))
        for number in (1, 2):
            self._check_password(number, data)
        return data

    def country_inputs(self) -> dict[str, Any]:
        """What the action ``set_up_country`` takes."""
        data = self.cleaned_data
        top = {code: text for code, text in in_languages(_("Country")).items() if code in data["languages"]}
        level_names = [top, *(dict.fromkeys(data["languages"], name) for name in data["levels"])]
        return {
            "name": data["country"], "code": data["code"], "levels": level_names, "units": data["units"] or [],
            "settings": {
                "country.name": data["country"], "country.languages": data["languages"],
                "country.currency": data["currency"], "country.decimals": data["decimals"],
            },
        }  # fmt: skip

    def administrators(self) -> list[dict[str, str]]:
        """The two first users."""
        data = self.cleaned_data
        return [{field: data[f"{field}{number}"] for field in ("username", "name", "password")} for number in (1, 2)]

    def _check_password(self, number: int, data: dict[str, Any]) -> None:
        person = User(username=data.get(f"username{number}", ""), name=data.get(f"name{number}", ""))
        try:
            validate_password(data.get(f"password{number}") or "", person)
        except forms.ValidationError as problem:
            if f"password{number}" in data:
                self.add_error(f"password{number}", problem)
