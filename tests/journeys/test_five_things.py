"""The five things to try, as the home page of the demo and the guide (docs/guide/five-things.md) tell them; in French."""

import csv
import io
import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Locator

from coremis.project.demo import files, floods, planted
from coremis.project.demo.prepared import FAULTS_FILE, PROVIDER_FILE
from tests.journeys.house import House
from tests.journeys.people import Somebody
from tests.journeys.village import CODE, VILLAGE, said

pytestmark = pytest.mark.browser
Meet = Callable[..., Somebody]


def begin(somebody: Somebody, number: int) -> None:
    """The button of the how many-th thing on the home page: it takes the seat and opens the first page."""
    somebody.open("/")
    with somebody.page.expect_navigation():
        somebody.page.locator("main form[action='/demo/seat/'] button").nth(number - 1).click()


def take_seat(somebody: Somebody, seat: str) -> None:
    """Another seat, in the top bar."""
    with somebody.page.expect_navigation():
        somebody.page.locator(f"header button[name=seat][value={seat}]").evaluate("button => button.click()")


def number_in(text: str) -> int:
    """A whole number as a page writes it."""
    return int(re.sub(r"[^\d-]", "", text.replace("\u2212", "-")))


def test_it_works(own_demo: House, meet: Meet) -> None:
    """Whoever is signed in changes seats without a password, is then nobody else, and the history says so."""
    guest = meet(own_demo, "guest")
    guest.open("/")
    assert said("Things to try") in guest.text and guest.page.locator("header button[name=seat]").count() == 10
    assert guest.open("/people/households/").status == 403
    take_seat(guest, "auditor")
    assert guest.open("/people/households/").status == 200
    guest.open("/administration/history/")
    assert said("Took another seat of the demo") in guest.text and "guest" in guest.text
    guest.open("/demo/things/")
    assert planted.ESPERANCE.number in guest.text and planted.NEIGHBOUR.number in guest.text
    take_seat(guest, "guest")
    assert guest.open("/people/households/").status == 403
    guest.content()


def test_why_esperance_is_selected_and_her_neighbour_waits(own_demo: House, meet: Meet) -> None:
    """Her score term by term adds up; the neighbour's is a little higher, and she waits behind the last place."""
    somebody = meet(own_demo, "guest")
    begin(somebody, 1)
    scores, ranks = {}, {}
    for one, outcome in ((planted.ESPERANCE, "selected"), (planted.NEIGHBOUR, "waiting list")):
        somebody.open(f"/people/households/{one.serial}/")
        assert one.number in somebody.text and " ".join(one.recipient) in somebody.text
        somebody.page.locator("main a[href*='/scoring/scores/']").first.click()
        scores[one] = term_by_term(somebody)
        somebody.open(f"/people/households/{one.serial}/?tab=targeting")
        assert said(outcome) in somebody.text
        ranks[one] = number_in(somebody.page.locator("main tbody td.number").first.inner_text())
    assert scores[planted.ESPERANCE] < scores[planted.NEIGHBOUR] and ranks[planted.ESPERANCE] < ranks[planted.NEIGHBOUR]
    village_list(somebody)
    somebody.content()


def village_list(somebody: Somebody) -> None:
    """From how it came about over the campaign to its community validation, and its print for Murembe."""
    somebody.page.locator("main a[href*='/targeting/outcomes/']").first.click()
    somebody.page.locator("main a[href='/targeting/1/']").first.click()
    somebody.page.locator("main tbody tr", has_text=said("Community validation")).locator("a[href*='/stages/']").first.click()
    somebody.page.locator("main tbody a[href*='/targeting/lists/']").first.click()
    somebody.page.locator("main a[href^='/validation/'][href$='/lists/']").first.click()
    somebody.choose_place(CODE, VILLAGE)
    somebody.fill(paper="PDF")
    with somebody.page.expect_download() as waiting:
        somebody.page.locator("main button[value=confirm]").first.click()
    assert waiting.value.path().read_bytes().startswith(b"%PDF-")


def term_by_term(somebody: Somebody) -> int:
    """The score on the page of its working, after adding up the products."""
    rows = [row.locator("th, td").all_inner_texts() for row in somebody.page.locator("main table").last.locator("tbody tr, tfoot tr").all()]
    products = [number_in(cells[-1]) for cells in rows]
    assert sum(products[:-2]) == products[-2] == products[-1], rows
    return products[-1]


def test_hold_one_of_two_payees_with_one_phone(own_demo: House, meet: Meet) -> None:
    """The approver holds one and approves the others; who asked for it is refused."""
    maker = meet(own_demo, "payments")
    request = maker.own_request()
    status, sentence = maker.try_to_decide(request)
    assert status == 403, sentence
    somebody = meet(own_demo, "guest")
    begin(somebody, 2)
    somebody.page.locator("main a[href*='/approvals/']", has_text=said("Approve a payroll")).first.click()
    asked = somebody.page.url
    somebody.page.locator("main a[href*='undecided=yes']").first.click()
    somebody.page.locator("main tbody a").first.click()
    somebody.page.locator("main a[href$='/verdict/']").first.click()
    choices = somebody.page.locator("main input[type=radio][value=PAY]")
    assert choices.count() == 2
    choices.first.check()
    somebody.page.locator("main input[type=radio][value=HOLD]").last.check()
    somebody.fill(reason="Deux familles loin l’une de l’autre")
    somebody.confirm()
    somebody.open(asked)
    with somebody.page.expect_navigation():
        somebody.page.locator("main form button.button--primary").click()
    assert said("Decided: %(state)s.", state=said("approved")) in somebody.notices()
    somebody.content()


def test_import_a_file_with_twelve_faults(own_demo: House, meet: Meet) -> None:
    """Twelve rows are refused with a reason each; corrected in the page they are good; the corrected file, renamed, then changes nothing."""
    today = timezone.localdate()
    somebody = meet(own_demo, "guest")
    begin(somebody, 3)
    faulty = somebody.page.request.get(f"/demo/files/{FAULTS_FILE}").body()
    assert faulty == files.families_with_faults(today)
    send(somebody, FAULTS_FILE, faulty)
    somebody.wait_until(said("To correct"))
    page = somebody.page.url
    somebody.page.locator("main a[href$='/correct/']").first.click()
    assert somebody.page.locator("main tbody tr").count() == 12
    correct(somebody, table(faulty), table(files.corrected_families(today)))
    somebody.open(page)
    somebody.wait_for_status(said("checked"))
    assert not somebody.page.locator("main a[href$='/correct/']").count(), somebody.text
    somebody.page.locator("main a[href$='/take-in/']").first.click()
    somebody.do_it()
    agree(meet(own_demo, "manager"), said("Take in the good rows of an import"))
    somebody.open(page)
    somebody.wait_for_status(said("taken in"))
    send(somebody, "families corrected (2).csv", files.corrected_families(today))
    somebody.wait_for_status(said("checked"))
    assert f"{len(table(faulty)) - 1} {said('nothing to change')}" in somebody.text
    somebody.content()


def table(content: bytes) -> list[list[str]]:
    """The cells of a file."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def send(somebody: Somebody, name: str, content: bytes) -> None:
    """Bring a file for the whole country; its columns are recognised."""
    somebody.open("/intake/new/")
    somebody.page.set_input_files("main input[type=file]", {"name": name, "mimeType": "text/csv", "buffer": content})
    somebody.confirm()
    somebody.confirm()


def correct(somebody: Somebody, wrong: list[list[str]], right: list[list[str]]) -> None:
    """Type over what is wrong, row by row, and let it be checked again."""
    for line in somebody.page.locator("main tbody tr").all():
        number = number_in(line.locator("td").first.inner_text()) - 1
        for head, before, after in zip(wrong[0], wrong[number], right[number], strict=True):
            control = line.locator(f"td[data-label='{head}']").locator("input, select, textarea")
            if before != after and control.count():
                type_over(control.first, after)
    with somebody.page.expect_navigation():
        somebody.page.locator("main button[name=check][value=now]").click()


def type_over(control: Locator, text: str) -> None:
    """Another value."""
    if control.evaluate("one => one.tagName") == "SELECT":
        control.select_option(text)
    else:
        control.fill(text)


def agree(somebody: Somebody, words: str) -> None:
    """Agree to the newest request that is called so."""
    somebody.open("/administration/my-work/")
    somebody.page.locator("main section").first.locator("tbody a[href*='/approvals/']", has_text=words).last.click()
    with somebody.page.expect_navigation():
        somebody.page.locator("main form button.button--primary").click()


def test_reconcile_the_floods(own_demo: House, meet: Meet) -> None:
    """Twelve amounts differ, one line is of nobody, five are missing: closing is refused, and says what is left to explain."""
    somebody = meet(own_demo, "guest")
    begin(somebody, 4)
    payroll = somebody.page.url
    content = somebody.page.request.get(f"/demo/files/{PROVIDER_FILE}").body()
    somebody.open(f"{payroll}results/")
    somebody.page.set_input_files("main input[type=file]", {"name": PROVIDER_FILE, "mimeType": "text/csv", "buffer": content})
    somebody.confirm()
    results = somebody.page.url
    somebody.page.locator("main a[href$='/check/']").click()
    somebody.confirm()
    somebody.wait_for_status(said("checked"))
    assert said("partly paid") in somebody.text.lower() and str(floods.WRONG) in somebody.text
    accountant = meet(own_demo, "accountant")
    refusal = why_not_closed(accountant, payroll)
    accountant.open(f"{results}confirm/")
    assert said("No payment has this number.") in accountant.do_it()
    agree(meet(own_demo, "approver"), said("Confirm results of payment"))
    accountant.open(results)
    accountant.wait_for_status(said("applied"))
    assert (left := why_not_closed(accountant, payroll)) and left != refusal
    somebody.content()
    accountant.content()


def why_not_closed(accountant: Somebody, payroll: str) -> str:
    """What the page of closing says while it cannot be done."""
    accountant.open(f"{payroll}close/")
    accountant.see_what_will_happen()
    assert not accountant.page.locator("main button[value=confirm]").count()
    return accountant.notices()


def test_look_at_one_payment_with_four_eyes(own_demo: House, meet: Meet) -> None:
    """The officer of the commune sees who was paid what and when; the auditor also what led to it."""
    somebody = meet(own_demo, "guest")
    begin(somebody, 5)
    payment = somebody.page.url
    officer = somebody.text
    assert " ".join(planted.ESPERANCE.recipient) in officer and said("paid") in officer
    accounts = somebody.open("/ledger/").status
    take_seat(somebody, "auditor")
    somebody.open(payment)
    auditor = somebody.text
    assert " ".join(planted.ESPERANCE.recipient) in auditor and (accounts, somebody.open("/ledger/").status) == (403, 200)
    somebody.open(f"{payment}?tab=history")
    assert said("Approve a payroll") in somebody.text or said("Send a payroll for payment") in somebody.text
    somebody.content()
