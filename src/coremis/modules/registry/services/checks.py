"""What must hold for people and their facts, for the modules that bring them in by other ways than these actions."""

from coremis.modules.registry.dictionary import checked_value, variables_of
from coremis.modules.registry.rules import ADULT, check_birth, clean_name, clean_phone, clean_text, is_adult

__all__ = ["ADULT", "check_birth", "checked_value", "clean_name", "clean_phone", "clean_text", "is_adult", "variables_of"]
