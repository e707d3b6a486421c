"""Funds, cycles, payrolls with their frozen lines, the results that come back, and the incidents found in them."""

from coremis.modules.payments.models.incidents import Incident, UnclaimedPolicy
from coremis.modules.payments.models.lines import LeftOut, PayrollLine, Reckoned
from coremis.modules.payments.models.papers import TakenPaper
from coremis.modules.payments.models.payrolls import Cycle, Fund, Payroll, PayrollArea, PayrollStep
from coremis.modules.payments.models.results import EarlierResult, ResultFile, ResultRow

__all__ = [
    "Cycle", "EarlierResult", "Fund", "Incident", "LeftOut", "Payroll", "PayrollArea", "PayrollLine", "PayrollStep", "Reckoned",
    "ResultFile", "ResultRow", "TakenPaper", "UnclaimedPolicy",
]  # fmt: skip
