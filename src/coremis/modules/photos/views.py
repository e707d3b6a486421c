"""The page on which many photos are sent."""

from django.urls import reverse
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.modules.photos import forms, services

load_photos = ActionScreen(
    services.load_photos,
    form=forms.LoadPhotosForm,
    lead=_("The photos are made small one by one. What cannot be matched to a person comes back as a list."),
    inputs=lambda cleaned, target: {"area": cleaned["area"], **cleaned["archive"]},
    done=lambda _nothing: reverse("administration:my_work"),
    back=lambda _target: reverse("registry:persons"),
    said=lambda _nothing: now("The photos are being loaded. The report will be under “My work”."),
    button=_("Load the photos"),
)
