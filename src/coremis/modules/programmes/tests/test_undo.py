"""Undoing group changes and single ones."""

from dataclasses import dataclass

import pytest
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.models import Change
from coremis.kernel.base.refusal import OutsidePlaces, Refusal
from coremis.kernel.jobs.worker import run_next
from coremis.kernel.module.contributions import CATALOGUE
from coremis.kernel.testing.cast import make_user
from coremis.modules.programmes import services
from coremis.modules.programmes.models import Enrolment, GroupChange
from coremis.modules.programmes.services import places
from coremis.modules.programmes.tests.sample import (
    R,
    S,
    agreed,
    approved,
    change_all,
    enrol,
    enrol_all,
    make_household,
    make_programme,
    many_households,
    statuses,
    undo,
)  # fmt: skip

pytestmark = pytest.mark.django_db


def held(programme):
    fields = ("pk", "status", "status_since", "status_reason", "status_note", "set_by_hand")
    return list(Enrolment.objects.filter(programme=programme).order_by("pk").values_list(*fields))


def suspended(country, count=5, **fields):
    programme = make_programme(**fields)
    many_households(country["Almond"], count)
    enrol_all(programme, country["North"], note="First list")
    return programme


def test_it_works(country, monkeypatch):
    monkeypatch.setattr(places, "CHUNK", 2)
    programme = suspended(country)
    before = held(programme)
    group = change_all(programme, country["North"])
    undoing = undo(group, note="Wrong village")
    assert held(programme) == before
    assert (undoing.what, undoing.state, undoing.count, undoing.undoes) == ("UNDO", "DONE", 5, group)
    assert Change.objects.filter(kind="programmes.enrolment").count() == 10
    with pytest.raises(Refusal):
        undo(group)
    with pytest.raises(Refusal):
        undo(undoing)


def test_who_was_changed_since_stays(country):
    programme = suspended(country)
    group = change_all(programme, country["North"])
    one = Enrolment.objects.first()
    agreed(services.change_status, enrolment=one, status=S.EXITED, reason=R.MOVED_OUT)
    assert undo(group).count == 4
    assert statuses(programme) == {S.ACTIVE: 4, S.EXITED: 1}


def test_an_exit_comes_back_only_while_it_may(country, monkeypatch):
    """pitfalls D6, M5: not who is enrolled again by now, and no more than there are places."""
    monkeypatch.setattr(places, "CHUNK", 2)
    programme = suspended(country, max_beneficiaries=5)
    group = change_all(programme, country["North"], new=S.EXITED, reason=R.PROGRAMME_CLOSED)
    again = Enrolment.objects.first()
    enrol(programme, again.household)
    enrol(programme, make_household(country["Beech"]))
    undoing = undo(group)
    assert undoing.count == 3 and statuses(programme) == {S.ACTIVE: 5, S.EXITED: 2}
    again.refresh_from_db()
    assert again.status == S.EXITED


def test_an_enrolment_is_undone_by_an_exit(country):
    programme = suspended(country)
    one = Enrolment.objects.first()
    agreed(services.change_status, enrolment=one, status=S.SUSPENDED, reason=R.ABSENT)
    undoing = undo(GroupChange.objects.get())
    assert undoing.count == 4 and statuses(programme) == {S.EXITED: 4, S.SUSPENDED: 1}
    assert set(Enrolment.objects.filter(status=S.EXITED).values_list("status_reason", flat=True)) == {R.MISTAKE}


@dataclass(frozen=True)
class Paid:
    """Says that the first so many beneficiaries were paid since."""

    count: int

    def __call__(self, enrolments, since):
        return Enrolment.objects.order_by("pk").values("pk")[: self.count]


@pytest.fixture
def paid(monkeypatch):
    def pay(count):
        monkeypatch.setitem(
            CATALOGUE._by_module, "test", [services.UndoObstacle(check=Paid(count), sentence=_("A payment depends on it."))]
        )

    return pay


def test_what_depends_on_it_stays(country, paid):
    programme = suspended(country)
    group = change_all(programme, country["North"])
    paid(5)
    with pytest.raises(Refusal, match="A payment depends on it"):
        undo(group)
    with pytest.raises(Refusal, match="A payment depends on it"):
        agreed(services.undo_last_change, enrolment=Enrolment.objects.first())
    paid(2)
    assert undo(group).count == 3 and statuses(programme) == {S.ACTIVE: 3, S.SUSPENDED: 2}


def test_one_alone(country):
    programme = suspended(country)
    change_all(programme, country["North"], new=S.EXITED, reason=R.MOVED_OUT, note="All of them")
    one = Enrolment.objects.first()
    back = agreed(services.undo_last_change, enrolment=one)
    assert (back.status, back.status_reason, back.status_note) == (S.ACTIVE, R.SELECTED, "First list")
    with pytest.raises(Refusal):
        agreed(services.undo_last_change, enrolment=enrol(make_programme("NEW"), make_household(country["Fig"])))
    second = Enrolment.objects.filter(status=S.EXITED).first()
    enrol(programme, second.household)
    with pytest.raises(Refusal):
        agreed(services.undo_last_change, enrolment=second)


def test_only_in_ones_own_places(country):
    programme = suspended(country)
    group = change_all(programme, country["North"])
    with pytest.raises(OutsidePlaces):
        undo(group, actor=make_user("south", services.undo_status_change.name, area=country["South"]))


def test_the_number_of_queries_does_not_grow(country, django_assert_max_num_queries):
    """pitfalls P1, P2"""
    sizes = []
    for count in (5, 300):
        programme = suspended(country, count, code=f"P{count}")
        group = change_all(programme, country["North"])
        approved(services.undo_status_change, run=False, group=group)
        with django_assert_max_num_queries(99) as captured:
            run_next()
        sizes.append(len(captured))
    assert sizes[0] == sizes[1]
