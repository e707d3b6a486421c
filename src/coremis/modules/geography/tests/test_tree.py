"""A tree from a file: what is new, changed, unchanged and refused; taken in after a second person agreed."""

from datetime import date

import pytest

from coremis.kernel.areas.models import Area, FormerArea
from coremis.kernel.areas.tests.test_areas import check_tree
from coremis.modules.geography.models import CodeLink
from coremis.modules.geography.tests.conftest import counts, send, take_in, told

HEAD = "code,name,level,parent,valid_from,valid_until,former_code\n"


def area(code):
    return Area.objects.select_related("parent").get(code=code, valid_until=None)


def test_it_works(people):
    """New, renamed, recoded, moved and closed in one file; nothing happens before the second person agrees."""
    text = HEAD + (
        "E,East,1,,,,\n01,Zéro,Commune,E,2025-07-01,,\n010,Zero un,3,01,2025-07-01,,\n"
        "S2,Southlake renamed,2,S,2025-07-01,,\nN1X,Almond,3,N1,2025-07-01,,N1A\nN1B,Beech,3,N2,2025-07-01,,\n"
        "N2A,Cedar,3,N2,,2025-06-30,\nN,North,1,TL,,,\n"
    )
    batch = send(people, text)
    assert told(batch) == {} and counts(batch) == (3, 4, 1, 0)
    assert {column: number for column, number, _examples in batch.change_counts} == {"name": 1, "code": 1, "parent": 1, "valid_until": 1}
    assert Area.objects.count() == 13
    batch = take_in(people, batch)
    assert (batch.state, batch.applied_count, batch.unchanged_count) == ("APPLIED", 7, 1)
    check_tree()
    assert (area("01").name, area("010").parent.code, area("010").valid_from) == ("Zéro", "01", date(2025, 7, 1))
    assert area("S2").name == "Southlake renamed" and area("S2A").full_path == "south/southlake renamed/fig"
    assert area("N1X").name == "Almond" and area("N1B").parent.code == "N2"
    former = FormerArea.objects.get(area=area("N1X"))
    assert (former.code, former.valid_until) == ("N1A", date(2025, 6, 30))
    assert Area.objects.get(code="N2A").valid_until == date(2025, 6, 30)
    link = CodeLink.objects.get()
    assert (link.former_code, link.area.code, link.share, link.why) == ("N1A", "N1X", 1, "RENAME")


def test_the_same_again_changes_nothing(people):
    """pitfall D2, D7: also when the file is another one that says the same."""
    text = HEAD + "E,East,1,TL,,,\nE1,E1,2,E,2025-01-01,,\nN1X,Almond,3,N1,2025-07-01,,N1A\nN2A,Cedar,,N2,,2025-06-30,\n"
    take_in(people, send(people, text))
    batch = send(people, text + "\n")
    assert counts(batch) == (0, 0, 4, 0)
    check_tree()


def test_one_column_for_each_level(people):
    text = "Province code,Province,Commune code,Commune,Village code,Village\nN,North,N1,Northfield,N1A,Almond\nN,North,N1,Northfield,N1C,New\n"
    text += "W,West,W1,Westfield,W1A,Walnut\nW,West,W1,Westfield,W1B,Willow\n"
    batch = send(people, text)
    assert told(batch) == {} and counts(batch) == (3, 0, 1, 0)
    batch = take_in(people, batch)
    assert area("W1B").full_path == "west/westfield/willow" and area("N1C").parent.code == "N1"
    check_tree()
    assert counts(send(people, text + "\n")) == (0, 0, 4, 0)


@pytest.mark.parametrize(
    ("rows", "number", "sentence"),
    [
        ("X,Ex,1,,,,\nX,Other,1,,,,\n", 3, "stands in several rows: 2, 3"),
        ("X,Ex,,Q,,,\n", 2, "The unit above, Q, is neither in the file nor in Testland"),
        ("A,A,,B,,,\nB,B,,A,,,\n", 3, "lies in itself"),
        ("A,A,,A,,,\n", 2, "lies in itself"),
        ("A,A,,B,,,\nB,B,,Q,,,\n", 2, "The unit above, B, is refused"),
        ("X,Ex,,N1A,,,\n", 2, "deeper than the defined levels"),
        ("X,Ex,2,,,,\n", 2, "The file says Commune, but by the unit above it is Province"),
        ("X,Ex,Canton,N,,,\n", 2, "no level “Canton”"),
        ("X,,1,,,,\n", 2, "A new unit needs a name"),
        (",Ex,1,,,,\n", 2, "This is required"),
        ("N1,Northfield,,,,2025-01-01,\n", 2, "2 units inside are still open"),
        ("N1A,Almond,,S,,,\n", 2, "can only move within its level"),
        ("N2A,Cedar,,,,2099-01-01,\n", 2, "lies in the future"),
        ("N2A,Cedar,,,,1899-01-01,\n", 2, "before the first one"),
        ("N2A,Cedar 2,,,2099-01-01,,\n", 2, "cannot begin in the future"),
        ("X,Ex,1,,,,Q\n", 2, "No unit has or had the code Q"),
        ("N1A,Almond,3,N1,,,N1B\n", 2, "Both N1A and N1B are in use"),
        (f"{'x' * 41},Ex,1,,,,\n", 2, "longer than 40"),
        ("X,Ex,1,,yesterday,,\n", 2, "yesterday"),
        ("N1,Northfield,,,,2025-01-01,\nN1A,Almond,,,,2025-01-01,\nN1B,Beech,,,,2025-01-01,\nN1C,New,,N1,,,\n", 5, "is closed"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_row_and_reason(people, rows, number, sentence):
    """pitfall D3, M10"""
    batch = send(people, HEAD + rows)
    assert sentence in " ".join(text for _column, text in told(batch)[number])


def test_two_units_exchange_their_codes_in_steps(people):
    """In one file nobody could tell for whom a list of that day means a code; the sentence names the way, and the way works."""
    swap = "N1A,Beech,3,N1,2025-07-01,,N1B\nN1B,Almond,3,N1,2025-07-01,,N1A\n"
    sentences = [text for row in told(send(people, HEAD + swap)).values() for _column, text in row]
    assert sentences == [
        "“N1A” is still the code of Almond. First send a file that gives Almond a free code, then this row.",
        "“N1B” is still the code of Beech. First send a file that gives Beech a free code, then this row.",
    ]
    before = {one.pk: one.code for one in Area.objects.filter(code__in=["N1A", "N1B"])}
    for row in ("FREE,Almond,3,N1,2025-07-01,,N1A\n", "N1A,Beech,3,N1,2025-07-01,,N1B\n", "N1B,Almond,3,N1,2025-07-02,,FREE\n"):
        batch = send(people, HEAD + row)
        assert told(batch) == {} and counts(batch) == (0, 1, 0, 0)
        take_in(people, batch)
    after = {one.pk: one.code for one in Area.objects.filter(pk__in=before)}
    assert {after[pk] for pk in before} == {"N1A", "N1B"} and all(before[pk] != after[pk] for pk in before)
    check_tree()


def test_a_chain_of_codes_goes_in_link_by_link(people):
    """The last link is good at once; the one before it waits for it, and then goes in unchanged."""
    chain = HEAD + "N1B,Almond,3,N1,2025-07-01,,N1A\nN1Z,Beech,3,N1,2025-07-01,,N1B\n"
    batch = send(people, chain)
    assert list(told(batch)) == [2] and counts(batch) == (0, 1, 0, 1)
    take_in(people, batch)
    again = send(people, chain + "\n")
    assert told(again) == {} and counts(again) == (0, 1, 1, 0)
    take_in(people, again)
    assert (area("N1B").name, area("N1Z").name) == ("Almond", "Beech")
    assert counts(send(people, chain + "\n\n")) == (0, 0, 2, 0)


def test_names_that_change_places_are_worth_a_look(people):
    """Without former codes the codes stay: the people of Almond would live in “Beech”."""
    batch = send(people, HEAD + "N1A,Beech,,,,,\nN1B,Almond,,,,,\n")
    assert counts(batch) == (0, 2, 0, 0) and all("look whether codes were meant" in row[0][1] for row in told(batch).values())


def test_good_rows_go_in_and_refused_ones_stay(people):
    batch = take_in(people, send(people, HEAD + "E,East,1,,,,\nX,Ex,,Q,,,\n"))
    assert (batch.applied_count, batch.bad_count) == (1, 1) and area("E") and not Area.objects.filter(code="X").exists()


def test_zeros_that_a_spreadsheet_program_took(people):
    """pitfall D4"""
    take_in(people, send(people, HEAD + "0801,Zero,1,,,,\n"))
    assert "0801 is known" in told(send(people, HEAD + "801,Zero,1,,,,\n"))[2][0][1]
