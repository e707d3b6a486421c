"""Money: a whole number of the smallest unit, beside its currency. Decimals exist only when it is read or written."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.refusal import Refusal

# ISO 4217 minor units where they are not 2, and the currencies in use where they are; XXX stands for "no currency".
# Private codes such as SZF (the demo's franc) are known by declare_currency, or by what the installation has stored (see OWN_CURRENCY).
DECIMALS = {
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0, "VND": 0,
    "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0, "XXX": 0, "SZF": 0, "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
}  # fmt: skip
TWO_DECIMALS = frozenset(
    [
        "AED",
        "AFN",
        "ALL",
        "AMD",
        "AOA",
        "ARS",
        "AUD",
        "AWG",
        "AZN",
        "BAM",
        "BBD",
        "BDT",
        "BGN",
        "BMD",
        "BND",
        "BOB",
        "BRL",
        "BSD",
        "BTN",
        "BWP",
        "BYN",
        "BZD",
        "CAD",
        "CDF",
        "CHF",
        "CNY",
        "COP",
        "CRC",
        "CUP",
        "CVE",
        "CZK",
        "DKK",
        "DOP",
        "DZD",
        "EGP",
        "ERN",
        "ETB",
        "EUR",
        "FJD",
        "FKP",
        "GBP",
        "GEL",
        "GHS",
        "GIP",
        "GMD",
        "GTQ",
        "GYD",
        "HKD",
        "HNL",
        "HTG",
        "HUF",
        "IDR",
        "ILS",
        "INR",
        "IRR",
        "ISK",
        "JMD",
        "KES",
        "KGS",
        "KHR",
        "KPW",
        "KYD",
        "KZT",
        "LAK",
        "LBP",
        "LKR",
        "LRD",
        "LSL",
        "MAD",
        "MDL",
        "MGA",
        "MKD",
        "MMK",
        "MNT",
        "MOP",
        "MRU",
        "MUR",
        "MVR",
        "MWK",
        "MXN",
        "MYR",
        "MZN",
        "NAD",
        "NGN",
        "NIO",
        "NOK",
        "NPR",
        "NZD",
        "PAB",
        "PEN",
        "PGK",
        "PHP",
        "PKR",
        "PLN",
        "QAR",
        "RON",
        "RSD",
        "RUB",
        "SAR",
        "SBD",
        "SCR",
        "SDG",
        "SEK",
        "SGD",
        "SHP",
        "SLE",
        "SOS",
        "SRD",
        "SSP",
        "STN",
        "SYP",
        "SZL",
        "THB",
        "TJS",
        "TMT",
        "TOP",
        "TRY",
        "TTD",
        "TWD",
        "TZS",
        "UAH",
        "USD",
        "UYU",
        "UZS",
        "VES",
        "WST",
        "XCD",
        "XCG",
        "YER",
        "ZAR",
        "ZMW",
        "ZWG",
    ]
)
# Asked for a code that is not listed: gives (currency, decimals) of this installation, or None. Set by the config package.
OWN_CURRENCY: list[Callable[[], tuple[str, int] | None]] = []
# Gives the separators of thousands and decimals in the reader's language. Set by the screens package.
SEPARATORS: list[Callable[[], tuple[str, str]]] = []
LARGEST = 10**15
# A sign, figures (grouped by threes with one and the same separator, or not at all), decimals.
FIGURES = re.compile(r"(-?)([1-9]\d{0,2}([., '])\d{3}(?:\3\d{3})*|\d+)(?:([.,])(\d+))?")
LIKE_THREE_DECIMALS = re.compile(r"-?[1-9]\d{0,2}[.,]\d{3}")


@dataclass(frozen=True, order=False)
class Money:
    """``amount_minor`` smallest units of ``currency``; adding two currencies is refused."""

    amount_minor: int
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount_minor, int) or isinstance(self.amount_minor, bool):
            raise TypeError("An amount is a whole number of the smallest unit.")

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount_minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount_minor - self._same(other), self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.amount_minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount_minor <= self._same(other)

    def times(self, count: int) -> "Money":
        """The amount ``count`` times."""
        return Money(self.amount_minor * count, self.currency)

    def split(self, parts: int) -> "list[Money]":
        """``parts`` amounts whose sum is exactly this one; the first ones carry the remainder."""
        share, rest = divmod(self.amount_minor, parts)
        return [Money(share + (1 if place < rest else 0), self.currency) for place in range(parts)]

    def text(self, thousands: str = "", decimal: str = "") -> str:
        """“SZF 30,000” with the given separators, else with those of the reader's language."""
        if not decimal:
            thousands, decimal = SEPARATORS[0]() if SEPARATORS else (",", ".")
        return f"{self.currency}\u00a0{figures(self.amount_minor, self.currency, thousands, decimal)}"

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise Refusal(_("An amount in %(a)s cannot be combined with one in %(b)s."), a=self.currency, b=other.currency)
        return other.amount_minor


def decimals_of(currency: str) -> int:
    """How many decimals people write for a currency: ISO 4217, else what this installation stored, else two."""
    if currency not in DECIMALS and currency not in TWO_DECIMALS:
        for ask in OWN_CURRENCY:
            if (own := ask()) is not None and own[0] == currency:
                declare_currency(*own)
    return DECIMALS.get(currency, 2)


def standard_decimals(currency: str) -> int | None:
    """The decimals that ISO 4217 gives a currency; None for a private code, whose decimals the country says."""
    return 2 if currency in TWO_DECIMALS else DECIMALS.get(currency)


def declare_currency(currency: str, decimals: int) -> None:
    """Tell the number of decimals of a private currency code."""
    DECIMALS[currency] = decimals


def figures(amount_minor: int, currency: str, thousands: str = ",", decimal: str = ".") -> str:
    """The amount in figures, without the currency: 12345 XOF is “12,345”, 12345 USD is “123.45”."""
    places = decimals_of(currency)
    sign, digits = ("-" if amount_minor < 0 else ""), str(abs(amount_minor)).rjust(places + 1, "0")
    whole, fraction = (digits[:-places], digits[-places:]) if places else (digits, "")
    grouped = f"{int(whole):,}".replace(",", thousands)
    return sign + grouped + (decimal + fraction if fraction else "")


def parse_amount(text: str, currency: str) -> int:
    """Smallest units from figures typed in any usual way: “30 000”, “30,000”, “1.234,50”. Refuses the ambiguous and too many decimals."""
    places = decimals_of(currency)
    plain = (
        re.sub(r"[\s’]", lambda sign: "'" if sign[0] == "’" else " ", str(text))
        .strip()
        .removeprefix(currency)
        .removesuffix(currency)
        .strip()
    )
    match = FIGURES.fullmatch(plain)
    if not match or (match[3] and match[3] == match[4]) or (places == 3 and LIKE_THREE_DECIMALS.fullmatch(plain)):
        raise Refusal(_("“%(text)s” is not an amount. Write figures only, for example 30000."), text=str(text)[:40])
    fraction = (match[5] or "").rstrip("0")
    if len(fraction) > places:
        raise Refusal(_("“%(text)s” has more decimals than %(currency)s allows."), text=str(text)[:40], currency=currency)
    amount: int = int(re.sub(r"[., ']", "", match[2])) * 10**places + int(fraction.ljust(places, "0") or "0")
    if amount > LARGEST:
        raise Refusal(_("“%(text)s” is too large to be an amount."), text=str(text)[:40])
    return -amount if match[1] else amount
