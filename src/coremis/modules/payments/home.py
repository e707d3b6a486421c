"""Which cards of payments stand on whose home page, in the order of each seat."""

from django.utils.translation import gettext_lazy as _

from coremis.kernel.module.contributions import Contribution
from coremis.kernel.screens.contributions import HomeCard, WatchedActions
from coremis.modules.payments import cards, money_cards, providers

LINES, PAYROLLS = "payments.view_payrollline", "payments.view_payroll"

CARDS: list[Contribution] = [
    *cards.FIGURES,
    HomeCard(_("Funds"), money_cards.funds, "ledger.view_account", seats={"manager": 20, "accountant": 10}, wide=True),
    HomeCard(_("Payment calendar"), cards.cycles, "payments.view_cycle", seats={"manager": 30, "payments": 10}, wide=True),
    HomeCard(_("Payrolls under way"), cards.steps, PAYROLLS, seats={"payments": 20}, wide=True),
    HomeCard(_("Left out, to be worked off"), cards.left_out, "payments.view_leftout", seats={"payments": 30}),
    HomeCard(_("Points without lists"), cards.without_lists, LINES, seats={"payments": 40}),
    HomeCard(_("To be paid again"), cards.to_pay_again, LINES, seats={"payments": 50}),
    HomeCard(_("Lists to print"), cards.lists_to_print, LINES, seats={"commune": 20}, wide=True),
    HomeCard(_("Unpaid in the last cycle"), cards.unpaid_reasons, LINES, seats={"commune": 40}),
    HomeCard(_("In transit"), money_cards.in_transit, LINES, seats={"accountant": 20}),
    HomeCard(_("In transit by provider"), providers.on_the_way, LINES, seats={"accountant": 25}),
    HomeCard(_("Files of results"), money_cards.files, "payments.view_resultfile", seats={"accountant": 30}),
    HomeCard(_("Unknown payments"), money_cards.unknown_rows, "payments.view_resultrow", seats={"accountant": 40}),
    HomeCard(_("Open incidents"), money_cards.incidents, "payments.view_incident", seats={"accountant": 45}),
    HomeCard(_("What blocks closing"), money_cards.closing, PAYROLLS, seats={"accountant": 50}, wide=True),
    HomeCard(_("Flags that were set aside"), money_cards.set_aside, "payments.view_flaggroup", seats={"auditor": 35}),
    HomeCard(_("Twenty payments to follow today"), money_cards.sample, LINES, seats={"auditor": 50}, wide=True),
    WatchedActions(
        _("Lists of payees taken"),
        ("payments.take_payee_list", "payments.take_point_list", "payments.take_cash_sheet"),
        order=91,
    ),
    WatchedActions(
        _("Funds and payment cycles"),
        ("payments.save_fund", "payments.save_cycle", "payments.set_payment_terms", "payments.waive_order"),
        order=60,
    ),
]
