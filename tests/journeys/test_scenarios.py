"""Acceptance scenarios 3, 4 and 10, by the seats and routes of a country that was set up by the assistant.

Scenario 1 is shown in ``intake/tests/test_thousand_rows.py``, 2 in ``targeting/tests/test_scenario_two.py``, 6 in
``payments/tests/test_bank_file.py``, 7 in ``payments/tests/test_merged_people.py`` and ``registry/tests/test_past.py``. At the screen:
``test_scenario_1_import.py`` and the files of the other numbers beside it; 7 is in ``test_scenarios_at_the_screen.py``.
"""

import csv
import io
from typing import Any

import pytest
from django.urls import reverse

from coremis.kernel.access.models import Profile, User
from coremis.kernel.actions.models import Change, Event
from coremis.kernel.approvals.services import approve_request, reject_request, submit
from coremis.kernel.areas.models import Area
from coremis.kernel.areas.services import load_areas
from coremis.kernel.base.refusal import NotPermitted, Refusal
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.screens.exports import my_downloads
from coremis.kernel.testing.cast import again, everywhere, make_route, make_user
from coremis.modules.administration.tests.house import send, set_up, signed_in
from coremis.modules.benefits.tests.sample import make_rule, part
from coremis.modules.payments import services
from coremis.modules.payments.models import FlagGroup, Payroll, PayrollLine
from coremis.modules.payments.tests.sample import calculated, enrol, make_cycle, make_fund, make_programme, settled
from coremis.modules.programmes.models import Enrolment, Reason, Status
from coremis.modules.programmes.services import change_status, enrol_one, undo_last_change
from coremis.modules.registry.services import change_person
from coremis.modules.registry.tests.factories import make_household, make_person, make_photo

pytestmark = pytest.mark.django_db
S, R = Status, Reason


@pytest.fixture
def people(db: Any) -> dict[str, User]:
    """Somebody on every seat, and the routes that the assistant installs."""
    return set_up()


def place(code: str) -> Area:
    return Area.objects.get(code=code)


def agreed(action: Any, maker: User, *checkers: User, **inputs: Any) -> Any:
    """Asked for by one person, agreed to by the others in this order; what the request ran."""
    outcome = submit(action, inputs, actor=again(maker))
    assert outcome.request is not None, "nobody would have been asked"
    for checker in checkers:
        approve_request(request=outcome.request, actor=again(checker))
    outcome.request.refresh_from_db()
    assert outcome.request.state == "APPROVED", outcome.request.state
    return outcome.request


def test_it_works(people: dict[str, User]) -> None:
    """Acceptance scenario 3: active in one programme and graduated in another; suspending there and undoing it leaves this one alone."""
    manager, approver = people["manager"], people["approver"]
    person = make_person(place("N1A"), "Ada")
    enrolled = {}
    for programme in (make_programme("person"), make_programme("person")):
        agreed(enrol_one, manager, approver, programme=programme, person=person, status=S.ACTIVE, reason=R.SELECTED)
        enrolled[programme] = Enrolment.objects.get(programme=programme)
    here, there = enrolled.values()
    agreed(change_status, manager, approver, enrolment=there, status=S.GRADUATED, reason=R.CRITERIA_MET)
    stays = Enrolment.objects.filter(pk=there.pk).values().get()
    suspended = agreed(change_status, manager, approver, enrolment=here, status=S.SUSPENDED, reason=R.ABSENT)
    assert Enrolment.objects.get(pk=here.pk).status == S.SUSPENDED and Enrolment.objects.filter(pk=there.pk).values().get() == stays
    undone = agreed(undo_last_change, manager, approver, enrolment=Enrolment.objects.get(pk=here.pk))
    assert Enrolment.objects.get(pk=here.pk).status == S.ACTIVE and Enrolment.objects.filter(pk=there.pk).values().get() == stays
    log = Change.objects.filter(kind="programmes.enrolment", record_id=here.pk).select_related("event").order_by("pk")
    entries = [(change.event.action, change.event.request_id, (change.before or {}).get("status")) for change in log]
    assert entries[-2:] == [(change_status.name, suspended.pk, "ACTIVE"), (undo_last_change.name, undone.pk, "SUSPENDED")]
    page = signed_in(people["auditor"]).get(reverse("registry:person", args=[person.pk]), {"tab": "programmes"}).content.decode()
    assert ">graduated<" in page and ">active<" in page and ">suspended<" not in page


PHONE = "+99955500777"


@pytest.fixture
def quarter(people: dict[str, User]) -> dict[str, Any]:
    """Two villages of one district and one of another; two payees of the district have one phone; every payroll needs two levels."""
    rows = [{"code": "N2", "name": "Northlake", "parent": "N"}, {"code": "N2A", "name": "Cedar", "parent": "N2"}]
    load_areas(rows=rows, actor=everywhere(load_areas.name))
    levels = [Profile.objects.get(code=code) for code in ("verifier", "approver")]
    make_route(services.approve_payroll.name, place("N"), *levels)
    programme = make_programme()
    child = part("child", "MEMBER", member="age < 18", amount=20)
    rule = make_rule(programme, part("base", amount=100), child, part("rebate", "REBATE", amount=15))
    for code, size, phone in (("N1A", 2, ""), ("N1A", 3, PHONE), ("N2A", 5, PHONE), ("S1A", 4, "")):
        enrol(programme, make_household(place(code), size=size, phone=phone))
    return {"rule": rule, "cycle": make_cycle(programme), "fund": make_fund(programme), "areas": [place("N")]}


def waiting(people: dict[str, User], quarter: dict[str, Any]) -> tuple[Payroll, Any]:
    """Calculated by the payment officer, verified by the verifier, and sent for approval."""
    payroll = settled(services.generate_payroll(**quarter, actor=again(people["payments"])))
    services.verify_payroll(payroll=payroll, actor=again(people["verifier"]))
    payroll.refresh_from_db()
    request = submit(services.approve_payroll, {"payroll": payroll}, actor=again(people["payments"])).request
    assert request is not None
    return payroll, request


def test_a_payroll_of_one_district(people: dict[str, User], quarter: dict[str, Any]) -> None:
    """Acceptance scenario 4: parts by the rule, one phone flagged, the maker refused, level 2 rejects, the corrected run passes."""
    maker, approver = people["payments"], people["approver"]
    controller = make_user("controller", area=place("SZ"), profile=Profile.objects.get(code="verifier"))
    first, request = waiting(people, quarter)
    assert first.part_totals == {"base": 300, "child": 80, "rebate": 45} and first.total_minor == 425
    assert [line.amount_minor for line in PayrollLine.objects.filter(payroll=first).order_by("amount_minor")] == [115, 135, 175]
    flagged = FlagGroup.objects.get(payroll=first)
    assert (flagged.kind, flagged.severity, flagged.size) == ("PHONE", "SERIOUS", 2)
    page = signed_in(controller).get(reverse("administration:request", args=[request.pk])).content.decode()
    assert "425" in page and reverse("payments:payroll_flags", args=[first.pk]) in page
    for person in (maker, approver, people["verifier"]):
        with pytest.raises(NotPermitted):
            approve_request(request=request, actor=again(person))
    approve_request(request=request, actor=again(controller))
    with pytest.raises(Refusal, match="1 flagged group has no verdict yet"):
        approve_request(request=request, actor=again(approver))
    reject_request(request=request, note="The second one has a phone of her own", actor=again(approver))
    assert settled(first).state == "VERIFIED" and not FlagGroup.objects.exclude(verdict="").exists()
    agreed(services.cancel_payroll, maker, approver, payroll=first, reason="Rejected at the second level")
    settled(first)
    payee = PayrollLine.objects.get(payroll=first, amount_minor=175).payee
    change_person(person=payee, phone="+99955500778", actor=again(people["commune"]))
    second, request = waiting(people, quarter)
    assert not FlagGroup.objects.filter(payroll=second).exists()
    for checker in (controller, approver):
        approve_request(request=request, actor=again(checker))
    assert settled(second).state == "APPROVED" and (second.line_count, second.total_minor) == (3, 425)
    assert settled(first).state == "CANCELLED" and first.line_count == 3, "nothing of the first one was changed"


@pytest.fixture
def district(people: dict[str, User]) -> dict[str, Any]:
    """A commune officer of the North who reads French, and a person with a photo in each district, in one programme and paid."""
    chief = make_user("chief", area=place("N1"), profile=Profile.objects.get(code="commune"), language="fr")
    programme, shown = make_programme(), {}
    for code, name in (("N1A", "Alinenord"), ("S1A", "Berthesud")):
        household = make_household(place(code), head={"given_names": name}, phone="+99955500111", size=2)
        enrol(programme, household)
        shown[code] = (household, make_photo(household.memberships.get(relationship="head").person))
    payroll = calculated(programme, [place("SZ")], people["payments"])
    return {"chief": chief, "here": shown["N1A"], "there": shown["S1A"], "payroll": payroll}


LISTS = ("registry:households", "registry:persons", "programmes:active_list", "payments:line_list")


def exported(client: Any, name: str) -> Any:
    return client.post(reverse(name) + "?sort=number", {"do": "export", "format": "csv"})


def test_a_district_sees_itself(district: dict[str, Any]) -> None:
    """Acceptance scenario 10: lists, pages, photo link and export in French, limited to the district (pitfall S10)."""
    client = signed_in(district["chief"])
    for name in LISTS:
        page = client.get(reverse(name)).content.decode()
        assert '<html lang="fr"' in page and "Alinenord" in page and "Berthesud" not in page, name
        told = exported(client, name).content.decode("utf-8-sig")
        assert "Alinenord" in told and "Berthesud" not in told, name
    (household, photo), (other, hidden) = district["here"], district["there"]
    for kind, here, there in (("household", household, other), ("person", photo.person, hidden.person), ("photo", photo, hidden)):
        assert client.get(reverse(f"registry:{kind}", args=[here.pk])).status_code == 200
        assert client.get(reverse(f"registry:{kind}", args=[there.pk])).status_code == 404, kind
    for line in PayrollLine.objects.all():
        expected = 200 if line.payee_name.startswith("Alinenord") else 404
        assert client.get(reverse("payments:line_detail", args=[line.pk])).status_code == expected
    assert "Ménages" in client.get(reverse("registry:households")).content.decode()


def test_a_long_export_of_a_district(district: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Acceptance scenario 10: what the worker writes in the background holds the district alone, and is for that person alone."""
    monkeypatch.setattr("coremis.kernel.screens.exports.AT_ONCE", 1)
    client = signed_in(district["chief"])
    assert exported(client, "registry:persons").status_code == 303
    run_until_idle()
    kept = my_downloads(again(district["chief"])).get()
    text = b"".join(client.get(f"/files/{kept.pk}/").streaming_content).decode("utf-8-sig")
    names = [row[0] for row in csv.reader(io.StringIO(text))]
    assert any("Alinenord" in name for name in names) and "Berthesud" not in text
    elsewhere = make_user("elsewhere", area=place("S1"), profile=Profile.objects.get(code="commune"))
    assert signed_in(elsewhere).get(f"/files/{kept.pk}/").status_code == 404


def test_the_history_of_a_district(district: dict[str, Any], people: dict[str, User]) -> None:
    """Acceptance scenario 10: the audit shows each access that changed something or took something away, and who it was."""
    client, person = signed_in(district["chief"]), district["here"][1].person
    newest = Event.objects.latest("pk").pk
    exported(client, "registry:persons")
    send(client, reverse("registry:reveal_person", args=[person.pk]), reason="Called about the payment")
    form = client.get(reverse("registry:change_person", args=[person.pk]))
    typed = {name: "" if value is None else value for name, value in form.context["form"].initial.items()}
    send(client, reverse("registry:change_person", args=[person.pk]), **typed | {"surname": "Renommée"})
    person.refresh_from_db()
    assert person.surname == "Renommée"
    done = Event.objects.filter(pk__gt=newest, actor_id=district["chief"].pk).order_by("pk")
    actions = ["screens.export_list", "registry.reveal_person", "registry.change_person"]
    assert [event.action for event in done] == actions
    assert [Change.objects.filter(event=event).exists() for event in done] == [True] * 3
    page = signed_in(people["auditor"]).get(reverse("administration:history")).content.decode()
    assert page.count("chief") >= 3
