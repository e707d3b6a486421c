"""Waiting lists beside the statuses."""

from datetime import timedelta
from urllib.parse import parse_qs, urlparse

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from coremis.kernel.actions.services import maintenance
from coremis.kernel.areas.queries import below
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.kernel.datasets.dataset import find_dataset
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.queue import ask_cancel
from coremis.kernel.jobs.worker import run_next
from coremis.kernel.testing.cast import make_user
from coremis.modules.programmes import services
from coremis.modules.programmes.cards import _waiting_by_place, waiting_address
from coremis.modules.programmes.models import Enrolment, GroupChange, WaitingPlace
from coremis.modules.programmes.services import places
from coremis.modules.programmes.tests.sample import (
    EVERYTHING,
    R,
    S,
    agreed,
    approved,
    change_status,
    enrol,
    enrol_all,
    make_household,
    make_programme,
    many_households,
    statuses,
    undo,
)  # fmt: skip
from coremis.modules.programmes.views import waiting_list
from coremis.modules.registry.models import Household

pytestmark = pytest.mark.django_db


def ranks(programme):
    """Who waits: place, rank and household, in their order."""
    rows = WaitingPlace.objects.waiting(timezone.localdate()).filter(programme=programme)
    return [(place.area.name, place.rank, place.enrolment.household.head_name) for place in rows.order_by("area__name", "rank")]


def test_it_works(country):
    """Who finds no place waits in the list of the village, in the order of the numbers; the next ones move up as places come free."""
    programme = make_programme(max_beneficiaries=3)
    many_households(country["Almond"], 5)
    many_households(country["Beech"], 2)
    enrol_all(programme, country["North"], overflow=True)
    assert statuses(programme) == {S.ACTIVE: 3, S.POTENTIAL: 4}
    waiting = [("Almond", 1, "Head 3"), ("Almond", 2, "Head 4"), ("Beech", 1, "Head 0"), ("Beech", 2, "Head 1")]
    assert ranks(programme) == waiting
    with pytest.raises(Refusal, match="taken"):
        agreed(services.promote_waiting, programme=programme, areas=[country["North"]], count=1)
    first = Enrolment.objects.filter(status=S.ACTIVE).first()
    change_status(first, S.EXITED)
    group = agreed(services.promote_waiting, programme=programme, areas=[country["North"]], count=4)
    assert group.count == 1 and ranks(programme) == waiting[1:]
    moved = Enrolment.objects.get(household__head_name="Head 3")
    assert (moved.status, moved.status_reason) == (S.ACTIVE, R.FROM_WAITING_LIST)


def test_places_run_out_within_a_chunk(country, monkeypatch):
    """Small chunks give the same ranks as large ones."""
    found = []
    for size in (2, 20_000):
        monkeypatch.setattr(places, "CHUNK", size)
        programme = make_programme(f"P{size}", max_beneficiaries=3)
        if not found:
            many_households(country["Almond"], 9)
        enrol_all(programme, country["North"], overflow=True)
        found.append((statuses(programme), ranks(programme)))
    assert found[0] == found[1] and len(found[0][1]) == 6


def test_undoing_brings_the_rank_back(country):
    """The rank stands beside the status: nothing was written there when the beneficiary moved up."""
    programme = make_programme(max_beneficiaries=1)
    many_households(country["Almond"], 2)
    enrol_all(programme, country["North"], overflow=True)
    change_status(Enrolment.objects.get(status=S.ACTIVE), S.SUSPENDED, R.ABSENT)
    change_status(Enrolment.objects.get(status=S.SUSPENDED), S.EXITED)
    group = agreed(services.promote_waiting, programme=programme, areas=[country["Almond"]], count=1)
    assert ranks(programme) == []
    undo(group)
    assert ranks(programme) == [("Almond", 1, "Head 1")] and statuses(programme) == {S.EXITED: 1, S.POTENTIAL: 1}


def test_undoing_the_enrolment_empties_the_list(country):
    programme = make_programme(max_beneficiaries=1)
    many_households(country["Almond"], 3)
    undo(enrol_all(programme, country["North"], overflow=True))
    assert statuses(programme) == {S.EXITED: 3} and ranks(programme) == []


def test_one_by_one(country):
    """A rank is given once: who is taken off and put on again comes last."""
    programme = make_programme()
    one, two = (enrol(programme, make_household(country["Fig"], head_name=name), S.POTENTIAL) for name in ("Ada", "Bea"))
    for enrolment in (one, two):
        services.put_on_waiting_list(enrolment=enrolment, actor=EVERYTHING)
    with pytest.raises(Refusal, match="already"):
        services.put_on_waiting_list(enrolment=one, actor=EVERYTHING)
    with pytest.raises(Invalid):
        agreed(services.take_off_waiting_list, enrolment=one, note=" ")
    agreed(services.take_off_waiting_list, enrolment=one, note="Moved away")
    assert ranks(programme) == [("Fig", 2, "Bea")]
    services.put_on_waiting_list(enrolment=one, actor=EVERYTHING)
    assert ranks(programme) == [("Fig", 2, "Bea"), ("Fig", 3, "Ada")]
    active = enrol(programme, make_household(country["Fig"]))
    with pytest.raises(Refusal, match="potential"):
        services.put_on_waiting_list(enrolment=active, actor=EVERYTHING)


def test_time_runs_out(country):
    """Whose time has run out is passed over, and may be put on again."""
    programme = make_programme()
    enrolment = enrol(programme, make_household(country["Fig"], head_name="Ada"), S.POTENTIAL)
    with pytest.raises(Invalid):
        services.put_on_waiting_list(enrolment=enrolment, until=timezone.localdate() - timedelta(days=1), actor=EVERYTHING)
    place = services.put_on_waiting_list(enrolment=enrolment, until=timezone.localdate(), actor=EVERYTHING)
    with maintenance("test"):
        place.since = place.until = timezone.localdate() - timedelta(days=1)
        place.save()
    assert ranks(programme) == []
    with pytest.raises(Refusal, match="Nobody is waiting"):
        agreed(services.promote_waiting, programme=programme, areas=[country["Testland"]], count=1)
    services.put_on_waiting_list(enrolment=enrolment, actor=EVERYTHING)
    assert ranks(programme) == [("Fig", 2, "Ada")]


def test_no_place_moves_nobody_up(country):
    """pitfall M1: an empty choice of places is nobody, and zero is not “all”."""
    programme = make_programme()
    services.put_on_waiting_list(enrolment=enrol(programme, make_household(country["Fig"]), S.POTENTIAL), actor=EVERYTHING)
    for areas, count in (([], 1), ([country["Testland"]], 0), ([country["Testland"]], -1), ([country["Beech"]], 5)):
        with pytest.raises(Refusal):
            agreed(services.promote_waiting, programme=programme, areas=areas, count=count)
    assert statuses(programme) == {S.POTENTIAL: 1}


def test_a_rank_is_given_once(country):
    """The database refuses a second beneficiary on the same rank of a list."""
    programme = make_programme()
    one, two = (enrol(programme, make_household(country["Fig"]), S.POTENTIAL) for _n in range(2))
    place = services.put_on_waiting_list(enrolment=one, actor=EVERYTHING)
    twin = WaitingPlace(enrolment=two, programme=programme, area=place.area, rank=place.rank, since=place.since)
    with maintenance("test"), pytest.raises(IntegrityError), transaction.atomic():
        twin.save()


def test_given_up_half_way(country, monkeypatch):
    """A cancelled enrolment leaves nobody on the list; while it runs nobody sees one."""
    monkeypatch.setattr(places, "CHUNK", 2)
    programme = make_programme(max_beneficiaries=1)
    many_households(country["Almond"], 9)
    inputs = {"programme": programme, "areas": [country["North"]], "status": S.ACTIVE, "reason": R.SELECTED, "overflow": True}
    group = approved(services.enrol_matching, run=False, **inputs)
    seen = []

    def look():
        seen.append((WaitingPlace.objects.count(), WaitingPlace._base_manager.count()))
        if len(seen) == 3:
            ask_cancel(Job.objects.get())

    monkeypatch.setattr("coremis.kernel.jobs.worker.after_chunk", look)
    for _turn in range(9):
        run_next()
    group.refresh_from_db()
    assert max(made for _visible, made in seen) >= 2 and {visible for visible, _made in seen} == {0}
    assert group.state == GroupChange.State.STOPPED
    assert not WaitingPlace._base_manager.exists() and not Enrolment._base_manager.exists()


def test_whose_village_became_another_moves_up_there(country):
    """The list of a closed village is read together with that of the place where its people belong now; their ranks stay."""
    programme = make_programme(max_beneficiaries=1)
    many_households(country["Almond"], 3)
    enrol_all(programme, country["North"], overflow=True)
    with maintenance("Almond went into Beech"):
        country["Almond"].valid_until = timezone.localdate() - timedelta(days=1)
        country["Almond"].save()
        for record in [*Household.objects.filter(area=country["Almond"]), *Enrolment.objects.filter(area=country["Almond"])]:
            record.area = country["Beech"]
            record.save()
    change_status(Enrolment.objects.filter(status=S.ACTIVE).first(), S.EXITED)
    group = agreed(services.promote_waiting, programme=programme, areas=[country["Beech"]], count=1)
    assert group.count == 1 and ranks(programme) == [("Almond", 2, "Head 2")]


def test_the_number_who_waits_is_that_of_the_list(country):
    """Figure, home page and list count people where they belong now, as rights do; the rank tells of which list."""
    programme = make_programme(max_beneficiaries=0)
    many_households(country["Almond"], 2)
    many_households(country["Fig"], 1)
    enrol_all(programme, country["Testland"], overflow=True)
    with maintenance("one of them moved"):
        moved = Enrolment.objects.filter(area=country["Almond"]).first()
        moved.area = country["Fig"]
        moved.save()
    officer = make_user("officer", "programmes.view_waitingplace", "programmes.view_programme", area=country["South"])
    data = find_dataset("programmes.waiting")
    counted = data.rows().filter(**{f"{data.area}__in": below([country["South"].pk])}).count()
    addresses = (data.link(), waiting_address(area=country["Fig"].pk))
    listed = [waiting_list.read(officer, parse_qs(urlparse(address).query), {}) for address in addresses]
    assert [waiting_list.rows(officer, asked).count() for asked in listed] == [counted, dict(_waiting_by_place(officer))[country["Fig"].pk]]
    assert counted == 2
