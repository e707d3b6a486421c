import pytest
from django.test import Client
from django.urls import reverse

from coremis.kernel.approvals.services import submit
from coremis.kernel.base.refusal import Invalid, NotPermitted, Refusal
from coremis.kernel.testing.cast import make_profile, make_route, make_user
from coremis.modules.payments import services
from coremis.modules.payments.models import FlagGroup, FlagMember, Hold, Payroll
from coremis.modules.payments.tests.sample import (
    agree,
    approved,
    balances,
    calculated,
    enrol,
    everyone,
    make_cycle,
    make_fund,
    make_programme,
    settled,
    states,
    verified,
    village,
)  # fmt: skip
from coremis.modules.registry.tests.factories import make_document, make_household

pytestmark = pytest.mark.django_db
PHONE = "+25779000111"


@pytest.fixture
def people(country):
    return everyone(country["Testland"], "calculator", "verifier", "sender")


@pytest.fixture
def programme(country):
    """Two payees of two communes with one phone, six of one village with another, and two whom nothing connects."""
    programme = make_programme()
    for place in ("Almond", "Fig"):
        enrol(programme, make_household(country[place], phone=PHONE))
    village(programme, country["Almond"], 6, phone="+25779000222")
    village(programme, country["Almond"], 2)
    return programme


def judged(group, actor, hold=0, reason="Known to the chief"):
    """A verdict that holds the first ``hold`` payments."""
    members = group.members.filter(elsewhere=False).order_by("pk")
    said = {str(member.line.number): "HOLD" if place < hold else "PAY" for place, member in enumerate(members)}
    return services.decide_flag(group=group, verdicts=said, reason=reason, actor=actor)


def test_it_works(country, people, programme):
    """Acceptance 4: two payees of two communes with one phone need a verdict; what is held leaves the declared total."""
    payroll = verified(calculated(programme, [country["Testland"]], people[0]), people[1])
    found = {(group.severity, group.size) for group in FlagGroup.objects.filter(kind="PHONE")}
    assert found == {("SERIOUS", 2), ("NOTICE", 6)}
    with pytest.raises(Refusal, match="1 flagged group has no verdict yet"):
        agree(services.approve_payroll, people[0], payroll=payroll)
    judged(FlagGroup.objects.get(severity="SERIOUS"), people[1], hold=1)
    assert settled(payroll).line_count == 10
    payroll = approved(payroll, people[0])
    assert (payroll.line_count, payroll.total_minor, payroll.held_count, payroll.held_minor) == (9, 270_000, 1, 30_000)
    assert states(payroll) == {"DUE": 9, "HELD": 1} and balances(payroll.fund) == {"FUND": 730_000, "OWED": 270_000}
    assert Hold.objects.get().reason == "FLAGGED" and not Hold.objects.get().was_owed


def test_the_verdict_is_remembered(country, people, programme):
    """Pitfall D11: the same people in the next cycle are paid by the same verdict, which is shown; a changed group is asked about again."""
    first = verified(calculated(programme, [country["Testland"]], people[0]))
    judged(FlagGroup.objects.get(severity="SERIOUS"), people[1])
    first = approved(first, people[0])
    second = verified(calculated(programme, [country["Testland"]], people[0], first.fund, make_cycle(programme, 2)))
    again = FlagGroup.objects.get(severity="SERIOUS", payroll=second)
    assert (again.verdict, again.decided_by, again.reason) == ("PAY", people[1], "Known to the chief")
    assert again.remembered.payroll == first and set(again.members.values_list("verdict", flat=True)) == {"PAY"}
    second = approved(second, people[0])
    enrol(programme, make_household(country["Fig"], phone=PHONE))
    third = calculated(programme, [country["Testland"]], people[0], first.fund, make_cycle(programme, 3))
    changed = FlagGroup.objects.get(severity="SERIOUS", payroll=third)
    assert (changed.size, changed.verdict, changed.remembered) == (3, "", None)


def test_a_hold_is_only_proposed_again(country, people, programme):
    first = verified(calculated(programme, [country["Testland"]], people[0]))
    judged(FlagGroup.objects.get(severity="SERIOUS"), people[1], hold=1)
    first = approved(first, people[0])
    second = calculated(programme, [country["Testland"]], people[0], first.fund, make_cycle(programme, 2))
    again = FlagGroup.objects.get(severity="SERIOUS", payroll=second)
    assert again.verdict == "" and again.remembered.verdict == "HOLD"


def test_every_kind_of_flag(country, people):
    """Same payee, same document, same name with birth year and place, same payee in two payrolls of the cycle; each needs a verdict."""
    programme, almond = make_programme(), country["Almond"]
    twice = make_household(almond)
    other = make_household(almond, recipient=twice.recipients.get().person)
    pair = [make_household(almond), make_household(almond)]
    for household in pair:
        make_document(household.recipients.get().person, number="ID-77")
    names = [make_household(almond, head={"given_names": "Ana", "surname": "Sá", "birth_date": f"1971-0{n}-01"}) for n in (1, 2)]
    for household in (twice, other, *pair, *names):
        enrol(programme, household)
    payroll = calculated(programme, [country["North"]], people[0])
    found = sorted(FlagGroup.objects.values_list("kind", "severity", "size"))
    assert found == [("DOCUMENT", "SERIOUS", 2), ("NAME", "SERIOUS", 2), ("PERSON", "SERIOUS", 2)]
    far = make_household(country["Fig"], recipient=twice.recipients.get().person)
    enrol(programme, far)
    later = calculated(programme, [country["South"]], people[0], payroll.fund, payroll.cycle)
    group = FlagGroup.objects.get(payroll=later)
    assert (group.kind, group.size) == ("CYCLE", 1)
    assert sorted(group.members.values_list("elsewhere", flat=True)) == [False, True, True]


@pytest.mark.parametrize("further", [(), ("registry.reveal_phone",)])
def test_phones_stand_open_only_to_those_who_may_see_them(country, people, programme, further):
    calculated(programme, [country["Testland"]], people[0])
    reader = make_user("reader", "payments.view_flaggroup", "payments.view_flagmember", *further, area=country["Testland"])
    client = Client()
    client.force_login(reader)
    page = client.get(reverse("payments:flag_detail", args=[FlagGroup.objects.get(severity="SERIOUS").pk])).content.decode()
    assert (PHONE in page, "•••111" in page) == (bool(further), not further)


def test_who_may_say_it(country, people, programme):
    """Pitfall S1: not the person who calculated, and nothing is let go while others are asked to approve."""
    payroll = verified(calculated(programme, [country["Testland"]], people[0]))
    group = FlagGroup.objects.get(severity="SERIOUS")
    with pytest.raises(NotPermitted, match="A different person"):
        judged(group, people[0])
    with pytest.raises(Invalid):
        services.decide_flag(group=group, verdicts={}, reason="x", actor=people[1])
    with pytest.raises(Invalid):
        judged(group, people[1], reason=" ")
    judged(group, people[1], hold=1)
    make_route("payments.approve_payroll", country["Testland"], make_profile("approvers", "approvals.approve_request"))
    request = submit(services.approve_payroll, {"payroll": payroll}, actor=people[0]).request
    assert request.amount_minor == 270_000
    with pytest.raises(Refusal, match="already asked for"):
        judged(group, people[1])
    judged(group, people[1], hold=2)
    assert payroll.version == Payroll.objects.get().version, "holding more does not overtake the request"


def test_doing_it_twice_adds_nothing(country, people, programme):
    """Looked through again, everything stays as it is, verdicts included."""
    payroll = calculated(programme, [country["Testland"]], people[0])
    judged(FlagGroup.objects.get(severity="SERIOUS"), people[1])
    before = FlagGroup.objects.count(), FlagMember.objects.count()
    services.review_payroll(payroll=payroll, actor=people[1])
    settled(payroll)
    assert (FlagGroup.objects.count(), FlagMember.objects.count()) == before
    assert FlagGroup.objects.get(severity="SERIOUS").verdict == "PAY"


def test_who_is_like_whom_is_a_matter_of_rules(country, people, programme):
    """What a programme allows needs no verdict."""
    rules = {"programme": programme, "rounds_in_order": False, "phone_limit": 5, "notice_kinds": []}
    agree(services.set_payment_terms, people[0], **rules)
    calculated(programme, [country["Testland"]], people[0])
    assert FlagGroup.objects.filter(kind="PHONE", severity="SERIOUS").count() == 2
    agree(services.set_payment_terms, people[0], **{**rules, "notice_kinds": ["PHONE"]})
    calculated(programme, [country["Testland"]], people[0], make_fund(programme), make_cycle(programme, 2))
    assert FlagGroup.objects.filter(kind="PHONE", severity="NOTICE").count() == 2
