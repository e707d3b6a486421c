"""Every action of the product, called directly: refused without its permission, and refused for places that are not one's own.

The inputs are those of a small country in which the whole thread has run; everything placed lies in the North.
"""

from datetime import date
from decimal import Decimal
from enum import Enum

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils import timezone

from coremis.kernel.actions.services import maintenance
from coremis.kernel.access.permissions import known_permissions
from coremis.kernel.actions.action import ACTIONS, records_in
from coremis.kernel.actions.parameters import PartialDate, Secret
from coremis.kernel.approvals.presets import presets
from coremis.kernel.approvals.services import submit, submit_request
from coremis.kernel.areas.models import Area
from coremis.kernel.base.dates import parse_partial_date
from coremis.kernel.base.money import Money
from coremis.kernel.base.refusal import NotPermitted, OutsidePlaces
from coremis.kernel.testing.cast import make_profile, make_route, make_user
from coremis.modules.payments.models import FlagGroup, Payroll
from coremis.modules.programmes.services import create_programme
from coremis.modules.registry.models import Household, Person
from coremis.modules.registry.tests.factories import make_document, make_variable
from tests.proof.world import build, furnish, row_counts

pytestmark = pytest.mark.django_db
OURS = sorted(name for name in ACTIONS if name.split(".")[0] in {config.label for config in apps.get_app_configs()})

# Actions none of whose inputs lies anywhere, and why this holds. A new one must be entered here, with its reason.
WITHOUT_PLACE = {
    "access.create_user": "a user has no place before an assignment, which has one and is approved",
    "access.save_profile": "a profile is only a list; approved by a second person",
    "actions.maintain": "no profile can give it effect: it writes nothing",
    "actions.redact": "the places of the changes are checked inside",
    "administration.cancel_job": "own work, or the whole country: checked inside",
    "administration.retry_job": "own work, or the whole country: checked inside",
    "administration.set_up_country": "refused as soon as there is a country",
    "administration.note_backup": "only the command that makes backups calls it; it writes no row but the history's",
    "administration.note_restore": "only the command that restores calls it; it writes no row but the history's",
    "approvals.submit_request": "checks the places of what it submits",
    "areas.define_levels": "levels of the whole country",
    "areas.load_areas": "the places of the rows are checked inside",
    "config.change_settings": "settings of the whole country",
    "ledger.store_proof": "only the nightly job calls it",
    "payments.save_cycle": "a cycle belongs to a programme, which has no place",
    "payments.close_cycle": "a cycle belongs to a programme, which has no place",
    "payments.plan_cycles": "a cycle belongs to a programme, which has no place",
    "payments.set_payment_terms": "a programme has no place; approved by a second person",
    "payments.waive_order": "a cycle belongs to a programme, which has no place; approved by a second person",
    "payments.save_fund": "a fund belongs to a programme, which has no place",
    "programmes.change_programme": "a programme has no place; approved by a second person",
    "programmes.create_programme": "a programme has no place",
    "registry.define_variable": "the data dictionary has no place",
    "registry.change_variable": "the data dictionary has no place; approved by a second person",
    "registry.reorder_variables": "the data dictionary has no place",
    "registry.restore_variable": "the data dictionary has no place; approved by a second person",
    "registry.retire_variable": "the data dictionary has no place; approved by a second person",
    "screens.export_list": "holds only the rows in one's own places",
    "screens.save_exported_list": "the file is for one user and follows that user's rights",
    "ledger.receive_funds": "an account has no place; its movement lies in the whole country and is checked",
    "ledger.reverse_receipt": "as above",
    "benefits.activate_version": "a benefit rule has no place; approved by a second person",
    "benefits.move_part": "a benefit rule belongs to a programme, which has no place",
    "benefits.remove_example": "a benefit rule belongs to a programme, which has no place",
    "benefits.remove_part": "a benefit rule belongs to a programme, which has no place",
    "benefits.save_example": "a benefit rule belongs to a programme, which has no place",
    "benefits.save_limits": "a benefit rule belongs to a programme, which has no place",
    "benefits.save_part": "a benefit rule belongs to a programme, which has no place",
    "benefits.save_rule": "a benefit rule belongs to a programme, which has no place",
    "benefits.start_version": "a benefit rule belongs to a programme, which has no place",
    "dashboards.arrange_own_dashboard": "a dashboard has no place: it is read with the reader's rights; whose it is, is checked inside",
    "dashboards.arrange_profile_dashboard": "a dashboard has no place: it is read with the reader's rights",
    "dashboards.create_own_dashboard": "a dashboard has no place: it is read with the reader's rights",
    "dashboards.create_profile_dashboard": "a dashboard has no place: it is read with the reader's rights",
    "dashboards.put_away_own_dashboard": "a dashboard has no place; whose it is, is checked inside",
    "dashboards.put_away_profile_dashboard": "a dashboard has no place",
    "dashboards.refresh_figures": "orders the counting of every hour earlier; it changes nobody",
    "duplicates.keep_findings": "only the nightly search calls it",
    "duplicates.look_for_duplicates": "orders the search of every night earlier; it changes nobody",
    "exchange.retire_mapping": "a mapping has no place; whose it is, is checked inside",
    "exchange.save_mapping": "a mapping has no place; whose it is, is checked inside",
    "filters.change_filter": "a filter has no place: it is used with the reader's rights; whose it is, is checked inside",
    "filters.copy_filter": "a filter has no place: it is used with the reader's rights; whose it is, is checked inside",
    "filters.retire_filter": "a filter has no place: it is used with the reader's rights; whose it is, is checked inside",
    "filters.save_filter": "a filter has no place: it is used with the reader's rights; whose it is, is checked inside",
    "geography.add_usual_figures": "kinds of figures of the whole country",
    "geography.load_outlines": "the places of the outlines are checked inside",
    "geography.save_figure_kind": "kinds of figures of the whole country",
    "payments.save_notes_and_coins": "notes and coins of the whole country",
    "payments.save_unclaimed_policy": "a programme has no place",
    "points.add_provider": "a provider has no place; the points that name it have",
    "points.change_provider": "a provider has no place; the points that name it have",
    "programmes.store_criteria": "a programme has no place; the criteria are used with the reader's rights",
    **dict.fromkeys(
        [
            "scoring.activate_version",
            "scoring.load_formulas",
            "scoring.move_entry",
            "scoring.remove_entry",
            "scoring.save_category",
            "scoring.save_cutoff",
            "scoring.save_example",
            "scoring.save_fact",
            "scoring.save_formula",
            "scoring.save_member_fact",
            "scoring.save_settings",
            "scoring.save_stratum",
            "scoring.save_term",
            "scoring.start_version",
        ],
        "a formula has no place; a version is put into use with the approval of a second person, and scored where its places are",
    ),
    "registry.accept_move": "a move has two places: the arriving one is checked inside",
    "registry.recall_move": "a move has two places: the leaving one is checked inside",
    "registry.reject_move": "as above",
    "access.change_user": "the places of the other user's assignments are checked inside",
    "access.reset_password": "as above",
    "access.set_user_active": "as above",
}


@pytest.fixture
def world(db, tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path)
    found = build()
    north = found.country["North"]
    make_document(Person.objects.order_by("pk").first())
    make_variable("rooms")
    furnish(found)
    profile = make_profile("checkers", "approvals.approve_request")
    make_user("northerner", area=found.country["Almond"], profile=profile)
    make_route("access.assign", north, profile)
    for name in {ready[0] for ready in presets()} - {"access.assign"}:
        make_route(name, found.country["Testland"], profile)
    with maintenance("a flagged group"):
        now, payroll = timezone.now(), Payroll.objects.latest("pk")
        FlagGroup(
            payroll=payroll, kind="PHONE", severity="SERIOUS", key="k", size=1, first_enrolment=1, enrolment_sum=1, found_at=now
        ).save()  # fmt: skip
    user = found.people[0]
    inputs = {"user": user, "profile": profile, "area": north, "valid_from": date(2026, 1, 1)}
    submit(ACTIONS["access.assign"], inputs, actor=user)
    return found


def plausible(action, world):
    """Inputs of the right types, with rows of the North for every record."""
    return {name: value_for(given, world) for name, given in action.parameters.items()}


def value_for(given, world):
    if given.many and issubclass(given.type, models.Model):
        return [row_for(given.type, world)]
    if given.many:
        return []
    if issubclass(given.type, models.Model):
        return row_for(given.type, world)
    return scalar_for(given.type)


def row_for(model, world):
    """A row in the North where the class has places."""
    if model is Area:
        return world.country["Almond"]
    rows = model._base_manager.order_by("pk")
    placed = [row for row in rows[:200] if hasattr(row, "place_ids") and inside(row, world)]
    assert placed or rows, f"the world of this test has no {model._meta.label}"
    return (placed or list(rows[:1]))[-1]


def inside(row, world):
    north = set(Area.objects.filter(ancestors_of__ancestor=world.country["North"]).values_list("pk", flat=True))
    return bool(row.place_ids()) and set(row.place_ids()) <= north


def scalar_for(kind):
    if issubclass(kind, Enum):
        return next(iter(kind))
    made = {
        bool: True, int: 1, float: 1.0, Decimal: Decimal(1), str: "text", dict: {}, list: [], date: date(2026, 1, 1), Money: Money(100, "SZF"),
        PartialDate: parse_partial_date("1990"), Secret: Secret("Long-enough-9"),
    }  # fmt: skip
    return made[kind]


def test_it_works(world):
    """Pitfalls S1, S4, S8: with every other permission in the whole country, each single action is refused; nothing is written."""
    everything, wrong = set(known_permissions()), []
    users = {name: make_user(f"lacks-{place}", *(everything - {name}), area=world.country["Testland"]) for place, name in enumerate(OURS)}
    before = row_counts()
    for name in OURS:
        inputs = plausible(ACTIONS[name], world)
        for way in ways(ACTIONS[name]):
            try:
                way(users[name], inputs)
                wrong.append(f"{name}: done without its permission")
            except NotPermitted:
                pass
            except Exception as problem:
                wrong.append(f"{name}: {type(problem).__name__}: {problem}")
    assert not wrong, "\n".join(wrong)
    assert row_counts() == before


def test_with_the_permission_elsewhere(world):
    """Pitfalls S10, S14: with every permission, but in the South only, nothing of the North can be acted on; nothing is written."""
    stranger = make_user("stranger", *known_permissions(), area=world.country["South"])
    before, wrong, checked = row_counts(), [], 0
    for name in OURS:
        inputs = plausible(ACTIONS[name], world)
        if not any(row.place_ids() for row in records_in(inputs)):
            continue
        for way in ways(ACTIONS[name]):
            checked += 1
            try:
                way(stranger, inputs)
                wrong.append(f"{name}: done outside the places")
            except OutsidePlaces:
                pass
            except Exception as problem:
                wrong.append(f"{name}: {type(problem).__name__}: {problem}")
    assert not wrong, "\n".join(wrong)
    assert checked > 40 and row_counts() == before


def ways(action):
    """Called directly, and where it is approvable also through the submission."""
    direct = [lambda actor, inputs: action(actor=actor, **inputs)]
    return [*direct, lambda actor, inputs: submit(action, inputs, actor=actor)] if action.approvable else direct


def test_what_has_no_place_is_known(world):
    """Pitfall S10: an action without a placed input is listed with its reason, so that a new one is thought about."""
    found = {name for name in OURS if not any(row.place_ids() for row in records_in(plausible(ACTIONS[name], world)))}
    assert sorted(found ^ set(WITHOUT_PLACE)) == []


def test_a_forged_submission_is_checked_like_the_action(world):
    """Pitfall S14: ``submit_request`` called directly, with raw inputs, for places that are not one's own."""
    stranger = make_user("stranger", *known_permissions(), area=world.country["South"])
    household = Household.objects.order_by("pk").first()
    before = row_counts()
    for name in (name for name in OURS if ACTIONS[name].approvable):
        inputs = plausible(ACTIONS[name], world)
        if any(row.place_ids() for row in records_in(inputs)):
            with pytest.raises(OutsidePlaces):
                submit_request(action=name, inputs=ACTIONS[name].to_stored(inputs), actor=stranger)
    assert row_counts() == before and household is not None and create_programme.name in OURS
