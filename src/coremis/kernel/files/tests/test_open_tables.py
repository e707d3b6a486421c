"""Reading a file a chunk at a time: each chunk goes on where the last one stopped, and costs the same wherever it stands."""

import io

import pytest

from coremis.kernel.files import delimited
from coremis.kernel.files.reading import OpenTables, open_table

TEXT = "code,name\n" + "".join(f"{number},Name {number}\n" for number in range(2, 102))


@pytest.fixture
def file():
    return io.BytesIO(TEXT.encode())


@pytest.fixture
def read(monkeypatch):
    """How many lines of the file were read."""
    lines = []
    original = delimited._Lines.__next__

    def counted(self):
        lines.append(1)
        return original(self)

    monkeypatch.setattr(delimited._Lines, "__next__", counted)
    return lines


def chunks(tables, opens, count=10):
    """All rows, and how many lines each chunk has read."""
    found, after = [], 0
    while rows := tables.read("key", opens, after, count):
        found += rows
        after = rows[-1][0]
        yield rows
    assert [number for number, _cells in found] == list(range(2, 102))


def test_it_works(file, read):
    """Pitfall P1: the last chunk of ten rows reads as many lines as the second."""
    costs = []
    for _rows in chunks(OpenTables(), lambda after: open_table(file).rows(after)):
        costs.append(len(read))
        read.clear()
    assert len(costs) == 10 and set(costs[1:]) == {10}


def test_another_process_goes_on(file):
    """Whoever has nothing open reads from the beginning and passes over what was done."""
    rows = OpenTables().read("key", lambda after: open_table(file).rows(after), 51, 10)
    assert [number for number, _cells in rows] == list(range(52, 62))


def test_another_table_between(file):
    """One table is open at a time; the first one is then opened anew, at the right row."""
    tables, opened = OpenTables(), []

    def opens(after):
        opened.append(after)
        return open_table(file).rows(after)

    tables.read("one", opens, 0, 10)
    tables.read("two", opens, 0, 10)
    assert tables.read("one", opens, 11, 10)[0][0] == 12 and opened == [0, 0, 11]


def test_from_the_beginning_again(file):
    """A second check of the same file starts anew."""
    tables = OpenTables()
    tables.read("key", lambda after: open_table(file).rows(after), 0, 10)
    assert tables.read("key", lambda after: open_table(file).rows(after), 0, 3)[0][0] == 2
