"""What can change a payment. Every action here is a permission and an entry in the history."""

from coremis.modules.payments.services.approval import approve_payroll
from coremis.modules.payments.services.cancellation import cancel_payroll, recall_payroll
from coremis.modules.payments.services.carrying import carry_unpaid
from coremis.modules.payments.services.checking import check_results
from coremis.modules.payments.services.closing import close_payroll, write_off
from coremis.modules.payments.services.confirmation import confirm_results
from coremis.modules.payments.services.cycles import close_cycle, plan_cycles, save_cycle, waive_order
from coremis.modules.payments.services.entry import attach_page, save_sheet, send_sheet, start_sheet
from coremis.modules.payments.services.forfeiting import forfeit_unclaimed, save_unclaimed_policy
from coremis.modules.payments.services.funds import save_notes_and_coins, take_funds_request
from coremis.modules.payments.services.generation import generate_payroll
from coremis.modules.payments.services.holds import pay_held, void_lines
from coremis.modules.payments.services.incidents import dispute_payment, settle_incident
from coremis.modules.payments.services.papers import take_cash_sheet, take_payee_list, take_point_list
from coremis.modules.payments.services.planning import save_fund, set_payment_terms
from coremis.modules.payments.services.recovering import book_recoveries
from coremis.modules.payments.services.reissue import reissue_payroll
from coremis.modules.payments.services.rejected import take_rejected_rows
from coremis.modules.payments.services.release import release_payroll
from coremis.modules.payments.services.review import review_payroll
from coremis.modules.payments.services.uploads import discard_results, upload_results
from coremis.modules.payments.services.verdicts import decide_flag
from coremis.modules.payments.services.verification import verify_payroll

__all__ = [
    "approve_payroll", "attach_page", "carry_unpaid",
    "dispute_payment", "forfeit_unclaimed", "reissue_payroll", "save_sheet", "save_unclaimed_policy",
    "send_sheet", "settle_incident", "start_sheet", "book_recoveries", "cancel_payroll", "check_results", "close_cycle",
    "close_payroll", "confirm_results", "decide_flag",
    "discard_results", "generate_payroll", "pay_held", "plan_cycles", "recall_payroll", "release_payroll", "review_payroll",
    "save_cycle", "save_fund", "save_notes_and_coins", "set_payment_terms", "take_cash_sheet", "take_funds_request", "take_payee_list",
    "take_point_list", "take_rejected_rows", "upload_results", "verify_payroll",
    "void_lines", "waive_order", "write_off",
]  # fmt: skip
