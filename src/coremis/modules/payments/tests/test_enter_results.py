import io

import pytest

from coremis.kernel.base.refusal import Invalid, NotPermitted, Refusal
from coremis.kernel.files.storage import files_of, keep
from coremis.modules.payments import services
from coremis.modules.payments.models import PayrollLine, ResultFile, ResultRow
from coremis.modules.payments.sheets import page_totals, sheet_lines, totals_of
from coremis.modules.payments.tests.sample import (
    agree,
    approved,
    calculated,
    confirmed,
    everyone,
    make_programme,
    released,
    settled,
    states,
    village,
)  # fmt: skip

pytestmark = pytest.mark.django_db
DUE = 30_000


@pytest.fixture
def people(country):
    return everyone(country["Testland"], "calculator", "sender", "clerk", "accountant")


@pytest.fixture
def payroll(country, people):
    programme = make_programme()
    village(programme, country["Almond"], 5)
    return released(approved(calculated(programme, [country["North"]], people[0]), people[0]), people[1])


@pytest.fixture
def sheet(country, people, payroll):
    return services.start_sheet(payroll=payroll, area=country["Almond"], actor=people[2])


def typing(sheet, **exceptions):
    """What is typed: everything paid but the lines named n1, n2, ..."""
    numbered = dict(sheet_lines(sheet))
    said = {str(numbered[int(name[1:])].pk): value for name, value in exceptions.items()}
    return {"lines": said, "receipt": "B-17", "paid_on": "2026-02-03"}


def scan(content=b"%PDF-1.4 signed"):
    kept = keep(io.BytesIO(content))
    return {"sha256": kept.sha256, "size": kept.size}


def test_it_works(people, sheet, payroll):
    """REC-04: default paid, one not paid, one with another amount, one collected by the alternate; confirmed by another person."""
    draft = typing(sheet, n2={"paid": False, "reason": "ill"}, n3={"amount": "20 000"}, n4={"by": "alternate", "receipt": "X1"})
    draft |= {"paper_count": "4", "paper_total": "110 000"}
    sent = settled(services.send_sheet(file=sheet, draft=draft, actor=people[2]))
    assert (sent.state, sent.good_count, sent.bad_count) == ("CHECKED", 5, 0)
    with pytest.raises(NotPermitted, match="Another person"):
        confirmed(sent, people[2])
    confirmed(sent, people[3])
    lines = [line for _number, line in sheet_lines(sheet)]
    assert [line.state for line in lines] == ["PAID", "UNCOLLECTED", "PARTIAL", "PAID", "PAID"]
    assert [line.receipt for line in lines] == ["B-17", "", "B-17", "X1", "B-17"] and lines[3].collected_by == "alternate"
    assert lines[0].collected_by == "recipient" and str(lines[0].paid_on) == "2026-02-03" and lines[1].unpaid_reason == "ill"


def test_a_signed_page_is_proof(people, sheet):
    """Paid without receipt needs the scan of the signed page; only PDF, JPEG and PNG are kept, the same page once."""
    draft = typing(sheet) | {"receipt": "", "paper_count": "5", "paper_total": "150000"}
    with pytest.raises(Invalid) as refused:
        services.send_sheet(file=sheet, draft=draft, actor=people[2])
    assert set(refused.value.errors) == {"receipt"} and "without proof: 1, 2, 3, 4, 5." in str(refused.value.errors["receipt"][0])
    with pytest.raises(Refusal, match="no scanned page"):
        services.attach_page(file=sheet, name="page.pdf", actor=people[2], **scan(b"MZ evil"))
    for _time in range(2):
        services.attach_page(file=sheet, name="page.pdf", actor=people[2], **scan())
    assert files_of(sheet).count() == 1
    confirmed(settled(services.send_sheet(file=sheet, draft=draft, actor=people[2])), people[3])
    assert set(PayrollLine.objects.values_list("state", "proof")) == {("PAID", "page")}


def test_the_paper_must_agree(people, sheet):
    """The totals of the paper are typed and must be the same as what was typed."""
    for totals in ({}, {"paper_count": "5", "paper_total": "149 000"}, {"paper_count": "4", "paper_total": "150 000"}):
        with pytest.raises(Invalid) as refused:
            services.send_sheet(file=sheet, draft=typing(sheet) | totals, actor=people[2])
        assert set(refused.value.errors) == {"paper_total"}


def test_each_page_has_its_totals(people, sheet):
    """The last numbers of the pages are typed: each page can be compared with its own totals, and together they are the sheet's."""
    draft = typing(sheet, n2={"paid": False, "reason": "ill"}, n4={"amount": "20 000"}) | {"page_ends": "2, 4 ; 4"}
    saved = services.save_sheet(file=sheet, draft=draft, actor=people[2])
    lines = sheet_lines(saved)
    pages = page_totals(saved, lines)
    assert [(page.first, page.last, page.due_count, page.due_minor) for page in pages] == [
        (1, 2, 2, 2 * DUE),
        (3, 4, 2, 2 * DUE),
        (5, 5, 1, DUE),
    ]
    assert [(page.typed.paid_count, page.typed.paid_minor, page.typed.unpaid_count) for page in pages] == [
        (1, DUE, 1), (2, 50_000, 0), (1, DUE, 0),
    ]  # fmt: skip
    whole = totals_of(saved, lines)
    assert sum(page.typed.paid_minor for page in pages) == whole.paid_minor == 110_000
    assert page_totals(services.save_sheet(file=sheet, draft=typing(sheet), actor=people[2]), lines) == []


def test_every_fault_is_named(people, sheet):
    draft = typing(sheet, n1={"paid": False}, n2={"amount": "lots"}, n3={"by": "nobody"}) | {"paid_on": "2999-01-01"}
    with pytest.raises(Invalid) as refused:
        services.send_sheet(file=sheet, draft=draft, actor=people[2])
    lines = dict(sheet_lines(sheet))
    assert set(refused.value.errors) == {*(str(lines[number].pk) for number in (1, 2, 3)), "paid_on", "paper_total"}


def test_the_draft_stays(country, people, sheet, payroll):
    """Saved as it grows: taken up again it is as typed, also after it was sent back; foreign lines and words are dropped."""
    draft = typing(sheet, n2={"paid": False, "reason": "ill", "evil": "x"}) | {"junk": "y", "paper_count": "4"}
    draft["lines"]["999999"] = {"paid": False}
    services.save_sheet(file=sheet, draft=draft, actor=people[2])
    again = services.start_sheet(payroll=payroll, area=country["Almond"], actor=people[2])
    assert again.pk == sheet.pk and list(again.draft["lines"].values()) == [{"paid": False, "reason": "ill"}] and "junk" not in again.draft
    with pytest.raises(NotPermitted):
        services.save_sheet(file=sheet, draft=draft, actor=people[3])
    whole = draft | {"paper_total": "120000"}
    services.attach_page(file=sheet, name="page.pdf", actor=people[2], **scan())
    sent = settled(services.send_sheet(file=sheet, draft=whole, actor=people[2]))
    services.discard_results(file=sent, reason="Line 3 is wrong", actor=people[3])
    anew = services.start_sheet(payroll=payroll, area=country["Almond"], actor=people[2])
    assert anew.pk != sheet.pk and anew.draft["lines"] == again.draft["lines"] and files_of(anew).count() == 1


def test_sent_twice(people, sheet):
    """The second click, and the page sent again after a cut line, do nothing twice."""
    draft = typing(sheet) | {"paper_count": "5", "paper_total": "150000"}
    for _time in range(2):
        services.send_sheet(file=sheet, draft=draft, actor=people[2], key="k1")
    settled(sheet)
    assert ResultRow.objects.filter(file=sheet).count() == 5
    with pytest.raises(Refusal, match="is now"):
        services.send_sheet(file=sheet, draft=draft, actor=people[2], key="k2")


def test_part_of_the_list(country, people, sheet, payroll):
    """Partial and repeated: lines 1 to 2 today, the rest on another sheet; numbers stay those of the paper."""
    draft = typing(sheet) | {"first": "1", "last": "2", "paper_count": "2", "paper_total": "60000"}
    confirmed(settled(services.send_sheet(file=sheet, draft=draft, actor=people[2])), people[3])
    assert states(payroll) == {"PAID": 2, "SENT": 3}
    rest = services.start_sheet(payroll=payroll, area=country["Almond"], actor=people[2])
    assert totals_of(rest, sheet_lines(rest)).paid_count == 3
    draft = typing(rest) | {"paper_count": "3", "paper_total": "90000"}
    confirmed(settled(services.send_sheet(file=rest, draft=draft, actor=people[2])), people[3])
    assert states(payroll) == {"PAID": 5} and list(ResultRow.objects.filter(file=rest).values_list("position", flat=True)) == [3, 4, 5]
    agree(services.close_payroll, people[3], payroll=payroll)
    assert ResultFile.objects.filter(state="APPLIED").count() == 2


def test_not_closed_by_who_typed(people, sheet, payroll):
    """Acceptance 6: who brought results does not close the payroll."""
    draft = typing(sheet) | {"paper_count": "5", "paper_total": "150000"}
    confirmed(settled(services.send_sheet(file=sheet, draft=draft, actor=people[2])), people[3])
    with pytest.raises(NotPermitted, match="You brought results"):
        agree(services.close_payroll, people[2], payroll=payroll)
