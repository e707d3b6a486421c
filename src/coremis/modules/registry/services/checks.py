"""What must hold for people and their facts, for the modules that bring them in by other ways than these actions."""

from coremis.modules.registry.checking import SAME, FactRules, lock_unique, taken
from coremis.modules.registry.dictionary import asked_of, checked_value, variables_of
from coremis.modules.registry.not_applicable import NOT_APPLICABLE
from coremis.modules.registry.not_applicable import WORDS as NOT_APPLICABLE_WORDS
from coremis.modules.registry.rules import ADULT, check_birth, clean_name, clean_phone, clean_text, is_adult, missing_name, single_names

__all__ = [
    "ADULT", "NOT_APPLICABLE", "NOT_APPLICABLE_WORDS", "SAME", "FactRules",
    "asked_of", "check_birth", "checked_value", "clean_name", "clean_phone", "clean_text", "is_adult",
    "lock_unique", "missing_name", "single_names", "taken", "variables_of",
]  # fmt: skip
