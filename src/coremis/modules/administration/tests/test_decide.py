"""My work, and deciding on the page of a request."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from coremis.kernel.access.models import Profile, User
from coremis.kernel.actions.models import Event
from coremis.kernel.actions.services import maintenance
from coremis.kernel.approvals.models import Decision, Request
from coremis.kernel.approvals.services import OWN_REFUSED
from coremis.kernel.areas.models import Area
from coremis.modules.administration.tests.house import agree, hidden, send, signed_in
from coremis.modules.administration.views.approvals import opens

BASE = "/administration/"


@pytest.fixture
def request_(people):
    """Ada asks for a profile; Bela may decide."""
    chosen = {"profile": Profile.objects.get(code="verifier").pk, "area": Area.objects.get(code="N1").pk}
    send(signed_in(people["ada"]), f"{BASE}users/{people['data'].pk}/assign/", **chosen, approval_note="for the new cycle")
    return Request.objects.get()


def test_it_works(people, request_):
    """What waits, who asks, where, why and what will happen; agreed with one click."""
    bela = signed_in(people["bela"])
    work = bela.get(f"{BASE}my-work/").content.decode()
    assert "Assign a profile to a user" in work and "Ada" in work and "Northfield" in work
    page = bela.get(f"{BASE}approvals/{request_.pk}/")
    text = page.content.decode()
    for words in ("What will happen", "Verifier", "Northfield", "for the new cycle", "Ada", "Approve", "Return for correction", "Reject"):
        assert words in text, words
    answer = agree(people["bela"], request_, note="fine")
    assert answer.status_code == 303 and answer["Location"] == f"{BASE}my-work/"
    done = bela.get(f"{BASE}approvals/{request_.pk}/").content.decode()
    assert "approved" in done and "fine" in done and "Your decision" not in done


def test_who_could_decide_is_named_and_nobody_is_told(people, request_):
    """Whoever asked learns whom to remind; where nobody is left, that the request would wait for ever."""
    ada = signed_in(people["ada"])
    page = f"{BASE}approvals/{request_.pk}/"
    text = ada.get(page).content.decode()
    assert "Can decide:" in text and str(people["bela"]) in text and "Nobody can decide" not in text
    assert "Can decide:" not in signed_in(people["bela"]).get(page).content.decode()
    with maintenance("bela leaves"):
        User.objects.exclude(pk=people["ada"].pk).update(is_active=False)
    text = ada.get(page).content.decode()
    assert "Nobody can decide this now: besides those who had a hand in it, nobody holds" in text and "Take back" in text


def test_the_day_is_that_of_the_country(people, request_):
    """East of Greenwich the day begins before UTC's does."""
    with maintenance("an evening"):
        request_.submitted_at = datetime(2026, 3, 9, 23, 30, tzinfo=UTC)
        request_.save()
    with timezone.override("Africa/Bujumbura"):
        page = signed_in(people["bela"]).get(f"{BASE}approvals/{request_.pk}/").content.decode()
    assert "on 10/03/2026" in page


def test_the_preview_is_that_of_the_action_page(people, request_):
    ada = signed_in(people["ada"])
    url = f"{BASE}users/{people['data'].pk}/assign/"
    chosen = {"profile": Profile.objects.get(code="approver").pk, "area": Area.objects.get(code="N1").pk, "key": "k", "step": "preview"}
    look = ada.post(url, chosen).content.decode()
    shown = signed_in(people["bela"]).get(f"{BASE}approvals/{request_.pk}/").content.decode()
    for label in ("User", "Access profile", "Place", "Permissions"):
        assert f"<dt>{label}</dt>" in look and f"<dt>{label}</dt>" in shown


def test_returned_with_a_reason(people, request_):
    empty = agree(people["bela"], request_, "return", note="")
    assert empty.status_code == 422 and "This field is required" in empty.content.decode()
    assert agree(people["bela"], request_, "return", note="wrong commune").status_code == 303
    mine = signed_in(people["ada"]).get(f"{BASE}my-work/").content.decode()
    assert "Returned to me" in mine and "returned for correction" in mine
    assert "wrong commune" in signed_in(people["ada"]).get(f"{BASE}approvals/{request_.pk}/").content.decode()


def test_rejected_once(people, request_):
    """pitfall M4: decided by one, the other is told."""
    page = signed_in(people["it"]).get(f"{BASE}approvals/{request_.pk}/")
    assert agree(people["bela"], request_, "reject", note="no").status_code == 303
    late = {"key": hidden(page, "key"), "version": hidden(page, "version"), "step": "confirm", "note": ""}
    answer = signed_in(people["it"]).post(f"{BASE}approvals/{request_.pk}/approve/", late)
    assert answer.status_code in (404, 422) and Request.objects.get().state == Request.State.REJECTED and Decision.objects.count() == 1


def test_taken_back_by_the_maker_alone(people, request_):
    address = f"{BASE}approvals/{request_.pk}/recall/"
    other = signed_in(people["bela"])
    page = other.get(address)
    refused = other.post(address, {"key": hidden(page, "key"), "version": hidden(page, "version"), "step": "confirm"})
    assert refused.status_code == 403
    assert send(signed_in(people["ada"]), address).status_code == 303
    assert Request.objects.get().state == Request.State.RECALLED


def test_one_click_twice_is_one_decision(people, request_):
    """pitfall M4"""
    bela = signed_in(people["bela"])
    page = bela.get(f"{BASE}approvals/{request_.pk}/")
    data = {"key": hidden(page, "key"), "version": hidden(page, "version"), "step": "confirm", "note": "x"}
    answers = [bela.post(f"{BASE}approvals/{request_.pk}/approve/", data) for _time in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303] and Decision.objects.count() == 1


def test_only_those_concerned_see_a_request(people, request_):
    """pitfall S4"""
    seen = {name: signed_in(people[name]).get(f"{BASE}approvals/{request_.pk}/").status_code for name in people}
    expected = {"ada", "bela", "it", "manager", "verifier", "approver", "accountant", "auditor"}
    assert {name for name, status in seen.items() if status == 200} == expected
    assert {seen[name] for name in set(people) - expected} == {404}


def test_a_try_to_decide_ones_own_request_is_kept(people, request_):
    """Refused, and the auditor's home counts and lists it (product.md, pitfall S4)."""
    ada = signed_in(people["ada"])
    for answer in ("approve", "reject"):
        address = f"{BASE}approvals/{request_.pk}/{answer}/"
        page = ada.get(address)
        typed = {"key": hidden(page, "key"), "version": hidden(page, "version"), "step": "confirm", "note": "mine"}
        assert ada.post(address, typed).status_code == 403
    assert Decision.objects.count() == 0 and Request.objects.get().state == Request.State.PENDING
    kept = Event.objects.filter(action=OWN_REFUSED)
    assert [(event.actor_name, event.request_id, event.area_id) for event in kept] == [("ada", request_.pk, request_.area_id)] * 2
    auditor = signed_in(people["auditor"])
    card = auditor.get("/").content.decode().split("Refused decisions on own requests", 1)[1].split("</section>")[0]
    assert ">2</a>" in card, card
    assert "Assign a profile to a user" in card and "ada" in card
    listed = auditor.get(card.split('href="')[1].split('"')[0].replace("&amp;", "&")).content.decode()
    assert listed.count("Refused: deciding one&#x27;s own request</td>") == 2


def test_my_work_says_what_is_empty(people):
    page = signed_in(people["data"]).get(f"{BASE}my-work/").content.decode()
    assert "Nothing waits for your decision." in page and "appear here" in page


def test_what_a_request_is_about_is_linked_for_whoever_may_open_it(people):
    """A verifier who sees requests about files, but no files, is led nowhere."""
    page = f"{BASE}users/{people['data'].pk}/"
    assert opens(page, people["ada"]) and not opens(page, people["verifier"])
    assert opens("/no-such-page/?x=1", people["verifier"]) and not opens("", people["ada"])
