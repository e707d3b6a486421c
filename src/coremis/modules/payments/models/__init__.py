"""Funds, cycles, payrolls with their frozen lines, what was found in them, the results that come back, and incidents."""

from coremis.modules.payments.models.amounts import ImportedAmount
from coremis.modules.payments.models.findings import Difference, FlagGroup, FlagMember, Hold, Review
from coremis.modules.payments.models.incidents import Incident, UnclaimedPolicy
from coremis.modules.payments.models.lines import LeftOut, PayrollLine, Reckoned
from coremis.modules.payments.models.papers import TakenPaper
from coremis.modules.payments.models.payrolls import Cycle, Fund, Payroll, PayrollArea, PayrollStep
from coremis.modules.payments.models.results import EarlierResult, ResultFile, ResultRow
from coremis.modules.payments.models.terms import PaymentTerms, RoundWaiver

__all__ = [
    "Cycle", "Difference", "EarlierResult", "FlagGroup", "FlagMember", "Fund", "Hold", "ImportedAmount", "Incident", "LeftOut",
    "PaymentTerms", "Payroll", "PayrollArea", "PayrollLine", "PayrollStep", "Reckoned", "ResultFile", "ResultRow", "Review",
    "RoundWaiver", "TakenPaper", "UnclaimedPolicy",
]  # fmt: skip
