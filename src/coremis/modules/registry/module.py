"""What this module adds."""

from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.permissions import FURTHER
from coremis.kernel.access.seats import SeatPermissions
from coremis.kernel.approvals.presets import RoutePreset
from coremis.kernel.approvals.routes import Approvable
from coremis.kernel.module.contributions import Contribution
from coremis.kernel.screens.contributions import Panel, Tab
from coremis.kernel.screens.menu import PEOPLE, MenuItem, TopSearch
from coremis.modules.registry import panels, previews
from coremis.modules.registry.facts import facts
from coremis.modules.registry.models import Household, Person
from coremis.modules.registry.services import change_recipient

FURTHER[panels.REVEAL] = _("See whole document numbers")
SEES = tuple(f"registry.view_{kind}" for kind in ("household", "person", "membership", "recipient", "document", "variabledefinition"))
KEEPS = (
    "registry.register_household", "registry.change_household", "registry.register_person", "registry.change_person",
    "registry.add_member", "registry.end_membership", "registry.change_head", "registry.record_death",
    "registry.name_recipient", "registry.change_recipient", "registry.set_alternate", "registry.remove_alternate",
    "registry.add_document", "registry.end_document", panels.REVEAL,
)  # fmt: skip

contributions: list[Contribution] = [
    *facts,
    MenuItem(_("Households"), "registry:households", group=PEOPLE, order=10),
    MenuItem(_("Persons"), "registry:persons", group=PEOPLE, order=20),
    TopSearch(_("Find a person"), "registry:persons", parameter="search", order=10),
    Panel(Household, _("Members"), panels.members, "registry.view_membership", order=10),
    Panel(Household, _("Who may collect"), panels.recipients, "registry.view_recipient", order=20),
    Panel(Household, _("Former members and relations"), panels.former_members, "registry.view_membership", order=30),
    Tab(Household, "dwelling", _("Dwelling and facts"), order=10),
    Panel(Household, _("Dwelling and facts"), panels.dwelling, "registry.view_household", tab="dwelling"),
    Tab(Household, "documents", _("Documents"), order=20),
    Panel(Household, _("Documents of the members"), panels.household_documents, "registry.view_document", tab="documents"),
    Panel(Person, _("Household"), panels.homes, "registry.view_membership", order=10),
    Panel(Person, _("Collects for"), panels.collects_for, "registry.view_recipient", order=20),
    Panel(Person, _("Further facts"), panels.person_facts, "registry.view_person", order=30),
    Tab(Person, "documents", _("Documents"), order=20),
    Panel(Person, _("Documents"), panels.person_documents, "registry.view_document", tab="documents"),
    Approvable(change_recipient, preview=previews.recipient_change, subject=lambda inputs: inputs["household"]),
    RoutePreset(change_recipient, ("approver",)),
    SeatPermissions("data", (*SEES, *KEEPS, "registry.define_variable")),
    SeatPermissions("commune", (*SEES, *KEEPS)),
    SeatPermissions("manager", SEES),
    SeatPermissions("payments", SEES),
    SeatPermissions("verifier", SEES),
    SeatPermissions("approver", SEES),
    SeatPermissions("auditor", (*SEES, panels.REVEAL)),
]
