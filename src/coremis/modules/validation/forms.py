"""The forms of this module."""

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from coremis.kernel.screens.forms import ActionForm, AreaField, DateInput
from coremis.modules.validation.models import VillageList

LANGUAGES = [pair for pair in settings.LANGUAGES if not pair[0].startswith("en-x")]


class ListForm(ActionForm):
    """Which villages, in which shape and language."""

    area = AreaField(label=_("Place"), help_text=_("A village, or everything in a larger place: one list for each village."))
    paper = forms.ChoiceField(label=_("File"), choices=VillageList.Paper.choices)
    language = forms.ChoiceField(label=_("Language of the list"), choices=LANGUAGES, initial=get_language)
    rows = (("area",), ("paper", "language"))


class MeetingForm(ActionForm):
    """When, with whom, and what was said in general."""

    area = AreaField(label=_("Village"))
    held_on = forms.DateField(label=_("Held on"), widget=DateInput())
    facilitator = forms.CharField(label=_("Facilitator"), max_length=120)
    women = forms.IntegerField(label=_("Women present"), min_value=0, max_value=100_000)
    men = forms.IntegerField(label=_("Men present"), min_value=0, max_value=100_000)
    young = forms.IntegerField(label=_("Young people among them"), required=False, min_value=0)
    with_disability = forms.IntegerField(label=_("People with a disability among them"), required=False, min_value=0)
    quorum_reached = forms.NullBooleanField(
        label=_("Quorum reached"), required=False, help_text=_("Whether enough people came for the rule."),
        widget=forms.Select(choices=[("", "–"), ("true", _("Yes")), ("false", _("No"))]),
    )  # fmt: skip
    list_number = forms.IntegerField(label=_("Version of the list shown"), required=False, min_value=1, max_value=32_000)
    committee = forms.CharField(
        label=_("Committee members"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One name on each line."),
    )  # fmt: skip
    minutes = forms.CharField(label=_("Minutes"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 6}))
    rows = (
        ("area",), ("held_on", "facilitator"), ("women", "men"), ("young", "with_disability"), ("quorum_reached", "list_number"),
        ("committee",), ("minutes",),
    )  # fmt: skip
