"""What can be asked about outcomes, and about the campaigns on whose list a household or person is."""

from datetime import date
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from coremis.kernel.module.contributions import Contribution
from coremis.kernel.screens.facts import CHOICE, DATE, NUMBER, PLACE, Fact, Link
from coremis.modules.programmes.models import Programme
from coremis.modules.registry.models import Household, Person
from coremis.modules.targeting.models import Campaign, Outcome, StageEntry, Verdict
from coremis.modules.targeting.queries import latest_entries

SEES = "targeting.view_stageentry"


def entries_on(day: date) -> "QuerySet[StageEntry]":
    """The outcomes as they stand, of the campaigns whose reference date had come by a day."""
    due: QuerySet[StageEntry] = latest_entries().filter(run__stage__campaign__day__lte=day)
    return due.exclude(run__stage__campaign__state=Campaign.State.ABANDONED)


def campaigns(user: Any = None) -> list[tuple[int, str]]:
    """The campaigns to choose from, the newest first."""
    rows: QuerySet[Campaign] = Campaign.objects.all() if user is None else Campaign.objects.visible_to(user, "targeting.view_campaign")
    return [(campaign.pk, str(campaign)) for campaign in rows.order_by("-day", "-pk")]


def programmes(user: Any = None) -> list[tuple[int, str]]:
    """The programmes to choose from."""
    rows: QuerySet[Programme] = Programme.objects.all() if user is None else Programme.objects.visible_to(user, "programmes.view_programme")
    return [(programme.pk, str(programme)) for programme in rows]


of = partial(Fact, StageEntry, group=_("Targeting"))
listed = partial(
    Link, code="campaigns", title=_("Targeting"), rows=entries_on, scope=((StageEntry, ""),), permission=SEES, order=45,
    some=_("is on the list of a campaign where"), none=_("is on the list of no campaign where"),
    least=_("is on the lists of at least %(n)s campaigns where"),
)  # fmt: skip

facts: list[Contribution] = [
    of("campaign", _("Targeting campaign"), CHOICE, path="run__stage__campaign_id", choices=campaigns, order=10),
    of("programme", _("Programme"), CHOICE, path="run__stage__campaign__programme_id", choices=programmes, order=20),
    of("outcome", _("Outcome"), CHOICE, path="outcome", choices=Outcome.choices, order=30),
    of("rank", _("Rank"), NUMBER, path="rank", order=40),
    of("score", _("Score"), NUMBER, path="value", order=50),
    of("verdict", _("Community"), CHOICE, path="verdict", choices=Verdict.choices, missing="", order=60),
    of("waits_until", _("Waits until"), DATE, path="waits_until", order=70),
    of("area", _("Place"), PLACE, path="area", order=80),
    listed(Household, key="household"),
    listed(Person, key="person"),
]
