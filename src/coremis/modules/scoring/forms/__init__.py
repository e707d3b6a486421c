"""The forms of this module."""

from coremis.modules.scoring.forms.entries import EntryForm
from coremis.modules.scoring.forms.pieces import CategoryForm, CutoffForm, ExampleForm, FactForm, MemberFactForm, StratumForm
from coremis.modules.scoring.forms.terms import TermForm
from coremis.modules.scoring.forms.wholes import FormulaForm, LoadForm, NewFormulaForm, NoteForm, RunForm, SettingsForm, WhichForm

__all__ = [
    "CategoryForm", "CutoffForm", "EntryForm", "ExampleForm", "FactForm", "FormulaForm", "LoadForm", "MemberFactForm", "NewFormulaForm",
    "NoteForm", "RunForm", "SettingsForm", "StratumForm", "TermForm", "WhichForm",
]  # fmt: skip
