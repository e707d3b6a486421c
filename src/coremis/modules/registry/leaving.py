"""The forms of leaving, dying and a change of recipient: who follows is asked in the same step (HH-12)."""

from typing import Any

from django.utils.translation import gettext_lazy

from coremis.modules.registry.event_forms import SuccessorForm
from coremis.modules.registry.forms import NameRecipientForm, chosen, past_day, short_text
from coremis.modules.registry.models import ChangeCause, Household, Membership, Person
from coremis.modules.registry.paper_field import PaperField, WithPaper
from coremis.modules.registry.services.members import LeavingReason


class EndMembershipForm(SuccessorForm):
    """Somebody left."""

    reason = chosen(LeavingReason, gettext_lazy("Reason"))
    left_on = past_day(gettext_lazy("Left on"), gettext_lazy("Empty means today."))
    rows = (("reason", "left_on"), ("new_head",), ("new_recipient", "paper"))

    def __init__(self, *args: Any, target: Membership, **kwargs: Any) -> None:
        super().__init__(*args, target=target, **kwargs)
        self.follow(target, target.person)


class RecordDeathForm(SuccessorForm):
    """Somebody died."""

    died_on = past_day(gettext_lazy("Died on"), required=True)
    note = short_text(gettext_lazy("Note"), help_text=gettext_lazy("For instance who reported it, or the number of the certificate."))
    rows = (("died_on", "note"), ("new_head",), ("new_recipient", "paper"))

    def __init__(self, *args: Any, target: Person, **kwargs: Any) -> None:
        super().__init__(*args, target=target, **kwargs)
        self.follow(Membership.objects.filter(person=target, left_on=None).select_related("household").first(), target)


class ChangeRecipientForm(WithPaper, NameRecipientForm):
    """Who collects from now on, why, and the paper that proves it."""

    cause = chosen(ChangeCause, gettext_lazy("Cause"))
    reason = short_text(gettext_lazy("Explanation"), required=True, help_text=gettext_lazy("Who asked, and which paper proves it."))
    paper = PaperField(label=gettext_lazy("Document that proves it"), help_text=gettext_lazy("A PDF, a scan or a photo."))
    rows = (("person", "on"), ("cause", "reason"), ("paper",))

    def __init__(self, *args: Any, target: Household, **kwargs: Any) -> None:
        super().__init__(*args, target=target, **kwargs)
