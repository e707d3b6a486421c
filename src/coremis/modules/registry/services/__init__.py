"""Everything that changes people, households and the data dictionary."""

from coremis.modules.registry.dictionary import checked_data
from coremis.modules.registry.services.documents import add_document, end_document
from coremis.modules.registry.services.households import change_household, register_household
from coremis.modules.registry.services.members import add_member, change_head, end_membership
from coremis.modules.registry.services.persons import change_person, record_death, register_person
from coremis.modules.registry.services.recipients import change_recipient, name_recipient, remove_alternate, set_alternate
from coremis.modules.registry.services.revealing import note_revealed, reveal_household, reveal_person
from coremis.modules.registry.services.variables import (
    change_variable,
    define_variable,
    reorder_variables,
    restore_variable,
    retire_variable,
)

__all__ = [
    "add_document", "add_member", "change_head", "change_household", "change_person", "change_recipient", "change_variable",
    "checked_data", "define_variable", "end_document", "end_membership", "name_recipient", "note_revealed", "record_death",
    "register_household", "register_person", "remove_alternate", "reorder_variables", "restore_variable", "retire_variable",
    "reveal_household", "reveal_person", "set_alternate",
]  # fmt: skip
