"""Human numbers: a mistyped one never finds another family."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coremis.kernel.base.numbers import is_valid_number, number_text, read_number, with_check, without_check

SERIALS = st.integers(min_value=1, max_value=10**12)


def test_it_works():
    number = with_check(1234567)
    assert without_check(number) == 1234567 and is_valid_number(number)
    assert (
        number_text("H", number) == f"H-1234567-{number % 100:02d}"
        and number_text("P", with_check(1)) == "P-00001-95"
        and number_text("H", None) == ""
    )


@given(SERIALS, st.data())
def test_every_single_wrong_digit_is_found(serial, data):
    """pitfall D8"""
    digits = str(with_check(serial))
    place = data.draw(st.integers(0, len(digits) - 1))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != digits[place]]))
    assert not is_valid_number(int(digits[:place] + other + digits[place + 1 :]))


@given(SERIALS)
def test_every_swap_of_neighbours_is_found(serial):
    digits = str(with_check(serial))
    for place in range(len(digits) - 1):
        if digits[place] != digits[place + 1]:
            swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
            assert not is_valid_number(int(swapped)), (digits, swapped)


@given(SERIALS)
def test_each_serial_has_one_number(serial):
    """Not two check digits that both pass."""
    assert [check for check in range(100) if is_valid_number(serial * 100 + check)] == [with_check(serial) % 100]


@given(SERIALS)
def test_what_is_printed_is_read(serial):
    number = with_check(serial)
    text = number_text("H", number)
    for typed in (text, text.lower(), text.replace("-", " "), f"  {number} ", text.replace("-", "")):
        assert read_number(typed) == number


@pytest.mark.parametrize(
    "text", ["", "H", "H-", "0", "00", "H-00000-98", "1", "H-12345", "H-12345-6x", "HOUSE-00001-95", "H-00001-96", "1.95", "9" * 30]
)
def test_what_is_no_number(text):
    assert read_number(text) is None


@pytest.mark.parametrize("number", [-1, 0, 1, 98, 100, 194, 196])
def test_invalid_numbers(number):
    assert not is_valid_number(number)
