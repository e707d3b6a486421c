"""PDF for paper: pages with text, lines and QR codes, and tables that run over thousands of pages, written as they are made."""

from coremis.kernel.files.pdf.document import A4, LANDSCAPE, MM, Document, Page
from coremis.kernel.files.pdf.fonts import shown, width_of, wrapped
from coremis.kernel.files.pdf.paper import Field, Heading, Paper, PaperColumn, Row, Signature, Sum, Sums, write_papers

__all__ = [
    "A4", "LANDSCAPE", "MM", "Document", "Field", "Heading", "Page", "Paper", "PaperColumn", "Row", "Signature", "Sum", "Sums",
    "shown", "width_of", "wrapped", "write_papers",
]  # fmt: skip
