"""Running work under control, and the first run of an empty installation."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.models import Profile, User
from coremis.kernel.access.seats import SEATS, permissions_of
from coremis.kernel.access.services import assign, create_user, save_profile
from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor, Authority, approved_by
from coremis.kernel.actions.parameters import Secret
from coremis.kernel.actions.system import system
from coremis.kernel.approvals.models import Route
from coremis.kernel.approvals.presets import presets
from coremis.kernel.approvals.services import save_route
from coremis.kernel.areas.models import Area
from coremis.kernel.areas.queries import country
from coremis.kernel.areas.services import add_area, define_levels, load_areas
from coremis.kernel.base.refusal import NotPermitted, Refusal
from coremis.kernel.config.services import change_settings
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.queue import ask_cancel, retry
from coremis.modules.administration.words import in_languages


@action(_("Cancel running work"))
def cancel_job(*, job: Job, actor: Actor) -> Job:
    """Stop a piece of work after its present step; what it had prepared is taken away again."""
    _own(job, actor)
    ask_cancel(job)
    return job


@action(_("Try failed work again"))
def retry_job(*, job: Job, actor: Actor) -> Job:
    """Let failed work go on from where it stopped."""
    _own(job, actor)
    retry(job)
    return job


@action(_("Note a backup"))
def note_backup(*, name: str, made_at: str, size: int, missing: int, with_keys: bool, actor: Actor) -> None:
    """Say in the history that a whole backup was made; ``size`` in bytes, ``missing`` files that the store did not have."""


@action(_("Note a restore"))
def note_restore(*, name: str, made_at: str, trial: bool, passed: bool, actor: Actor) -> None:
    """Say in the history that a backup was restored here, or tried beside this installation (``trial``), and whether it held."""


@action(_("Install the ready profiles and approval routes"), approvable=True, covers=(save_profile, save_route))
def install_presets(*, area: Area, actor: Actor) -> int:
    """One profile for each seat, and a route for every approvable action, so that failing closed does not lock the door.

    Profiles and routes that exist already are left as the country has them. Returns how many were added.
    """
    profiles, routes = missing_presets(area)
    for seat in profiles:
        save_profile(code=seat, names=in_languages(SEATS[seat]), permissions=permissions_of(seat), actor=actor)
    for name, levels, min_amount in routes:
        save_route(action=name, area=area, min_amount=min_amount, levels=[{"profile": seat} for seat in levels], actor=actor)
    return len(profiles) + len(routes)


def missing_presets(area: Area) -> tuple[list[str], list[tuple[str, tuple[str, ...], int]]]:
    """The seats without a profile, and the ready routes (action, seats, amount) that are not in use in this area."""
    held = set(Profile.objects.values_list("code", flat=True))
    there = set(Route.objects.filter(area=area, is_active=True).values_list("action", "min_amount"))
    return [seat for seat in SEATS if seat not in held], [ready for ready in presets() if (ready[0], ready[2]) not in there]


@action(_("Set up the country"), covers=(define_levels, add_area, load_areas, change_settings, install_presets, save_profile, save_route))
def set_up_country(
    *, name: str, code: str, levels: list[dict[str, Any]], units: list[dict[str, Any]], settings: dict[str, Any], actor: Actor
) -> Area:
    """The first run: levels, the country and its units, settings, ready profiles and routes. Only once, only while nothing exists."""
    if country() is not None:
        raise Refusal(_("This installation is set up already. Sign in."))
    define_levels(names=levels, actor=actor)
    root = add_area(name=name, code=code, actor=actor)
    if units:
        load_areas(rows=[{**unit, "parent": unit.get("parent") or code} for unit in units], actor=actor)
    change_settings(values=settings, actor=actor)
    install_presets(area=root, actor=actor)
    return root


def first_run(*, country_inputs: dict[str, Any], administrators: list[dict[str, str]]) -> Area:
    """Set up an empty installation with two administrators, in one transaction; refused as soon as any user exists."""
    done_by = system(*(item.name for item in (set_up_country, create_user, assign)))
    with transaction.atomic():
        with approved_by(Authority(set_up_country.name, None, route_says_none=True)):
            root = set_up_country(actor=done_by, key="first-run", **country_inputs)
        if User.objects.exists():
            raise Refusal(_("This installation is set up already. Sign in."))
        profile = Profile.objects.get(code="it")
        for person in administrators:
            user = create_user(actor=done_by, username=person["username"], name=person["name"], password=Secret(person["password"]))
            with approved_by(Authority(assign.name, None, route_says_none=True)):
                assign(user=user, profile=profile, area=root, valid_from=date(2000, 1, 1), actor=done_by)
    return root


def _own(job: Job, actor: Any) -> None:
    if job.actor_id != actor.pk and not actor.places_for("jobs.view_job").everywhere:
        raise NotPermitted(_("This work was started by somebody else. Only they or an administrator can do this."))
