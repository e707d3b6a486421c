"""What the villages of Sanzira said about the lists that were read out to them: meetings, rejections, additions."""

import random
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from coremis.kernel.areas.models import Area
from coremis.modules.targeting.models import Outcome, StageEntry, StageRun, Verdict
from coremis.modules.targeting.services import close_validation, confirm_others, record_verdict
from coremis.modules.targeting.services.verdicts import Rejection
from coremis.modules.validation.services import record_meeting, take_village_list
from coremis.project.demo.country import SEED, settled_hills
from coremis.project.demo.names import MEN, SURNAMES, WOMEN
from coremis.project.demo.people import hill_at
from coremis.project.demo.planted import FIRST, PLANTED
from coremis.project.demo.quotas import places_for
from coremis.project.demo.seats import seat

REJECTED, PROPOSED = 0.005, 0.003  # of the places of the programme
REASONS = (Rejection.NOT_HERE, Rejection.NOT_POOR, Rejection.PUBLIC_EMPLOYEE, Rejection.REFUSED, Rejection.TWICE)
WOMEN_CAME, MEN_CAME = (18, 64), (9, 41)  # to a meeting, at least and at most


def take_a_list(run: StageRun, households: int) -> None:
    """The officer of the commune prints the list of Espérance's village for its meeting."""
    village = Area.objects.get(code=hill_at(households, FIRST))
    take_village_list(run=run, area=village, language="fr", actor=seat("commune"))


def hold_meetings(run: StageRun, households: int) -> None:
    """One meeting in each village, with who came and who sat in the committee."""
    chance, today = random.Random(SEED), timezone.localdate()
    for place, village in enumerate(Area.objects.filter(code__in=settled_hills(households)).order_by("code")):
        women, men = chance.randint(*WOMEN_CAME), chance.randint(*MEN_CAME)
        record_meeting(
            run=run, area=village, held_on=today - timedelta(days=place % 5), facilitator=person(chance), women=women, men=men,
            young=chance.randint(0, (women + men) // 3), with_disability=chance.randint(0, 4), quorum_reached=True,
            committee="\n".join(person(chance) for _member in range(3)), actor=seat("manager"),
        )  # fmt: skip


def person(chance: random.Random) -> str:
    """A name."""
    return f"{chance.choice(WOMEN + MEN)} {chance.choice(SURNAMES)}"


def hear_the_villages(run: StageRun, households: int) -> None:
    """Most is confirmed; some are rejected with a reason, some proposed who were not on the list. Nothing of it in planted villages."""
    places = places_for(households)
    hills = set(settled_hills(households)) - {hill_at(households, one.hill) for one in PLANTED}
    entries = StageEntry.objects.filter(run=run, area__code__in=hills).order_by("household__number")
    rejected = every(entries.filter(outcome=Outcome.SELECTED), max(1, round(places * REJECTED)))
    for place, entry in enumerate(rejected):
        record_verdict(entry=entry, verdict=Verdict.REJECTED, reason=REASONS[place % len(REASONS)].value, actor=seat("manager"))
    for entry in every(entries.filter(outcome=Outcome.NOT_SELECTED), max(1, round(places * PROPOSED))):
        record_verdict(entry=entry, verdict=Verdict.ADDITION, note="La maison a brûlé après l'enquête", actor=seat("manager"))
    hold_meetings(run, households)
    zones = {hill[:-2] for hill in settled_hills(households)}
    for zone in Area.objects.filter(code__in=zones).order_by("code"):
        confirm_others(run=run, area=zone, actor=seat("manager"))
    close_validation(run=run, note="Lu dans chaque village", actor=seat("manager"))


def every(rows: "QuerySet[StageEntry]", count: int) -> list[StageEntry]:
    """So many of the rows, spread evenly."""
    found = list(rows)
    return found[:: max(1, len(found) // count)][:count]
