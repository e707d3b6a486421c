"""Taking papers: payee lists, cash sheets, requests for funds; and the notes and coins that cash sheets count."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.money import figures
from coremis.kernel.config.country import own_currency
from coremis.kernel.config.settings import setting
from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.forms import ActionForm, DateInput
from coremis.modules.payments import services
from coremis.modules.payments.models import Payroll, PayrollLine
from coremis.modules.payments.paper.cash import denominations
from coremis.modules.payments.paper.words import WORDS_SETTING
from coremis.modules.payments.services.papers import ListFormat
from coremis.modules.payments.states import LIVE_PAYROLLS
from coremis.modules.payments.views.addresses import download_url, payroll_url
from coremis.modules.points.models import PaymentPoint

LANGUAGES = [pair for pair in settings.LANGUAGES if not pair[0].startswith("en-x")]
NEWEST = 20


class PaperForm(ActionForm):
    """The day and the language that a paper carries."""

    pay_on = forms.DateField(label=_("Day of payment"), required=False, widget=DateInput(), help_text=_("Empty: a line to fill in."))
    language = forms.ChoiceField(label=_("Language of the paper"), choices=LANGUAGES, initial=get_language)


class PayeeListForm(PaperForm):
    """All points of a payroll."""

    file_format = forms.ChoiceField(label=_("File"), choices=ListFormat.choices)
    cash_sheets = forms.BooleanField(label=_("With the cash sheet of each point"), required=False)
    rows = (("file_format",), ("pay_on", "language"), ("cash_sheets",))


class OfPointForm(PaperForm):
    """One of the newest payrolls that pay at the point."""

    payroll_number = forms.TypedChoiceField(label=_("Payroll"), coerce=int, choices=())
    rows: ClassVar[Sequence[Sequence[str]]] = (("payroll_number",), ("pay_on", "language"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["payroll_number"].choices = payroll_choices(self.actor, self.target)  # type: ignore[attr-defined]


class PointListForm(OfPointForm):
    """On paper or as a workbook."""

    file_format = forms.ChoiceField(label=_("File"), choices=[("PDF", _("PDF to print")), ("XLSX", ListFormat.XLSX.label)])
    cash_sheets = forms.BooleanField(label=_("With the cash sheet"), required=False)
    rows = (("payroll_number",), ("file_format",), ("pay_on", "language"), ("cash_sheets",))


class FundsForm(ActionForm):
    """What the letter says beside the amounts."""

    bank_details = forms.CharField(label=_("Bank details"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    needed_on = forms.DateField(label=_("Needed on"), required=False, widget=DateInput())
    language = forms.ChoiceField(label=_("Language of the paper"), choices=LANGUAGES, initial=get_language)
    rows = (("bank_details",), ("needed_on", "language"))


class NotesForm(ActionForm):
    """The pieces of a currency, and its name in words: one and several side by side."""

    rows = (("currency", "values"), *((f"name_{code}_0", f"name_{code}_1") for code, _name in LANGUAGES))
    currency = forms.CharField(label=_("Currency"), max_length=3)
    values = forms.CharField(
        label=_("Notes and coins"), max_length=300, help_text=_("Amounts with blanks between, for example 10000 5000 1000.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, name in LANGUAGES:
            for at, label in enumerate((_("Name of one, %(language)s"), _("Name of several, %(language)s"))):
                self.fields[f"name_{code}_{at}"] = forms.CharField(label=label % {"language": name}, required=False, max_length=60)


def names_in(cleaned: dict[str, Any]) -> dict[str, list[str]]:
    """One and several, by language."""
    return {code: [cleaned.get(f"name_{code}_{at}", "") for at in (0, 1)] for code, _name in LANGUAGES}


def payroll_choices(user: Any, point: PaymentPoint) -> list[tuple[int, str]]:
    """The newest payrolls with payments at a point that the reader may see. One query."""
    lines = PayrollLine.objects.visible_to(user, "payments.view_payrollline").filter(point=point)
    rows = Payroll.objects.filter(state__in=LIVE_PAYROLLS, pk__in=lines.values("payroll")).select_related("cycle__programme")
    return [(row.number, f"{row.number_text} · {row.cycle.programme} · {row.cycle}") for row in rows.order_by("-pk")[:NEWEST]]


def asked_payroll(request: HttpRequest, point: PaymentPoint) -> dict[str, Any]:
    """The payroll that the link named."""
    return {"payroll_number": request.GET.get("payroll", "")}


def known_notes(request: HttpRequest, _target: Any) -> dict[str, Any]:
    """What is stored about the country's currency, or the one asked for."""
    currency = request.GET.get("currency", "")[:3].upper() or own_currency()
    names = (setting(WORDS_SETTING) or {}).get(currency, {})
    filled = {f"name_{code}_{at}": name for code, pair in names.items() for at, name in enumerate(pair)}
    return {"currency": currency, "values": " ".join(figures(value, currency, "") for value in denominations(currency)), **filled}


def point_url(point: Any) -> str:
    """The page of a point."""
    return reverse("points:point_detail", kwargs={"pk": point.pk})


take_payee_list = ActionScreen(
    services.take_payee_list, form=PayeeListForm, target=(Payroll, "pk"), done=download_url, back=payroll_url,
    lead=_("Each taking is noted: the first is the original, later ones are numbered copies. Many pages are made as running work."),
    button=_("Take the lists"),
    said=lambda found: str(_("The list is ready.") if found else _("The list is being written. You will find it under “My work”.")),
)  # fmt: skip
take_point_list = ActionScreen(
    services.take_point_list, form=PointListForm, target=(PaymentPoint, "pk"), initial=asked_payroll, done=download_url, back=point_url,
    lead=_("Each taking is noted: the first is the original, later ones are numbered copies."), button=_("Take the list"),
)  # fmt: skip
take_cash_sheet = ActionScreen(
    services.take_cash_sheet, form=OfPointForm, target=(PaymentPoint, "pk"), initial=asked_payroll, done=download_url, back=point_url,
    button=_("Take the cash sheet"),
)  # fmt: skip
take_funds_request = ActionScreen(
    services.take_funds_request, form=FundsForm, target=(Payroll, "pk"), done=download_url, back=payroll_url,
    lead=_("The letter names every payment point with its total. Payments that are held are not in it."), button=_("Take the request"),
)  # fmt: skip
save_notes_and_coins = ActionScreen(
    services.save_notes_and_coins, form=NotesForm, initial=known_notes, title=_("Notes and coins"),
    lead=_("Cash sheets say how many pieces of each are needed. Lists name the currency in words."),
    inputs=lambda cleaned, _target: {"currency": cleaned["currency"], "values": cleaned["values"], "names": names_in(cleaned)},
    done=lambda _currency: reverse("payments:save_notes_and_coins"),
)  # fmt: skip
