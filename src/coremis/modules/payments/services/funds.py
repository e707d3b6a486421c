"""The request for the funds of a payroll, and which notes and coins a currency has."""

from datetime import date
from typing import Any

from django.db.models import Count, Sum
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.base.money import Money, parse_amount
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.kernel.base.text import fold
from coremis.kernel.config.services import change_settings
from coremis.kernel.config.settings import setting
from coremis.kernel.files.models import Attachment
from coremis.kernel.files.storage import store
from coremis.modules.payments.models import Payroll, PayrollLine, TakenPaper
from coremis.modules.payments.paper.cash import NOTES_SETTING, funds_paper
from coremis.modules.payments.paper.contents import NOT_LISTED, Facts, Part
from coremis.modules.payments.paper.taking import Order
from coremis.modules.payments.paper.words import WORDS_SETTING
from coremis.modules.payments.services.papers import note, printed, spoken
from coremis.modules.payments.services.steps import locked, require_state
from coremis.modules.payments.states import LIVE_PAYROLLS, PayrollState

MOST_VALUES = 30


@action(gettext_lazy("Take the request for funds"))
def take_funds_request(
    *, payroll: Payroll, bank_details: str = "", needed_on: date | None = None, language: str = "", actor: Actor
) -> Attachment:
    """The letter that asks for the money of a payroll, by payment point, with totals in figures and words."""
    payroll = locked(payroll)
    require_state(payroll, *(PayrollState(state) for state in LIVE_PAYROLLS))
    with translation.override(spoken(language)):
        rows = needs_of(payroll)
        if not rows:
            raise Refusal(gettext_lazy("Nobody can be paid in this payroll now. Decide about the payments that are held."))
        facts = Facts(payroll.currency, sum(row[1] for row in rows), sum(row[2] for row in rows))
        facts.told.update(repr((rows, bank_details)).encode())
        place = payroll.places.select_related("area").order_by("pk")[0].area
        order = Order(payroll, TakenPaper.Paper.FUNDS, needed_on, actor.pk)
        records = order.records([(Part(payroll, None, 1, 1, 1), facts)], lambda _point: place)
        note(records)
        content = printed([funds_paper(payroll, records[0], rows, bank_details.strip(), needed_on)], _("Request for funds"))
        return store(content, f"{payroll.number_text}-funds.pdf", user=actor, permission=take_funds_request.name)


def needs_of(payroll: Payroll) -> list[tuple[str, int, int]]:
    """Name, payments and smallest units of every point, those without a point last. One query."""
    rows = PayrollLine.objects.filter(payroll=payroll).exclude(state__in=NOT_LISTED).order_by()
    sums = rows.values_list("point_id", "point_name").annotate(count=Count("pk"), total=Sum("amount_minor"))
    ordered = sorted(sums, key=lambda row: (row[0] is None, fold(row[1]), row[0] or 0))
    return [(name if point else _("Without a payment point"), count, total) for point, name, count, total in ordered]


@action(gettext_lazy("Say which notes and coins there are"))
def save_notes_and_coins(*, currency: str, values: str, names: dict[str, Any], actor: Actor) -> str:
    """The notes and coins of a currency, typed with blanks between them, and its name for one and for several by language."""
    currency = currency.strip().upper()
    if len(currency) != 3 or not currency.isalpha() or not currency.isascii():
        raise Invalid(gettext_lazy("A currency has three letters."), {"currency": [gettext_lazy("Three letters, such as USD.")]})
    known = {**(setting(NOTES_SETTING) or {}), currency: read_values(values, currency)}
    words = {**(setting(WORDS_SETTING) or {})}
    named = {code: [str(one).strip() for one in pair] for code, pair in names.items() if pair and all(str(one).strip() for one in pair)}
    if named:
        words[currency] = named
    # As a part of this action: notes and words decide over no money, so the payment office sets them without a second person.
    change_settings.body(values={NOTES_SETTING: known, WORDS_SETTING: words}, actor=actor)
    return currency


def read_values(values: str, currency: str) -> list[int]:
    """Smallest units of the notes and coins, largest first; a sentence for what is no amount."""
    found = {Money(parse_amount(text, currency), currency).amount_minor for text in values.replace(";", " ").split()}
    if not found or min(found) <= 0 or len(found) > MOST_VALUES:
        raise Invalid(
            gettext_lazy("Give at least one note or coin, and at most 30."),
            {"values": [gettext_lazy("Amounts above zero, with blanks between.")]},
        )
    return sorted(found, reverse=True)
