"""A country in which the whole thread has run once, small: one row of nearly every kind, all of them in the North."""

import re
from datetime import date
from types import SimpleNamespace
from typing import Any

from django.apps import apps
from django.db import connection
from django.test import Client

from coremis.kernel.access.models import Profile
from coremis.kernel.access.permissions import known_permissions
from coremis.kernel.actions.services import maintenance
from coremis.kernel.exchange.models import Batch, Correction, SavedMapping
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import build_country, make_user
from coremis.modules.benefits.models import BenefitRule, RuleVersion
from coremis.modules.dashboards.models import Dashboard
from coremis.modules.duplicates.models import DuplicateGroup, DuplicateMember
from coremis.modules.filters.models import SavedFilter
from coremis.modules.geography.models import AreaFigure, AreaGroup, FigureKind, GroupPlace
from coremis.modules.points.models import HouseholdPoint, PaymentPoint, PointManager, Provider, ServedPlace
from coremis.modules.programmes.models import Programme
from coremis.modules.registry.models import Household, HouseholdMove, Person
from coremis.modules.registry.tests.factories import make_paper, make_photo
from coremis.modules.scoring.models import FormulaVersion, Score, ScoreFormula, ScoreRun
from coremis.modules.simulation.models import Simulation
from coremis.modules.targeting.models import Appeal, Campaign, CampaignArea, Kind, Outcome, Stage, StageEntry, StageRun
from coremis.modules.validation.models import Meeting
from tests.proof.whole_thread import Thread

# Signing in and looking at pages writes here; it is no business.
OF_THE_FRAME = {"django_session", "sqlite_sequence", "django_content_type", "django_migrations"}


def build(households: int = 12) -> Any:
    """The country by name, three people with every right in all of it, and the thread that ran."""
    country = build_country()
    people = [make_user(name, *known_permissions(), area=country["Testland"]) for name in ("maker", "sender", "accountant")]
    thread = Thread(country["North"], people, run_until_idle, households)
    thread.run()
    assert not Job.objects.exclude(state="DONE").exists()
    return SimpleNamespace(country=country, people=people, thread=thread)


def row_counts() -> dict[str, int]:
    """How many rows each table holds."""
    with connection.cursor() as cursor:
        found = {}
        for table in sorted({model._meta.db_table for model in apps.get_models() if model._meta.managed} - OF_THE_FRAME):
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            found[table] = cursor.fetchone()[0]
    return found


def browser(person: Any) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    client.force_login(person, backend="coremis.kernel.access.backends.AssignmentBackend")
    return client


def hidden(page: Any, name: str) -> str:
    """A hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())
    return found[1] if found else ""


def sent(client: Client, url: str, **values: Any) -> dict[str, Any]:
    """What a form sends when it is opened, filled in, looked at and confirmed."""
    page = client.get(url)
    assert page.status_code == 200, (page.status_code, url)
    data = {"key": hidden(page, "key"), "version": hidden(page, "version"), "step": "confirm", **values}
    look = client.post(url, {**data, "step": "preview"}) if b'value="preview"' in page.content else page
    return {**data, "seen": hidden(look, "seen")}


def said(page: Any) -> str:
    """The words of the page's main part, without the frame."""
    text = re.sub(r"(?s).*?<main[^>]*>|</main>.*", "", page.content.decode())
    return re.sub(r"\s+", " ", re.sub(r"(?s)<script.*?</script>|<[^>]+>", " ", text)).strip()


def furnish(found: Any) -> None:
    """One row of every further kind that an action may be about, in the North where it has a place."""
    north, user, today = found.country["Almond"], found.people[0], date(2026, 1, 1)
    household, other = Household.objects.filter(area=north).order_by("pk")[:2]
    person = Person.objects.filter(area=north).order_by("pk")[0]
    make_photo(person)
    make_paper(household)
    batch, programme = Batch.objects.order_by("pk")[0], Programme.objects.order_by("pk")[0]
    rule = BenefitRule(programme=programme, code="rule", names={"en": "Rule"})
    provider = Provider(code="bank", name="Bank", way=Provider.Way.DIGITAL)
    point = PaymentPoint(code="school", name="School", area=north)
    group = DuplicateGroup(likeness="PHONE", mark="0" * 64, found_on=today, member_count=1)
    mapping = SavedMapping(import_kind="intake.persons", name="List", name_key="list", owner=user)
    keep(
        rule, RuleVersion(rule=rule, version_number=1), provider, point, ServedPlace(point=point, area=north, valid_from=today),
        HouseholdPoint(household=other, point=point, valid_from=today, reason="Nearer"),
        PointManager(point=point, user=user, valid_from=today), group, DuplicateMember(group=group, person=person, since=today),
        mapping, Correction(batch=batch, column="sex", before="x", after="female", made_by=user),
        SavedFilter(name="Filter", subject="household", owner=user),
        Dashboard(profile=Profile.objects.order_by("pk")[0], names={"en": "Board"}),
        HouseholdMove(
            household=household, from_area=north, to_area=found.country["Beech"], reason="Work", proposed_by=user.pk, proposed_name="m"
        ),
    )  # fmt: skip
    furnish_geography(north, household)
    furnish_targeting(programme, north, household)


def furnish_geography(north: Any, household: Any) -> None:
    """A figure, a group of places, and a simulation of what one formula scored."""
    today, group = date(2026, 1, 1), AreaGroup(code="hills", names={"en": "Hills"})
    kind, formula = FigureKind(code="people", names={"en": "People"}), ScoreFormula(code="card", names={"en": "Card"})
    version = FormulaVersion(formula=formula, version_number=1)
    run = ScoreRun(formula_version=version, area=north, area_ids=[north.pk], day=today, state=ScoreRun.State.DONE, scored=1)
    keep(
        kind, AreaFigure(area=north, kind=kind, value=120, year=2025, valid_from=today), group,
        GroupPlace(group=group, area=north, valid_from=today), formula, version, run, Score(run=run, household=household, area=north, value=1),
        Simulation(title="Up to 5", run=run, area=north, rule=Simulation.Rule.CUTOFF, cutoff=5),
    )  # fmt: skip


def furnish_targeting(programme: Any, north: Any, household: Any) -> None:
    """A campaign with a list on which one household stands, an appeal of it, and the meeting of its village."""
    today = date(2026, 1, 1)
    campaign = Campaign(programme=programme, code="first", names={"en": "First"}, area=north, area_ids=[north.pk], day=today)
    stage = Stage(campaign=campaign, position=1, kind=Kind.VALIDATION)
    run = StageRun(stage=stage, attempt=1, state=StageRun.State.OPEN, listed=1, going_on=1)
    entry = StageEntry(run=run, household=household, area=north, outcome=Outcome.IN)
    keep(
        campaign, CampaignArea(campaign=campaign, area=north), stage, run, entry,
        Appeal(entry=entry, kind=Appeal.Kind.WRONG_DATA, words="The roof is of straw"),
        Meeting(run=run, area=north, held_on=today, facilitator="A. Teacher", women=6, men=4),
    )  # fmt: skip


def keep(*rows: Any) -> None:
    """Save rows that refer to each other, in this order, past every rule of the actions."""
    with maintenance("the world of the proofs"):
        for row in rows:
            for field in row._meta.fields:  # the rows before got their ids only now
                if field.is_relation and (held := getattr(row, field.name, None)) is not None:
                    setattr(row, field.name, held)
            row.save()
