"""A campaign whose list lies before two villages."""

from datetime import date

from coremis.kernel.testing.cast import everywhere
from coremis.modules.targeting.models import Kind, StageEntry
from coremis.modules.targeting.services.campaigns import Ladder
from coremis.modules.targeting.tests.sample import (
    carry_out,
    everything,
    give_quota,
    make_campaign,
    make_formula,
    make_programme,
    many_households,
    set_stage,
)
from coremis.modules.validation import services

WRITES = [action.name for action in (services.take_village_list, services.record_meeting, services.attach_minutes, services.record_answers)]
ACTOR = everywhere(*WRITES, "validation.view_meeting", "targeting.view_stageentry", "targeting.confirm_others", "registry.view_household")
HELD = date(2026, 3, 10)


def open_validation(villages, count=12, places=4, **settings):
    """The open list of a validation: in each village ``places`` are selected and as many wait."""
    for village in villages:
        many_households(village, count)
    campaign = make_campaign(make_programme(), *villages, ladder=Ladder.SCORE)
    set_stage(campaign, Kind.SCORING, formula=make_formula().pk)
    set_stage(campaign, Kind.VALIDATION, **settings)
    give_quota(campaign, dict.fromkeys(villages, places))
    return carry_out(campaign, Kind.LISTING, Kind.SCORING, Kind.QUOTA, Kind.VALIDATION)


def entries(run, village, outcome):
    return list(StageEntry.objects.filter(run=run, area=village, outcome=outcome).order_by("rank", "pk"))


def say(run, village, said):
    """Record answers given as {entry: (verdict, reason, note)}."""
    given = {str(entry.pk): dict(zip(("verdict", "reason", "note"), (*told, "", ""), strict=False)) for entry, told in said.items()}
    return services.record_answers(run=run, area=village, said=given, actor=ACTOR)


def meet(run, village, **fields):
    return services.record_meeting(
        run=run, area=village, actor=ACTOR, **{"held_on": HELD, "facilitator": "Ada Lo", "women": 40, "men": 30, **fields}
    )


__all__ = ["everything"]
