"""Pages about households."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.columns import Status
from coremis.kernel.screens.details import DetailScreen
from coremis.kernel.screens.lists import EmptyState, ListScreen
from coremis.kernel.screens.screen import ActionLink, Screen
from coremis.modules.registry import forms, leaving, panels, previews, services
from coremis.modules.registry.attention import household_attention
from coremis.modules.registry.dictionary import OF_HOUSEHOLDS, OF_PERSONS, asked_of
from coremis.modules.registry.fact_fields import askable
from coremis.modules.registry.models import Household, Membership, Recipient
from coremis.modules.registry.registration import MemberForm, RegisterHouseholdForm, rows_asked
from coremis.modules.registry.services.households import MOST_MEMBERS
from coremis.modules.registry.tables import HouseholdTable, household_url
from coremis.modules.registry.views.events import PaperScreen
from coremis.modules.registry.views.persons import REVEALING

REGISTER = ActionLink(_("Register a household"), "registry:register_household", "registry.register_household", "primary")


def had_recipient(household: Household) -> bool:
    """Whether a primary recipient was ever named: from then on others approve every change."""
    return household.recipients.filter(rank=0).exists()


def back_to_household(record: Any) -> str:
    """The household's page, from the household itself or what belongs to it."""
    return household_url(record.pk if isinstance(record, Household) else record.household_id)


households = ListScreen(
    HouseholdTable,
    title=_("Households"),
    actions=[REGISTER],
    empty=EmptyState(
        _("No household yet"),
        _("A household is who lives together and shares meals. Register the first one, or import a file."),
        REGISTER,
    ),
)


def any_household(user: Any, key: Any) -> Household | None:
    """The household of this id, also one that was merged or withdrawn."""
    rows: Any = Household.everything
    found: Household | None = rows.visible_to(user, "registry.view_household").select_related("area").filter(pk=key).first()
    return found


def more(title: Any, name: str, show: Callable[[Any], bool] | None = None) -> ActionLink:
    """An action of a household that stands in the menu after the one that is most needed."""
    return ActionLink(title, f"registry:{name}", f"registry.{name}", "more", show)


def change_link(tone: str, show: Callable[[Any], bool]) -> ActionLink:
    """Changing facts comes first once somebody collects for the household."""
    return ActionLink(_("Change facts or place"), "registry:change_household", "registry.change_household", tone, show)


household = DetailScreen(
    Household,
    permission="registry.view_household",
    fetch=any_household,
    title=lambda record: record.head_name or gettext("(no head)"),
    subtitle=lambda record: f"{record.number_text} · {record.area.name}",
    status=lambda record: Status("off", _("in use no more") if record.retired_on else _("empty")) if not record.size else None,
    facts=panels.facts_of_household,
    attention=household_attention,
    actions=[
        ActionLink(
            _("Name the primary recipient"),
            "registry:name_recipient",
            "registry.name_recipient",
            "primary",
            show=lambda one: not had_recipient(one),
        ),
        change_link("primary", had_recipient),
        change_link("more", lambda one: not had_recipient(one)),
        more(_("Add a member"), "add_member"),
        more(_("Record a birth"), "record_birth", lambda one: one.size > 0),
        more(_("Change the head"), "change_head", lambda one: one.size > 1),
        more(_("Change the primary recipient"), "change_recipient", had_recipient),
        more(_("Name an alternate recipient"), "set_alternate", lambda one: one.size > 0),
        more(_("Reveal what is masked"), "reveal_household"),
    ],
    timeline=panels.HOUSEHOLD_TIMELINE,
)

register_household_page = ActionScreen(
    services.register_household,
    form=RegisterHouseholdForm,
    lead=_("One block for each person who lives there. Enter goes to the next field, Ctrl and Enter sends the page."),
    inputs=lambda cleaned, target: {
        "area": cleaned["area"], "address": cleaned["address"], "registered_on": cleaned["registered_on"],
        "data": forms.data_of(cleaned), "members": cleaned["members"], "documents": cleaned["documents"],
    },
    preview=previews.registration,
    done=back_to_household,
    said=lambda household: gettext("Registered: %(number)s, %(name)s.") % {"number": household.number_text, "name": household.head_name},
    template="registry/register_household.html",
)  # fmt: skip

change_household_page = ActionScreen(
    services.change_household,
    form=forms.ChangeHouseholdForm,
    target=(Household, "pk"),
    initial=lambda request, record: {
        "area": record.area, "address": record.address, **forms.shown_data(record, request.user, *OF_HOUSEHOLDS),
    },
    inputs=lambda cleaned, record: {
        "household": record, "area": cleaned["area"], "address": cleaned["address"], "data": forms.data_of(cleaned),
    },
    preview=previews.household_change,
    done=back_to_household,
    back=back_to_household,
)  # fmt: skip

add_member_page = ActionScreen(
    services.add_member,
    form=forms.AddMemberForm,
    target=(Household, "pk"),
    lead=_("A birth, a marriage, or somebody who came to live here."),
    inputs=lambda cleaned, record: {
        "household": record, "person": cleaned["person"], "data": forms.data_of(cleaned), "phone_owner": cleaned["phone_owner"] or None,
        **{name: cleaned[name] or None for name in ("birth", "joined_on")}, "sex": cleaned["sex"] or "unknown",
        **{name: cleaned[name] for name in ("relationship", "given_names", "surname", "phone")},
    },
    done=back_to_household,
    back=back_to_household,
)  # fmt: skip

reveal_household_page = ActionScreen(
    services.reveal_household,
    form=forms.ReasonForm,
    target=(Household, "pk"),
    lead=REVEALING,
    done=back_to_household,
    back=back_to_household,
    said=lambda record: gettext("For 15 minutes you see what is masked to others. The history says so."),
)

end_membership_page = PaperScreen(
    services.end_membership,
    household=lambda row: row.household,
    form=leaving.EndMembershipForm,
    target=(Membership, "pk"),
    title=lambda row: gettext("%(name)s left the household") % {"name": row.person.full_name},
    preview=previews.leaving,
    button=_("Record that the member left"),
    done=back_to_household,
    back=back_to_household,
)

change_head_page = ActionScreen(
    services.change_head,
    form=forms.ChangeHeadForm,
    target=(Household, "pk"),
    lead=_("Choose the new head, and say how everybody else is related to that person."),
    inputs=lambda cleaned, record: {
        "household": record, "head": cleaned["head"], "on": cleaned["on"],
        "relationships": forms.relationships_of(cleaned),
    },
    preview=previews.head_change,
    done=back_to_household,
    back=back_to_household,
)  # fmt: skip

name_recipient_page = ActionScreen(
    services.name_recipient,
    form=forms.NameRecipientForm,
    target=(Household, "pk"),
    preview=previews.recipient_change,
    done=back_to_household,
    back=back_to_household,
)

change_recipient_page = PaperScreen(
    services.change_recipient,
    household=lambda record: record,
    form=leaving.ChangeRecipientForm,
    target=(Household, "pk"),
    preview=previews.recipient_change,
    done=back_to_household,
    back=back_to_household,
)

set_alternate_page = ActionScreen(
    services.set_alternate,
    form=forms.SetAlternateForm,
    target=(Household, "pk"),
    lead=_("Somebody who may collect when the primary recipient is ill or away."),
    done=back_to_household,
    back=back_to_household,
)

remove_alternate_page = ActionScreen(
    services.remove_alternate,
    form=forms.ReasonForm,
    target=(Recipient, "pk"),
    lead=lambda row: gettext("%(name)s will no longer collect for this household.") % {"name": row.person.full_name},
    done=back_to_household,
    back=back_to_household,
)


class MemberRow(Screen):
    """One more empty block for a member, for pages with scripts."""

    methods = ("GET",)

    def respond(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The block, and the button that asks for the next one."""
        place = rows_asked(request.GET.get("place", ""))
        row = MemberForm(place, askable(request.user, asked_of(*OF_PERSONS))) if place < MOST_MEMBERS else None
        if row:
            row.fields["given_names"].widget.attrs["autofocus"] = True
        return render(request, "registry/_member_row.html", {"member": row, "row_count": place + (row is not None), "added": True})


member_row = MemberRow(permission=services.register_household.name, title="")
