"""Human numbers with two check digits, so that a mistyped number never finds another family.

The check follows ISO 7064 MOD 97-10: every single wrong digit and every swap of two neighbours is found.
"""

import re


def with_check(serial: int) -> int:
    """The serial followed by its two check digits: 1234567 gives 123456710 or the like."""
    return serial * 100 + (98 - serial * 100 % 97)


def without_check(number: int) -> int:
    """The serial a number was made from."""
    return number // 100


def is_valid_number(number: int) -> bool:
    """Whether the check digits agree with the serial."""
    return number > 100 and number == with_check(number // 100)


def number_text(prefix: str, number: int | None) -> str:
    """“H-12345-67” for people; empty where there is no number."""
    return f"{prefix}-{number // 100:05d}-{number % 100:02d}" if number is not None else ""


def read_number(text: str) -> int | None:
    """The number in “H-12345-67”, “h 12345 67” or “1234567”; None where it is none or its check fails."""
    match = re.fullmatch(r"\s*[A-Za-z]{0,3}[\s\-]*(\d{1,13})[\s\-]*(\d{2})\s*", text)
    number = int(match[1] + match[2]) if match else 0
    return number if is_valid_number(number) else None
