"""A file in a form that is shown before it is sent: kept at the first step, and sent along by a signed mark at the second."""

from typing import Any

from django import forms
from django.core import signing
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.refusal import Refusal
from coremis.kernel.files.storage import Content
from coremis.kernel.screens.forms import ActionForm
from coremis.modules.registry.services.papers import KeptPaper, keep_paper

SALT, ONE_DAY = "registry.paper", 86_400


class PaperInput(forms.FileInput):
    """Choose a file, or take a photo with a phone; what was kept at the step before stays."""

    def __init__(self) -> None:
        super().__init__({"accept": "application/pdf,image/jpeg,image/png"})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """The file that was sent now, else the mark of the one that was kept."""
        return files.get(name) or data.get(f"{name}_kept", "")

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        control = super().render(name, None, attrs, renderer)
        kept = read_mark(value) if isinstance(value, str) and value else None
        return render_to_string("registry/_paper_control.html", {"control": control, "name": name, "kept": kept, "mark": value})


class PaperField(forms.Field):
    """A scan or photo of a paper; gives a `KeptPaper`."""

    widget = PaperInput

    def clean(self, value: Any) -> KeptPaper | None:
        """What was kept, or None where nothing was sent and nothing is required."""
        if not value:
            if self.required:
                raise forms.ValidationError(_("Attach a scan or a photo."), code="required")
            return None
        try:
            kept = read_mark(value) if isinstance(value, str) else keep_paper(value, value.name)
        except Refusal as problem:
            raise forms.ValidationError(str(problem)) from problem
        if kept is None:
            raise forms.ValidationError(_("Choose the file again; the page was open for too long."))
        return kept


class WithPaper(ActionForm):
    """A form whose papers survive its preview."""

    def carried(self) -> list[tuple[str, str]]:
        """The marks of the papers that were kept."""
        kept = {name: self.cleaned_data.get(name) for name, field in self.fields.items() if isinstance(field, PaperField)}
        return [(f"{name}_kept", mark_of(paper)) for name, paper in kept.items() if paper]


def mark_of(paper: KeptPaper) -> str:
    """A mark that nobody can make up."""
    return signing.dumps([paper.content.sha256, paper.content.size, paper.name], salt=SALT)


def read_mark(mark: str) -> KeptPaper | None:
    """The paper of a mark of today."""
    try:
        sha256, size, name = signing.loads(mark, salt=SALT, max_age=ONE_DAY)
    except signing.BadSignature:
        return None
    return KeptPaper(Content(sha256, size), name)
