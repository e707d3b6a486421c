"""What this module adds."""

from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.seats import SeatPermissions
from coremis.kernel.approvals.presets import RoutePreset
from coremis.kernel.approvals.routes import Approvable
from coremis.kernel.config.settings import Setting
from coremis.kernel.module.contributions import Contribution
from coremis.kernel.screens.contributions import HomeCard, Panel, Tab, WatchedActions
from coremis.kernel.screens.menu import ADMINISTRATION, PEOPLE, MenuItem, TopSearch
from coremis.kernel.screens.timeline import HistoryGuard
from coremis.modules.registry import cards, event_previews, panels, past, previews, variable_previews
from coremis.modules.registry.datasets import DATASETS
from coremis.modules.registry.dictionary import OF_HOUSEHOLDS, OF_PERSONS
from coremis.modules.registry.facts import facts
from coremis.modules.registry.holders import DataHolder
from coremis.modules.registry.jobs import RENEWING
from coremis.modules.registry.models import Household, Person, VariableDefinition
from coremis.modules.registry.rules import SINGLE_NAMES
from coremis.modules.registry.services import (
    change_recipient,
    change_variable,
    merge_households,
    merge_persons,
    restore_variable,
    retire_variable,
    undo_merge_of_households,
    undo_merge_of_persons,
)
from coremis.modules.registry.sight import DOCUMENT, PHONE, SENSITIVE, VARIABLE, history_reader
from coremis.modules.registry.variable_tables import SEE as SEE_DICTIONARY
from coremis.modules.registry.variable_tables import variable_url

SEES = tuple(f"registry.view_{kind}" for kind in (
    "household", "person", "membership", "recipient", "document", "variabledefinition", "photo", "paper", "alternateuse", "householdmove",
))  # fmt: skip
KEEPS = (
    "registry.register_household", "registry.change_household", "registry.register_person", "registry.change_person",
    "registry.add_member", "registry.end_membership", "registry.change_head", "registry.record_death",
    "registry.name_recipient", "registry.change_recipient", "registry.set_alternate", "registry.remove_alternate",
    "registry.add_document", "registry.end_document", "registry.record_birth", "registry.move_person",
    "registry.split_household", "registry.merge_persons", "registry.merge_households",
    "registry.undo_merge_of_persons", "registry.undo_merge_of_households", "registry.propose_move", "registry.accept_move",
    "registry.reject_move", "registry.recall_move", "registry.add_paper", "registry.record_visit", "registry.set_photo",
    "registry.remove_photo", "registry.withdraw_person", "registry.withdraw_household", "registry.restore_person",
    "registry.restore_household", "registry.print_card", "registry.print_cards",
)  # fmt: skip
LOOKS_BEHIND = ("registry.reveal_person", "registry.reveal_household", DOCUMENT, PHONE)
DEFINES = tuple(f"registry.{name}_variable" for name in ("define", "change", "retire", "restore")) + ("registry.reorder_variables",)

contributions: list[Contribution] = [
    DataHolder(OF_PERSONS, Person, "registry.view_person"),
    DataHolder(OF_HOUSEHOLDS, Household, "registry.view_household"),
    RENEWING,
    Setting(
        SINGLE_NAMES,
        _("People with a single name are taken"),
        _("Without it, forms and imports return people who have one name alone, so that the second is asked for."),
        True,
    ),
    HistoryGuard(Person, lambda user, page: history_reader(user, page, OF_PERSONS)),
    HistoryGuard(Household, lambda user, page: history_reader(user, page, OF_HOUSEHOLDS)),
    *facts,
    MenuItem(_("Households"), "registry:households", group=PEOPLE, order=10),
    MenuItem(_("Persons"), "registry:persons", group=PEOPLE, order=20),
    TopSearch(_("Find a person"), "registry:persons", parameter="search", order=10),
    Panel(Household, _("Members"), panels.living_here, "registry.view_membership", order=10),
    Panel(Household, _("Who may collect"), panels.collecting, "registry.view_recipient", order=20),
    Tab(Household, "members", _("Members"), order=5),
    Panel(Household, _("Members"), panels.members, "registry.view_membership", tab="members", order=10),
    Panel(Household, _("Former members and relations"), panels.former_members, "registry.view_membership", tab="members", order=20),
    Panel(Household, _("Moves between places"), panels.moves, "registry.view_householdmove", tab="members", order=30),
    Panel(Household, _("Rare changes"), panels.rare_changes, "registry.view_household", tab="members", order=40),
    Tab(Household, "recipients", _("Recipients"), order=7),
    Panel(Household, _("Who may collect, now and before"), panels.recipients, "registry.view_recipient", tab="recipients", order=10),
    Panel(
        Household,
        _("Payments that an alternate collected"),
        panels.alternate_uses,
        "registry.view_alternateuse",
        tab="recipients",
        order=20,
    ),
    Tab(Household, "dwelling", _("Dwelling and facts"), order=10),
    Panel(Household, _("Dwelling and facts"), panels.dwelling, "registry.view_household", tab="dwelling"),
    Tab(Household, "documents", _("Documents"), order=80),
    Panel(Household, _("Documents of the members"), panels.household_documents, "registry.view_document", tab="documents"),
    Panel(Household, _("Papers that prove changes"), panels.papers, "registry.view_paper", tab="documents", order=110),
    Tab(Household, "past", _("On a past day"), order=90),
    Panel(Household, _("On a past day"), past.household_then, "registry.view_household", template="registry/_past.html", tab="past"),
    Panel(Person, _("Photo"), panels.photo, "registry.view_photo", template="registry/_photo.html", order=5),
    Panel(Person, _("Household"), panels.homes, "registry.view_membership", order=10),
    Panel(Person, _("Collects for"), panels.collects_for, "registry.view_recipient", order=20),
    Panel(Person, _("Further facts"), panels.person_facts, "registry.view_person", order=30),
    Tab(Person, "documents", _("Documents"), order=80),
    Panel(Person, _("Documents"), panels.person_documents, "registry.view_document", tab="documents"),
    MenuItem(_("Data dictionary"), "registry:variables", group=ADMINISTRATION, order=45),
    Tab(VariableDefinition, "usage", _("Usage"), order=10),
    Panel(VariableDefinition, _("Stored values in your places"), panels.stored_values, SEE_DICTIONARY, order=10, tab="usage"),
    Panel(VariableDefinition, _("Named in"), panels.named_in, SEE_DICTIONARY, order=20, tab="usage"),
    *(
        item
        for action, preview in (
            (change_variable, variable_previews.changed_variable),
            (retire_variable, variable_previews.retired_variable),
            (restore_variable, variable_previews.restored_variable),
        )
        for item in (
            Approvable(action, preview=preview, page=lambda inputs: variable_url(inputs["variable"])),
            RoutePreset(action, ("manager",)),
        )
    ),
    SeatPermissions("data", (*SEES, *KEEPS, *LOOKS_BEHIND, VARIABLE, *DEFINES)),
    SeatPermissions("commune", (*SEES, *KEEPS, *LOOKS_BEHIND)),
    SeatPermissions("it", ("registry.view_variabledefinition", *DEFINES)),
    SeatPermissions("manager", (*SEES, *DEFINES, VARIABLE, "registry.reveal_person", "registry.reveal_household")),
    SeatPermissions("payments", (*SEES, "registry.record_collection", *LOOKS_BEHIND)),
    Tab(Person, "past", _("On a past day"), order=90),
    Panel(Person, _("On a past day"), past.person_then, "registry.view_person", template="registry/_past.html", tab="past"),
    cards.REGISTERED,
    *DATASETS,
    HomeCard(_("My places"), cards.my_places, "registry.view_household", seats={"commune": 10, "manager": 60}, wide=True, kept=True),
    HomeCard(_("Women among the recipients"), cards.women, "registry.view_person", seats={"manager": 50}, kept=True),
    HomeCard(
        _("Find a household or a person"),
        cards.search,
        "registry.view_household",
        "registry/_search_card.html",
        seats={"commune": 50},
        wide=True,
    ),
    WatchedActions(
        _("Recipients"),
        tuple(f"registry.{name}" for name in ("name_recipient", "change_recipient", "set_alternate", "remove_alternate")),
        order=10,
    ),
    WatchedActions(
        _("Masked facts revealed, cards printed"),
        tuple(f"registry.{name}" for name in ("reveal_person", "reveal_household", "print_card", "print_cards")),
        order=92,
    ),
    HomeCard(_("Moves between places"), panels.pending_moves, "registry.view_householdmove", order=40, page="work"),
    Approvable(merge_persons, preview=event_previews.merge),
    RoutePreset(merge_persons, ("approver",)),
    Approvable(undo_merge_of_persons, preview=event_previews.unmerging),
    RoutePreset(undo_merge_of_persons, ("approver",)),
    Approvable(undo_merge_of_households, preview=event_previews.unmerging),
    RoutePreset(undo_merge_of_households, ("approver",)),
    Panel(Person, _("Records merged into this one"), panels.merged_here, "registry.undo_merge_of_persons", order=90),
    Panel(Household, _("Records merged into this one"), panels.merged_here, "registry.undo_merge_of_households", order=90),
    Approvable(merge_households, preview=event_previews.merge),
    RoutePreset(merge_households, ("approver",)),
    Approvable(change_recipient, preview=previews.recipient_change, subject=lambda inputs: inputs["household"]),
    RoutePreset(change_recipient, ("approver",)),
    SeatPermissions("verifier", SEES),
    SeatPermissions("approver", SEES),
    SeatPermissions("auditor", (*SEES, *LOOKS_BEHIND, VARIABLE, SENSITIVE)),
]
