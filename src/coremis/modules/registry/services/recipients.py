"""Who may collect for a household (rulebook 2.6): one primary recipient, alternates beside, every change with its reason."""

from datetime import date, timedelta

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.action import action
from coremis.kernel.actions.context import Actor
from coremis.kernel.base.refusal import Invalid, Refusal
from coremis.modules.registry.models import AlternateUse, ChangeCause, Document, Household, Paper, Person, Photo, Recipient
from coremis.modules.registry.rules import clean_text, is_adult
from coremis.modules.registry.services.alternates import end_uses
from coremis.modules.registry.services.living import check_day, lock, open_membership
from coremis.modules.registry.services.papers import check_paper


@action(_("Name the primary recipient"))
def name_recipient(*, household: Household, person: Person, on: date | None = None, reason: str = "", actor: Actor) -> Recipient:
    """The first primary recipient of a household. Every later one is a change, which others must approve."""
    household = lock(household)
    if Recipient.objects.filter(household=household, rank=0).exists():
        raise Refusal(_("This household has had a primary recipient. Use “Change the primary recipient”."))
    open_membership(household, person)
    check_recipient(person, reason)
    _end_as_alternate(household, person, check_day(on, "on"))
    return store_recipient(household, person, 0, check_day(on, "on"), reason)


@action(_("Change the primary recipient"), approvable=True)
def change_recipient(
    *, household: Household, person: Person, cause: ChangeCause, reason: str = "", on: date | None = None, paper: Paper, actor: Actor
) -> Recipient:
    """Another member collects from a day on; the former recipient's last day is the day before.

    ``reason`` explains the cause, ``paper`` proves it. Whoever collected in between as an alternate is no longer counted.
    """
    household = lock(household)
    check_paper(paper, household)
    open_membership(household, person)
    check_recipient(person, reason)
    now = Recipient.objects.filter(household=household, rank=0, valid_until=None).select_related("household").first()
    if now and now.person_id == person.pk:
        raise Refusal(_("%(name)s is the primary recipient already."), name=person.full_name)
    before = Recipient.objects.filter(household=household, rank=0).aggregate(last=Max("valid_from"))["last"]
    if before is None:
        raise Refusal(_("This household has no primary recipient yet. Use “Name the primary recipient”."))
    day = check_day(on, "on", before)
    if now:
        now.valid_until = day - timedelta(days=1)
        now.save()
    _end_as_alternate(household, person, day)
    end_uses(Household.objects.filter(pk=household.pk), AlternateUse.Ended.CHANGE)
    return store_recipient(household, person, 0, day, clean_text(reason), cause)


@action(_("Name an alternate recipient"))
def set_alternate(*, household: Household, person: Person, on: date | None = None, reason: str = "", actor: Actor) -> Recipient:
    """One more person who may collect when the primary recipient cannot; somebody from outside needs a reason."""
    household = lock(household)
    check_recipient(person, reason)
    if Recipient.objects.filter(household=household, person=person, valid_until=None).exists():
        raise Refusal(_("%(name)s may collect for this household already."), name=person.full_name)
    lives_here = household.memberships.filter(person=person, left_on=None).exists()
    if not lives_here and not reason.strip():
        raise Invalid(_("This person does not live in the household."), {"reason": [_("Say why somebody from outside collects.")]})
    if not lives_here:
        _check_known(person)
    last = Recipient.objects.filter(household=household, valid_until=None).aggregate(last=Max("rank"))["last"]
    return store_recipient(household, person, max(last or 0, 0) + 1, check_day(on, "on"), clean_text(reason))


@action(_("Take away an alternate recipient"))
def remove_alternate(*, recipient: Recipient, reason: str, actor: Actor) -> Recipient:
    """Somebody no longer collects as an alternate, from today on."""
    lock(recipient.household)
    recipient = Recipient.objects.select_related("household").get(pk=recipient.pk)
    if recipient.rank == 0:
        raise Refusal(_("This is the primary recipient. Use “Change the primary recipient”."))
    if recipient.valid_until:
        raise Refusal(_("This ended already."))
    recipient.valid_until = timezone.localdate() - timedelta(days=1)
    recipient.save()
    return recipient


def _check_known(person: Person) -> None:
    """Somebody from outside is recognised at the payment point by an own document and photo (rulebook 2.6)."""
    if not Document.objects.filter(person=person, ended_on=None).exists():
        raise Refusal(_("%(name)s has no identity document here. Add one to the person first."), name=person.full_name)
    if not Photo.objects.filter(person=person, ended_on=None).exists():
        raise Refusal(_("%(name)s has no photo here. Add one to the person first."), name=person.full_name)


def check_recipient(person: Person, reason: str) -> None:
    """A recipient lives and is 18 or older; a child, or somebody of unknown age, needs an exception with its reason."""
    if person.death_date:
        raise Refusal(_("%(name)s has died and cannot collect."), name=person.full_name)
    if not is_adult(person.birth_date, timezone.localdate()) and not reason.strip():
        sentence = _("Not known to be 18 or older. Write why this person collects nevertheless.")
        raise Invalid(sentence, {"reason": [sentence]})


def store_recipient(household: Household, person: Person, rank: int, day: date, reason: str = "", cause: str = "") -> Recipient:
    """Store who may collect, from a day on."""
    recipient = Recipient(household=household, person=person, rank=rank, valid_from=day, reason=clean_text(reason), cause=cause)
    recipient.save()
    return recipient


def _end_as_alternate(household: Household, person: Person, day: date) -> None:
    for alternate in Recipient.objects.filter(household=household, person=person, rank__gt=0, valid_until=None).select_related("household"):
        alternate.valid_until = day - timedelta(days=1)
        alternate.save()
