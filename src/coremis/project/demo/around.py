"""What stands around the delivery chain: payment points, a shared filter, the search for possible duplicates."""

from django.utils import timezone

from coremis.kernel.access.models import User
from coremis.kernel.areas.models import Area
from coremis.kernel.jobs.schedule import enqueue_due
from coremis.modules.filters.models import SavedFilter
from coremis.modules.filters.services import save_filter
from coremis.modules.points.services import add_point, assign_point_manager, serve_places
from coremis.modules.scoring.models import ScoreRun
from coremis.modules.simulation.models import Simulation
from coremis.modules.simulation.services import simulate
from coremis.project.demo.country import SETTLED, settled_hills
from coremis.project.demo.quotas import places_for
from coremis.project.demo.seats import seat, work_off

# Households of five or more with at least two children of four years or less.
LARGE_FAMILIES = {
    "about": "household",
    "where": {
        "all": [
            {"fact": "registry.household.size", "is": "least", "value": 5},
            {
                "link": "registry.household:members",
                "count": 2,
                "where": {"all": [{"fact": "registry.person.age", "is": "most", "value": 4}]},
            },
        ]
    },
}


def make_points(households: int) -> None:
    """A payment point in each zone where families live; the commune's officer answers for those of the own commune."""
    today, officer = timezone.localdate(), seat("payments")
    zones = {hill[:-2] for hill in settled_hills(households)}
    for zone in Area.objects.filter(code__in=zones).select_related("parent").order_by("code"):
        point = add_point(area=zone, code=f"PP-{zone.code}", name=f"{zone.name}, centre", address="Place du marché", actor=officer)
        serve_places(point=point, areas=[zone], since=today, actor=officer)
        assign_point_manager(point=point, manager=point_manager(zone), actor=officer)


def point_manager(zone: Area) -> User:
    """Who answers for the point of a zone."""
    return seat("commune") if zone.code.startswith(SETTLED[0]) else seat("payments")


def keep_filter() -> SavedFilter:
    """A question about families that the manager shares with everybody."""
    return save_filter(
        name="Familles nombreuses avec de jeunes enfants",
        condition=LARGE_FAMILIES,
        shared=SavedFilter.Shared.EVERYBODY,
        actor=seat("manager"),
    )


def try_a_rule(households: int) -> None:
    """What a tenth more places would have done, by sex of the head and by disability; it changes nothing."""
    run = ScoreRun.objects.filter(state=ScoreRun.State.DONE).order_by("pk").first()
    assert run is not None
    title, places = "Un dixième de places en plus", round(places_for(households) * 1.1)
    simulate(title=title, run=run, rule=Simulation.Rule.PLACES, places=places, disability="disability", actor=seat("manager"))
    work_off()


def let_a_night_pass() -> None:
    """What runs every hour and every night: seals, proofs, the search for possible duplicates, the figures of dashboards."""
    enqueue_due()
    work_off()
