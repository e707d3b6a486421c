"""The form on which an archive is sent."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.refusal import Refusal
from coremis.kernel.files.storage import keep
from coremis.kernel.screens.forms import ActionForm, AreaField
from coremis.modules.photos.archive import entries_of


class LoadPhotosForm(ActionForm):
    """The archive, and the place whose people it shows."""

    archive = forms.FileField(
        label=_("ZIP archive"), widget=forms.ClearableFileInput(attrs={"accept": ".zip"}),
        help_text=_("Each photo is named by the person's number or key, for example P-00012-34.jpg."),
    )  # fmt: skip
    area = AreaField(label=_("Place"), help_text=_("Only persons of this place get a photo."))

    def clean_archive(self) -> dict[str, Any]:
        """The archive, looked into and kept."""
        sent = self.cleaned_data["archive"]
        try:
            entries_of(sent.file)
            return {"name": sent.name, "sha256": keep(sent.file).sha256}
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
