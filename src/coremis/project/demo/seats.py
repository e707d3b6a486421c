"""The cast of the demo, and how its people work together: one asks, others agree, the worker does the work."""

from datetime import date
from typing import Any

from coremis.kernel.access.models import Profile, User
from coremis.kernel.access.services import assign, create_user
from coremis.kernel.actions.action import Action
from coremis.kernel.actions.keys import Earlier
from coremis.kernel.actions.parameters import Secret
from coremis.kernel.approvals.models import Request
from coremis.kernel.approvals.services import Outcome, approve_request, submit
from coremis.kernel.areas.models import Area
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.jobs.models import Job, State
from coremis.kernel.jobs.worker import run_until_idle

PASSWORD = "Sanzira-2026"
PEOPLE = {
    "manager": ("Clarisse Manirambo", "manager"),
    "data": ("Félix Kwizerwa", "data"),
    "commune": ("Nestor Gahungu", "commune"),
    "payments": ("Solange Ciza", "payments"),
    "verifier": ("Prosper Tuyaga", "verifier"),
    "controller": ("Godelieve Ntahimpera", "verifier"),
    "approver": ("Immaculée Havyari", "approver"),
    "accountant": ("Anselmo d'Almeida", "accountant"),
    "auditor": ("Béatrice Sindaye", "auditor"),
    "guest": ("Élie N'Dongo", ""),
}
# The ten seats of the top bar; the second verifier and the second administrator only agree with what others ask.
SWITCH = ("manager", "data", "commune", "payments", "verifier", "approver", "accountant", "auditor", "it", "guest")
ADMINISTRATORS = {"it": "Thaddée Misigaro", "it2": "Yvonne Bararwandi"}


def make_seats(country: Area, commune: Area, language: str = "") -> None:
    """Create the people; each profile is asked for by one administrator and agreed to by the other."""
    first, second = (User.objects.get(username=name) for name in ADMINISTRATORS)
    for username, (name, profile) in PEOPLE.items():
        user = create_user(username=username, name=name, password=Secret(PASSWORD), language=language, actor=first)
        if profile:
            place = commune if username == "commune" else country
            inputs = {"user": user, "profile": Profile.objects.get(code=profile), "area": place, "valid_from": date(2020, 1, 1)}
            agreed(assign, inputs, first, second)
    User.objects.update(must_change_password=False)


def seat(username: str) -> User:
    """One of them, with the rights of this moment."""
    return User.objects.get(username=username)


def agreed(action: Action[Any], inputs: dict[str, Any], maker: User, *checkers: User, note: str = "", key: str | None = None) -> Any:
    """Ask for an action and let the checkers agree, in this order; gives what the action returned.

    Raises where a checker is missing, or one too many is named.
    """
    return decide(submit(action, inputs, actor=maker, note=note, key=key), *checkers)


def decide(outcome: Outcome, *checkers: User) -> Any:
    """Let the checkers agree to what was submitted, in this order; gives what the action returned."""
    request = outcome.request
    if request is None:
        return outcome.result
    for checker in checkers:
        request = approve_request(request=request, actor=checker)
    if request.state != Request.State.APPROVED:
        raise Refusal(f"{request.action}: {request.state}, {request.level}")
    return Earlier(Request.objects.get(pk=request.pk).result).result()


def work_off() -> None:
    """Let the worker do all that is due; work that failed is an error here."""
    run_until_idle(limit=100_000)
    stuck = Job.objects.exclude(state__in=[State.DONE, State.CANCELLED]).order_by("-pk").first()
    if stuck:
        raise Refusal(f"{stuck.title}: {stuck.problem_text}\n{stuck.traceback}")


def everybody() -> list[str]:
    """The user names in the order in which they are shown."""
    return [*PEOPLE, *ADMINISTRATORS]
