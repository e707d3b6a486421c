"""Amounts in words, as cheques and payee lists carry them, in English, French and Portuguese."""

import re
from collections.abc import Callable
from functools import lru_cache

from babel.core import UnknownLocaleError
from babel.numbers import get_currency_name
from num2words import num2words  # type: ignore[import-untyped]

from coremis.kernel.base.money import Money, decimals_of
from coremis.kernel.config.settings import setting

WORDS_SETTING = "payments.currency_words"
# Currencies whose name is feminine in French and Portuguese: one and two, and in Portuguese the hundreds, agree with it.
FEMININE = {"fr": {"GBP", "EGP", "SSP", "SYP", "LBP", "INR", "MUR", "SCR", "TRY"}, "pt": {"GBP", "EGP", "SSP", "STN", "INR", "MUR", "SCR"}}
AND = {"en": "and", "fr": "et", "pt": "e"}
LOCALES = {"pt": "pt_PT"}
MILLION = 1_000_000
InWords = Callable[[Money], str]
LARGE = re.compile(r"(.*(?:milh|bili|trili)\w+)(.*)", re.DOTALL)
PORTUGUESE = [(r"\bum\b", "uma"), (r"\bdois\b", "duas"), (r"(\w+)entos\b", r"\1entas")]


def amount_in_words(amount: Money, language: str) -> str:
    """ "thirty-five thousand Burundian francs"; what is below one unit as a fraction: "twelve US dollars and 34/100"."""
    return speller(amount.currency, language)(amount)


def speller(currency: str, language: str | None) -> InWords:
    """The same for all amounts of a paper: what the country calls its currency is asked once, not on every line."""
    code = (language or "en").split("-")[0]
    code = code if code in AND else "en"
    names = currency_names(currency, code)
    return lambda amount: _written(amount.amount_minor, currency, code, names)


def currency_names(currency: str, code: str) -> tuple[str, str]:
    """The name for one and for several: as the country says it, else as the standard does, else the three letters."""
    own = (setting(WORDS_SETTING) or {}).get(currency, {}).get(code)
    if own and len(own) == 2:
        return own[0], own[1]
    locale = LOCALES.get(code, code)
    try:
        names = [re.sub(r"\s*\(.*\)", "", get_currency_name(currency, count, locale)) for count in (1, 2)]
    except (UnknownLocaleError, ValueError):
        return currency, currency
    return names[0] or currency, names[1] or currency


@lru_cache(maxsize=5_000)
def _written(minor: int, currency: str, code: str, names: tuple[str, str]) -> str:
    places = decimals_of(currency)
    whole, rest = divmod(abs(minor), 10**places)
    words = num2words(whole, lang=code)
    if currency in FEMININE.get(code, ()):
        words = _feminine(words, code)
    of = _of(whole, names[1], code)
    text = f"{words} {of}{names[0 if whole == 1 or (whole == 0 and code != 'en') else 1]}"
    if rest:
        text = f"{text} {AND[code]} {rest:0{places}d}/{10**places}"
    return text if minor >= 0 else f"– {text}"


def _of(whole: int, name: str, code: str) -> str:
    """ "un million de francs", "um milhão de francos": a round number of millions is a noun."""
    if code == "en" or whole < MILLION or whole % MILLION:
        return ""
    return "d’" if code == "fr" and name[:1].lower() in "aeiouhéè" else "de "


def _feminine(words: str, code: str) -> str:
    if code == "fr":
        return re.sub(r"\bun$", "une", words)
    found = LARGE.match(words)
    large, small = (found[1], found[2]) if found else ("", words)
    for masculine, feminine in PORTUGUESE:
        small = re.sub(masculine, feminine, small)
    return large + small
