"""Households, persons and a programme for the tests of this module."""

import uuid
from datetime import date

from coremis.kernel.actions.bulk import copy_into
from coremis.kernel.actions.context import Authority, approved_by
from coremis.kernel.actions.numbers import next_number, take_serials
from coremis.kernel.actions.services import maintenance
from coremis.kernel.base.numbers import with_check
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import everywhere
from coremis.modules.programmes import services
from coremis.modules.programmes.models import Enrolment, Programme, Reason, Status
from coremis.modules.registry.models import Household, Membership, Person, VariableDefinition

ACTIONS = [
    services.create_programme, services.change_programme, services.enrol_one, services.enrol_matching, services.change_status,
    services.change_status_matching, services.undo_last_change, services.undo_status_change, services.put_on_waiting_list,
    services.take_off_waiting_list, services.promote_waiting, services.change_status_of_chosen, services.put_chosen_on_waiting_list,
]  # fmt: skip
PEOPLE = ("registry.view_household", "registry.view_person", "registry.view_membership")
EVERYTHING = everywhere(*(action.name for action in ACTIONS), "programmes.view_enrolment", "programmes.view_programme", *PEOPLE)
S, R = Status, Reason


def make_programme(code="NET", unit="household", **fields):
    values = {"names": {"en": f"Programme {code}"}, "currency": "XOF", "starts_on": date(2026, 1, 1), **fields}
    return services.create_programme(code=code, unit=Programme.Unit(unit), actor=EVERYTHING, **values)


def make_household(area, **fields):
    with maintenance("test"):
        household = Household(number=next_number(Household), area=area, size=4, **fields)
        household.save()
    return household


def make_person(area, household=None, relationship="head", **fields):
    with maintenance("test"):
        person = Person(number=next_number(Person), area=area, **{"given_names": "Ada", "surname": "Lo", **fields})
        person.save()
        if household:
            Membership(household=household, person=person, relationship=relationship, joined_on=date(2026, 1, 1)).save()
    return person


def make_variable(code, kind="NUMBER", subject="household"):
    with maintenance("test"):
        VariableDefinition(subject=subject, code=code, names={"en": code}, kind=kind).save()


def many_households(area, count):
    """Households by the thousand, in one statement."""
    first, columns = (
        take_serials(Household._meta.db_table, count),
        ["uid", "number", "area", "head_name", "search_name", "size", "address", "data"],
    )
    rows = (
        [uuid.uuid4(), with_check(first + index), area.pk, f"Head {index}", f"head {index}", index % 7 + 1, "", {"poor": index % 3}]
        for index in range(count)
    )
    with maintenance("test"):
        copy_into(Household, [*columns, "source", "external_id", "registered_on"], ([*row, "", "", date(2026, 1, 1)] for row in rows))


def enrol(programme, unit, status=S.ACTIVE, actor=EVERYTHING):
    name = "household" if isinstance(unit, Household) else "person"
    return agreed(services.enrol_one, programme=programme, status=status, reason=R.SELECTED, actor=actor, **{name: unit})


def agreed(action, actor=EVERYTHING, **inputs):
    """Run an approvable action as if its approval had been given."""
    with approved_by(Authority(action.name, None, ("checker",))):
        return action(actor=actor, **inputs)


def approved(action, actor=EVERYTHING, run=True, **inputs):
    """Run an approvable action as if its approval had been given, and the work that it orders."""
    result = agreed(action, actor, **inputs)
    if run:
        run_until_idle()
        assert not (broken := Job.objects.exclude(traceback="").first()), broken.traceback
        result.refresh_from_db()
    return result


def enrol_all(programme, *areas, status=S.ACTIVE, **inputs):
    return approved(services.enrol_matching, programme=programme, areas=list(areas), status=status, reason=R.SELECTED, **inputs)


def change_all(programme, *areas, old=S.ACTIVE, new=S.SUSPENDED, reason=R.UNDER_VERIFICATION, **inputs):
    return approved(
        services.change_status_matching, programme=programme, areas=list(areas), from_status=old, to_status=new, reason=reason, **inputs
    )


def undo(group, **inputs):
    return approved(services.undo_status_change, group=group, **inputs)


def statuses(programme):
    """How many of each status."""
    found = {}
    for status in Enrolment.objects.filter(programme=programme).values_list("status", flat=True):
        found[status] = found.get(status, 0) + 1
    return found


def change_status(enrolment, status, reason=R.VOLUNTARY):
    return agreed(services.change_status, enrolment=enrolment, status=status, reason=reason)
