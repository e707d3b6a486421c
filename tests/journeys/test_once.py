"""Whatever happens twice at the browser happens once in the register."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Browser, Error

from tests.journeys.house import House
from tests.journeys.people import Somebody
from tests.journeys.village import CODE, VILLAGE

pytestmark = pytest.mark.browser
Meet = Callable[..., Somebody]


def fill_in(somebody: Somebody, surname: str) -> None:
    """The form of a household of one, up to the page that says what will happen."""
    somebody.open("/people/households/register/")
    somebody.choose_place(CODE, VILLAGE)
    typed = {"given_names": "Odette", "surname": surname, "sex": "female", "birth": "1980", "collects": "primary"}
    somebody.fill(**{f"member-0-{name}": text for name, text in typed.items()})
    somebody.see_what_will_happen()


def households_of(somebody: Somebody, surname: str) -> int:
    return len(somebody.search("/people/households/", surname))


def test_it_works(browser: Browser, demo: House, meet: Meet) -> None:
    """Two browsers of one person send the same page at the same moment: one household, and both are led to it."""
    first = meet(demo, "commune")
    fill_in(first, "Deuxfenêtres")
    second = Somebody(browser, demo, "commune").sign_in()
    form = first.page.locator("main form").evaluate("form => [...new FormData(form)].filter(([name]) => name !== 'csrfmiddlewaretoken')")
    send = """async fields => {
        const body = new URLSearchParams(fields); body.append("step", "confirm");
        const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
        const answer = await fetch("/people/households/register/", {method: "POST", headers: {"X-CSRFToken": token}, body});
        return [answer.status, new URL(answer.url).pathname];
    }"""
    start = f"fields => {{ window.sent = ({send})(fields) }}"
    for somebody in (first, second):
        somebody.page.evaluate(start, form)
    answers = [somebody.page.evaluate("() => window.sent") for somebody in (first, second)]
    assert {tuple(answer) for answer in answers} == {tuple(answers[0])} and answers[0][0] == 200, answers
    assert households_of(first, "Deuxfenêtres") == 1
    second.leave()


def test_double_click_on_the_button(demo: House, meet: Meet) -> None:
    commune = meet(demo, "commune")
    sent: list[Any] = []
    fill_in(commune, "Doubleclic")
    commune.page.on("request", lambda asked: sent.append(asked) if asked.method == "POST" else None)
    with commune.page.expect_navigation():
        commune.page.locator("main button[value=confirm]").dblclick()
    assert len(sent) == 1
    assert households_of(commune, "Doubleclic") == 1
    commune.content()


def test_back_button_and_send_again(demo: House, meet: Meet) -> None:
    """Back, and the same page sent again, by the browser's own question or from the page it still has: it leads to what is there."""
    commune = meet(demo, "commune")
    sent: list[str] = []
    fill_in(commune, "Retour")
    commune.page.on("request", lambda asked: sent.append(asked.post_data or "") if asked.method == "POST" else None)
    commune.confirm()
    done = commune.page.url
    with suppress(Error):  # the browser shows a question of its own instead of a page
        commune.page.go_back(wait_until="commit", timeout=2_000)
    commune.page.wait_for_timeout(300)
    for _attempt in range(5):  # pages with people are not kept, so loading it again sends the form again
        if commune.page.url.startswith(demo.url):
            break
        with suppress(Error):
            commune.page.reload(timeout=5_000)
    if commune.page.locator("main button[value=confirm]").count():
        commune.confirm()
    assert commune.page.url == done
    again = """async body => (await fetch("/people/households/register/", {method: "POST", body,
        headers: {"Content-Type": "application/x-www-form-urlencoded"}})).url"""
    assert commune.page.evaluate(again, sent[0]) == done
    assert households_of(commune, "Retour") == 1
