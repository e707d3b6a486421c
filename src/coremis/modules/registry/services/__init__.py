"""Everything that changes people, households and the data dictionary."""

from coremis.modules.registry.dictionary import checked_data
from coremis.modules.registry.services.alternates import record_collection, record_visit
from coremis.modules.registry.services.cards import print_card, print_cards
from coremis.modules.registry.services.documents import add_document, end_document
from coremis.modules.registry.services.events import move_person, record_birth, split_household
from coremis.modules.registry.services.households import change_household, register_household
from coremis.modules.registry.services.members import add_member, change_head, end_membership
from coremis.modules.registry.services.merging import merge_households, merge_persons
from coremis.modules.registry.services.moves import accept_move, propose_move, recall_move, reject_move
from coremis.modules.registry.services.papers import add_paper
from coremis.modules.registry.services.persons import change_person, record_death, register_person
from coremis.modules.registry.services.photos import remove_photo, set_photo
from coremis.modules.registry.services.recipients import change_recipient, name_recipient, remove_alternate, set_alternate
from coremis.modules.registry.services.revealing import note_revealed, reveal_household, reveal_person
from coremis.modules.registry.services.unmerging import undo_merge_of_households, undo_merge_of_persons
from coremis.modules.registry.services.variables import (
    change_variable,
    define_variable,
    reorder_variables,
    restore_variable,
    retire_variable,
)
from coremis.modules.registry.services.withdrawing import restore_household, restore_person, withdraw_household, withdraw_person

__all__ = [
    "accept_move", "add_document", "add_member", "add_paper", "change_head", "change_household", "change_person", "change_recipient",
    "change_variable", "checked_data", "define_variable", "end_document", "end_membership", "merge_households", "merge_persons",
    "undo_merge_of_households", "undo_merge_of_persons",
    "move_person", "name_recipient", "note_revealed", "print_card", "print_cards",
    "propose_move", "recall_move", "record_birth", "record_collection",
    "record_death", "record_visit", "register_household", "register_person", "reject_move", "remove_alternate", "remove_photo",
    "reorder_variables", "restore_household", "restore_person", "restore_variable", "retire_variable", "reveal_household",
    "reveal_person", "set_alternate", "set_photo", "split_household", "withdraw_household", "withdraw_person",
]  # fmt: skip
