"""Dates that may be known only to the month or the year."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coremis.kernel.base.dates import DAY, MONTH, YEAR, PartialDate, parse_partial_date, years_between
from coremis.kernel.base.refusal import Refusal


def test_it_works():
    assert parse_partial_date("03/05/1987") == PartialDate(date(1987, 5, 3), DAY)
    assert parse_partial_date("1987-05") == PartialDate(date(1987, 5, 1), MONTH) and str(parse_partial_date("1987")) == "1987"


READ = {
    "1987": (1987, 1, 1, YEAR), " 1987.0 ": (1987, 1, 1, YEAR), "05/1987": (1987, 5, 1, MONTH), "5.1987": (1987, 5, 1, MONTH), "1987/5": (1987, 5, 1, MONTH),
    "1987-05-03": (1987, 5, 3, DAY), "1987.5.3": (1987, 5, 3, DAY), "3.5.1987": (1987, 5, 3, DAY), "3-5-1987": (1987, 5, 3, DAY),
    "1987-05-03 00:00:00": (1987, 5, 3, DAY), "1987-05-03T00:00": (1987, 5, 3, DAY), "29/02/2024": (2024, 2, 29, DAY), "31/12/1999": (1999, 12, 31, DAY),
}  # fmt: skip


@pytest.mark.parametrize("text", READ)
def test_the_usual_ways(text):
    *day, precision = READ[text]
    assert parse_partial_date(text) == PartialDate(date(*day), precision)


def test_month_first_where_the_file_says_so():
    assert parse_partial_date("05/03/1987", day_first=False).day == date(1987, 5, 3)
    assert parse_partial_date("05/1987", day_first=False) == PartialDate(date(1987, 5, 1), MONTH)


WRONG = [
    "", " ", "nan", "None", "unknown", "30/02/2024", "29/02/2023", "31/04/2020", "00/05/1987", "03/00/1987", "1987-00-15", "1987-05-00", "00/1987", "1987-00",
    "13/1987", "1987-13", "05/13/1987", "3/5/87", "87", "1849", "2201", "0000", "19870503", "1987-05-03T10:00:00", "1987-5-3-1", "3/5-1987x", "2024-W05", "=1987", "-1987",
]  # fmt: skip


@pytest.mark.parametrize("text", WRONG)
def test_impossible_dates_are_refused(text):
    """pitfall D3, M19: a month 0 is not January, and not “unknown”."""
    with pytest.raises(Refusal) as refused:
        parse_partial_date(text)
    assert text[:40] in str(refused.value)


@given(st.dates(date(1850, 1, 1), date(2200, 12, 31)), st.sampled_from([DAY, MONTH, YEAR]))
def test_what_is_written_is_read_again(day, precision):
    shortened = {DAY: day, MONTH: day.replace(day=1), YEAR: day.replace(month=1, day=1)}
    known = PartialDate(shortened[precision], precision)
    assert parse_partial_date(str(known)) == known


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        ((2000, 2, 29), (2018, 2, 28), 17),
        ((2000, 2, 29), (2018, 3, 1), 18),
        ((2000, 5, 3), (2018, 5, 3), 18),
        ((2000, 5, 3), (2018, 5, 2), 17),
        ((2018, 1, 1), (2018, 1, 1), 0),
    ],
)
def test_age_in_completed_years(born, on, age):
    assert years_between(date(*born), date(*on)) == age
