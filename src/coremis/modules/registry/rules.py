"""What must hold for people and their dates, whatever way they come in. Every function refuses with a sentence or gives the clean value."""

import re
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.dates import YEAR, PartialDate, years_between
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.config.settings import setting

ADULT = 18
OLDEST = 125
SINGLE_NAMES = "registry.single_names"
LONGEST_NAME = 120


def clean_text(text: str, longest: int = 200) -> str:
    """Text with single blanks; refuses signs that nobody can type or print, and what is too long."""
    plain = " ".join(str(text).split())
    if not plain.isprintable():
        raise Refusal(_("This holds signs that cannot be printed. Type it again."))
    if len(plain) > longest:
        raise Refusal(_("This is too long. Use at most %(longest)s letters."), longest=longest)
    return plain


def clean_name(text: str) -> str:
    """A name as people write it; empty stays empty, and nothing is invented."""
    plain = clean_text(text, LONGEST_NAME)
    if plain and not any(sign.isalpha() for sign in plain):
        raise Refusal(_("A name needs letters. Leave it empty where there is none."))
    return plain


def single_names() -> bool:
    """Whether this country takes people with one name alone."""
    return bool(setting(SINGLE_NAMES))


def missing_name(name: str, single: bool | None = None) -> Any:
    """What is wrong about who has no name, or one where the country asks for two (ETL-13); nothing where all is well.

    ``name`` is given names and surname together; ``single`` is ``single_names()`` where somebody asks about many people.
    """
    words = len(name.split())
    if not words:
        return _("Write at least one name.")
    if words == 1 and not (single_names() if single is None else single):
        return _("Write at least two names: this country does not take people with a single name.")
    return None


def clean_phone(text: str) -> str:
    """A phone number as digits, with + where it was written; 6 to 15 digits."""
    plain = clean_text(text, 40)
    if not plain:
        return ""
    digits = re.sub(r"[\s().\-/]", "", plain)
    digits = "+" + digits[2:] if digits.startswith("00") else digits
    if not re.fullmatch(r"\+?[0-9]{6,15}", digits):
        raise Refusal(_("“%(text)s” is no phone number. Write 6 to 15 digits."), text=plain[:30])
    return digits


def check_birth(birth: PartialDate, today: date) -> PartialDate:
    """A birth date that can be true: not to come, and not longer ago than people live."""
    if birth.day > today:
        raise Refusal(_("The birth date lies in the future. Check the year."))
    if today.year - birth.day.year > OLDEST:
        raise Refusal(_("The birth date is more than %(years)s years ago. Check the year."), years=OLDEST)
    return birth


def check_not_future(day: date, today: date) -> date:
    """A day that has come."""
    if day > today:
        raise Refusal(_("This day lies in the future. Check the date."))
    if today.year - day.year > OLDEST:
        raise Refusal(_("This day is too long ago. Check the year."))
    return day


def check_death(died_on: date, birth: date | None, precision: str, today: date) -> date:
    """A day of death that has come and does not lie before the birth."""
    check_not_future(died_on, today)
    if birth and (died_on.year < birth.year if precision == YEAR else died_on < birth):
        raise Refusal(_("The day of death lies before the birth. Check both dates."))
    return died_on


def is_adult(birth: date | None, day: date) -> bool:
    """Whether somebody is known to be 18 or older on a day; an unknown birth date is no proof."""
    return birth is not None and years_between(birth, day) >= ADULT
