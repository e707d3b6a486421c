"""Every page of this module: nothing without the right, nothing from outside the places, constant queries."""

from itertools import count

from django.urls import reverse

from coremis.kernel.access.permissions import known_permissions
from coremis.kernel.access.seats import permissions_of
from coremis.kernel.approvals.presets import presets
from coremis.kernel.areas.models import Area
from coremis.kernel.testing.cast import make_user
from coremis.kernel.testing.check_module import check_module
from coremis.modules.registry.models import (
    Document,
    Household,
    HouseholdMove,
    Membership,
    Person,
    Photo,
    Recipient,
    VariableDefinition,
)
from coremis.modules.registry.sight import VARIABLE
from coremis.modules.registry.tests.factories import make_document, make_household, make_move, make_photo, make_variable

# A picture; the pages of records that are in use no more; decisions about a move, which lies in two places (own tests).
DECIDED_ELSEWHERE = {
    "registry:restore_person", "registry:restore_household", "registry:accept_move", "registry:reject_move", "registry:recall_move",
}  # fmt: skip

_serial = count()


def samples(area):
    serial = next(_serial)  # nobody is like anybody else, so that no other module finds people registered twice
    head = {"given_names": f"Head {serial}", "surname": f"Family {area.name}", "phone": f"79{serial:06d}", "sex": "female"}
    household = make_household(area, size=1, head=head)
    head = household.memberships.get(relationship="head")
    number = f"{area.code}-{head.pk:06d}"
    elsewhere = Area.objects.exclude(pk=area.pk).filter(parent=area.parent_id).first()
    return {
        HouseholdMove: make_move(household, elsewhere), Photo: make_photo(head.person),
        Household: household, Person: head.person, Membership: household.memberships.last(), Recipient: household.recipients.get(),
        Document: make_document(head.person, number=number), VariableDefinition: VariableDefinition.objects.first() or make_variable("rooms"),
    }  # fmt: skip


def test_it_works(db):
    """pitfall S10, P1"""
    check_module("registry", samples, leave_out={"registry:member_row", "registry:photo", *DECIDED_ELSEWHERE})


def test_part_for_one_more_member_needs_the_right(country, client):
    page = reverse("registry:member_row") + "?place=3"
    assert client.get(page).status_code == 302
    client.force_login(make_user("viewer", "registry.view_household", area=country["North"]))
    assert client.get(page).status_code == 403


def test_seats_hold_only_permissions_that_exist(db):
    for seat in ("data", "commune", "manager", "auditor", "approver", "verifier", "payments"):
        mine = {name for name in permissions_of(seat) if name.startswith("registry.")}
        assert mine and mine <= set(known_permissions())
    people = [name for name in permissions_of("it") if name.startswith("registry.") and "variable" not in name]
    assert not people and VARIABLE not in permissions_of("it"), "the IT administrator keeps the dictionary and sees no people"
    assert not {name for name in permissions_of("auditor") if name.startswith("registry.") and "view" not in name and "reveal" not in name}
    assert ("registry.change_recipient", ("approver",), 0) in presets()
