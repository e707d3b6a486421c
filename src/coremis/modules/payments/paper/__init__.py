"""Paper of payments: payee lists, cash sheets and requests for funds, as PDF and XLSX."""

from coremis.modules.payments.paper.numbers import LIST_ORDER, numbered_lines

__all__ = ["LIST_ORDER", "numbered_lines"]
