"""The whole way of a real survey into the register: sent, matched, checked, approved by a second person, taken in."""

import pytest

from coremis.kernel.approvals.services import approve_request
from coremis.kernel.exchange.applying import apply_batch, submit_batch
from coremis.kernel.exchange.checking import check_batch
from coremis.kernel.exchange.models import Batch, BatchRow
from coremis.kernel.exchange.services import send_file
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import make_profile, make_route, make_user
from coremis.modules.intake.module import BRINGS
from coremis.modules.registry.models import Household, Membership, Person, Recipient
from tests.real.costarica import MISSING, SOURCE, build_country, define_variables, rewrite

pytestmark = [pytest.mark.django_db, pytest.mark.skipif(not SOURCE.exists(), reason=MISSING)]
DISAGREE = "The rows of this household say different things here: %(values)s."
NO_HEAD = "No row of this household says who its head is."


@pytest.fixture
def prepared(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    country = build_country()["CR"]
    define_variables()
    checkers = make_profile("checkers", "approvals.approve_request", "exchange.view_batch")
    make_route(apply_batch.name, country, checkers)
    maker = make_user("maker", *BRINGS, "approvals.submit_request", "registry.register_household", area=country)
    assert rewrite(SOURCE, tmp_path / "survey.csv") == 9557
    return country, maker, make_user("checker", area=country, profile=checkers), tmp_path / "survey.csv"


def checked(country, maker, path, **options):
    with path.open("rb") as file:
        batch = send_file(file, path.name, kind="intake.persons", area=country, actor=maker)
    check_batch(batch=batch, mapping=batch.mapping, options={**batch.options, **options}, actor=maker)
    run_until_idle()
    return Batch.objects.get(pk=batch.pk)


def taken_in(batch, maker, checker):
    approve_request(request=submit_batch(batch, actor=maker).request, actor=checker)
    run_until_idle()
    return Batch.objects.get(pk=batch.pk)


def reasons(batch, told="problem_counts"):
    return {(column, message): count for column, message, count in getattr(batch, told)}


def test_it_works(prepared):
    """Every column is guessed; 85 households that disagree on their class and 15 without a head stay behind, with their reasons."""
    country, maker, checker, path = prepared
    batch = checked(country, maker, path)
    assert set(batch.mapping) == {
        "household_key", "person_key", "area", "given_names", "sex", "age", "relationship", "collects", "declared_size",
        "household.rooms", "household.bedrooms", "household.refrig", "household.hhsize", "household.target",
        "person.escolari", "person.dis",
    }  # fmt: skip
    found = reasons(batch)
    assert found[("household.target", DISAGREE)] > 85 and found[("relationship", NO_HEAD)] > 15
    bad = BatchRow.objects.filter(batch=batch, state="BAD")
    assert bad.values("group_key").distinct().count() == 100 - both_faults()
    batch = taken_in(batch, maker, checker)
    assert (batch.applied_count + batch.bad_count, batch.unchanged_count) == (9557, 0)
    assert Household.objects.count() == 2988 - bad.values("group_key").distinct().count()
    assert Person.objects.count() == Membership.objects.count() == batch.applied_count
    assert Membership.objects.filter(relationship="head").count() == Household.objects.count()
    assert Recipient.objects.filter(rank=0).count() in (Household.objects.count(), Household.objects.count() - 1)
    print(f"\n{batch.row_count} rows, {batch.applied_count} taken in, {batch.bad_count} rejected: {found}")
    print(f"warnings: {reasons(batch, 'warning_counts')}")
    again = path.with_name("again.csv")
    again.write_bytes(path.read_bytes() + b"\n")
    again = checked(country, maker, again)
    assert (again.unchanged_count, again.bad_count) == (batch.applied_count, batch.bad_count)


def both_faults():
    """Households that have no head and disagree as well."""
    groups = {}
    for row in BatchRow.objects.filter(state="BAD"):
        groups.setdefault(row.group_key, set()).update(problem["message"] for problem in row.problems)
    return sum({DISAGREE, NO_HEAD} <= messages for messages in groups.values())


def test_the_head_is_believed_and_no_head_is_accepted(prepared):
    """With the other choices nothing but what nobody can decide stays behind."""
    country, maker, checker, path = prepared
    batch = taken_in(checked(country, maker, path, disagreement="head", without_head="accept"), maker, checker)
    print(f"\n{batch.applied_count} taken in, {batch.bad_count} rejected: {reasons(batch)}")
    assert Household.objects.count() == 2988 - BatchRow.objects.filter(batch=batch, state="BAD").values("group_key").distinct().count()
    assert Household.objects.filter(head_name="").count() == 15 - both_faults()
