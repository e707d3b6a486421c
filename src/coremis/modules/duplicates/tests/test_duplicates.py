"""Finding people who are alike, on both sides, and remembering what was decided (pitfall D11)."""

from datetime import date

import pytest
from django.urls import reverse

from coremis.kernel.actions.services import maintenance
from coremis.kernel.actions.system import system
from coremis.kernel.base.refusal import Invalid, OutsidePlaces, Refusal
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import everywhere, make_user
from coremis.kernel.testing.check_module import check_module
from coremis.modules.duplicates.models import DuplicateGroup, DuplicateMember, DuplicateVerdict, Likeness, Verdict
from coremis.modules.duplicates.queries import alike
from coremis.modules.duplicates.services import decide_duplicates, keep_findings, look_for_duplicates
from coremis.modules.registry.models import Person
from coremis.modules.registry.tests.factories import make_document, make_person

pytestmark = pytest.mark.django_db
CLERK = everywhere(look_for_duplicates.name, decide_duplicates.name)
SEES = ("duplicates.view_duplicategroup", "duplicates.decide_duplicates", "registry.view_person")
BORN = {"birth_date": date(1990, 4, 1)}


def search():
    look_for_duplicates(actor=CLERK)
    run_until_idle()


def groups():
    """(likeness, state, names) of every group."""
    found = []
    for group in DuplicateGroup.objects.order_by("likeness", "pk"):
        members = DuplicateMember.objects.filter(group=group, until=None).order_by("person__given_names")
        assert group.member_count == members.count()
        found.append((group.likeness, group.state, [member.person.given_names for member in members]))
    return found


def test_it_works(country):
    """Each likeness is found across villages where it may be, and nobody is changed."""
    ada, bea = (make_person(country["Almond"], name, **BORN) for name in ("Ada", "Bea"))
    make_document(ada, "1990-1")
    make_document(bea, "19901")
    make_person(country["Beech"], "Cleo", surname="Lo", phone="+25779000001")
    make_person(country["Fig"], "Cleo", surname="Lo", phone="+25779000001")
    make_person(country["Fig"], "Dan", surname="Ko", birth_date=date(1980, 1, 1))
    make_person(country["Fig"], "DÂN", surname="ko", birth_date=date(1980, 12, 31))
    make_person(country["Beech"], "Dan", surname="Ko", birth_date=date(1980, 1, 1))
    versions = list(Person.objects.values_list("version", flat=True))
    search()
    assert groups() == [
        ("DOCUMENT", "OPEN", ["Ada", "Bea"]),
        ("NAME", "OPEN", ["DÂN", "Dan"]) if sorted(["DÂN", "Dan"]) == ["DÂN", "Dan"] else ("NAME", "OPEN", ["Dan", "DÂN"]),
        ("PHONE", "OPEN", ["Cleo", "Cleo"]),
    ]
    assert list(Person.objects.values_list("version", flat=True)) == versions


def test_both_sides_see_it_at_once(country):
    """The page of a person need not wait for the search."""
    ada, bea = (make_person(country["Almond"], "Ada", surname="Lo", **BORN) for _n in range(2))
    for one, other in ((ada, bea), (bea, ada)):
        found = {likeness: list(people) for likeness, people in alike(one).items()}
        assert found == {"DOCUMENT": [], "NAME": [other]}


def test_a_verdict_is_remembered(country):
    """pitfall D11: the same people are never asked about twice; somebody new asks again, and the old verdict is still shown."""
    for _n in range(2):
        make_person(country["Almond"], "Ada", surname="Lo", **BORN)
    search()
    group = DuplicateGroup.objects.get()
    with pytest.raises(Invalid):
        decide_duplicates(group=group, verdict=Verdict.SAME, actor=CLERK)
    decide_duplicates(group=group, verdict=Verdict.DIFFERENT, note="Cousins", actor=CLERK)
    search()
    assert groups() == [("NAME", "DECIDED", ["Ada", "Ada"])]
    make_person(country["Almond"], "ada", surname="LO", **BORN)
    search()
    assert groups()[0][:2] == ("NAME", "OPEN") and DuplicateVerdict.objects.get().note == "Cousins"


def test_a_likeness_that_ends(country):
    """pitfall D11: a flag is a dated fact; corrected names clear it, and a corrected error that comes back asks again."""
    make_person(country["Almond"], "Ada", surname="Lo", **BORN)
    twin = make_person(country["Almond"], "Ada", surname="Lo", **BORN)
    search()
    decide_duplicates(group=DuplicateGroup.objects.get(), verdict=Verdict.DIFFERENT, actor=CLERK)
    with maintenance("test"):
        twin.surname = "Lu"
        twin.save()
    search()
    assert groups() == [("NAME", "GONE", ["Ada"])]
    with pytest.raises(Refusal, match="no longer alike"):
        decide_duplicates(group=DuplicateGroup.objects.get(), verdict=Verdict.DIFFERENT, actor=CLERK)
    with maintenance("test"):
        twin.surname = "Lo"
        twin.save()
    search()
    assert groups() == [("NAME", "OPEN", ["Ada", "Ada"])]


def test_nobody_learns_the_document(country):
    """What they share lies in the group as a digest only."""
    for name in ("Ada", "Bea"):
        make_document(make_person(country["Almond"], name), "SECRET-77")
    search()
    mark = DuplicateGroup.objects.get().mark
    assert len(mark) == 64 and "SECRET" not in mark


def test_only_with_rights_in_all_places(country):
    """pitfall S10: whoever may act in one village does not decide about people of another."""
    make_document(make_person(country["Almond"], "Ada"), "77-1")
    make_document(make_person(country["Fig"], "Bea"), "77-1")
    search()
    officer = make_user("officer", decide_duplicates.name, "duplicates.view_duplicategroup", area=country["North"])
    group = DuplicateGroup.objects.visible_to(officer, "duplicates.view_duplicategroup").get()
    with pytest.raises(OutsidePlaces):
        decide_duplicates(group=group, verdict=Verdict.DIFFERENT, actor=officer)
    stranger = make_user("stranger", "duplicates.view_duplicategroup", area=country["Beech"])
    assert not DuplicateGroup.objects.visible_to(stranger, "duplicates.view_duplicategroup").exists()


def test_constant_statements(country, django_assert_max_num_queries):
    """pitfall P1: the same few statements for three people or for three hundred."""
    for number in range(60):
        make_person(country["Almond"], f"Ada {number // 3}", surname="Lo", **BORN)
    with django_assert_max_num_queries(24):
        keep_findings(likeness=Likeness.NAME, actor=system(keep_findings.name))
    assert DuplicateGroup.objects.count() == 20


def samples(area):
    for _n in range(2):
        person = make_person(area, f"Ada {area.name}", surname="Lo", **BORN)
    keep_findings(likeness=Likeness.NAME, actor=system(keep_findings.name))
    return {Person: person, DuplicateGroup: DuplicateGroup.objects.filter(members__person=person).first()}


def test_the_pages():
    """pitfalls S10, P1"""
    check_module("duplicates", samples)


def test_several_groups_are_decided_at_once(country, client):
    """One verdict for those ticked; what is decided already stays, and whoever lacks a place decides nothing there."""
    for name in ("Ada", "Bea", "Cleo"):
        for _n in range(2):
            make_person(country["Almond"], name, surname="Lo", **BORN)
    search()
    first, *others = DuplicateGroup.objects.order_by("pk")
    decide_duplicates(group=first, verdict=Verdict.SAME, note="I know them", actor=CLERK)
    client.force_login(make_user("clerk", *SEES, area=country["North"]))
    page, typed = reverse("duplicates:decide_chosen"), {"key": "k", "verdict": "DIFFERENT", "note": "Cousins"}
    typed["chosen"] = " ".join(str(group.pk) for group in (first, *others))
    seen = client.post(page, {**typed, "step": "preview"})
    assert "This group is decided already" in seen.content.decode() and "Decide on possible duplicates: 2" in seen.content.decode()
    done = client.post(page, {**typed, "step": "confirm", "seen": seen.context["seen"]})
    assert "Done for 2 rows." in done.content.decode()
    assert sorted(DuplicateVerdict.objects.values_list("verdict", "note")) == [("DIFFERENT", "Cousins")] * 2 + [("SAME", "I know them")]
    client.force_login(make_user("south", *SEES, area=country["South"]))
    assert client.post(page, {**typed, "key": "l", "step": "preview"}).status_code == 422
