"""Funds, cycles, payrolls with their frozen lines, and the results that come back."""

from coremis.modules.payments.models.lines import LeftOut, PayrollLine, Reckoned
from coremis.modules.payments.models.papers import TakenPaper
from coremis.modules.payments.models.payrolls import Cycle, Fund, Payroll, PayrollArea, PayrollStep
from coremis.modules.payments.models.results import ResultFile, ResultRow

__all__ = [
    "Cycle", "Fund", "LeftOut", "Payroll", "PayrollArea", "PayrollLine", "PayrollStep", "Reckoned", "ResultFile", "ResultRow",
    "TakenPaper",
]  # fmt: skip
