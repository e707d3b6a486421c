"""Corrections in the page: noted with before and after, undone before the import is taken in, collected or checked at once."""

import pytest

from coremis.kernel.base.refusal import Refusal
from coremis.kernel.exchange.applying import submit_batch
from coremis.kernel.exchange.checking import check_batch
from coremis.kernel.exchange.correcting import check_again, correct_rows, replace_text, undo_correction
from coremis.kernel.exchange.models import Batch, BatchRow, Correction
from coremis.kernel.exchange.tests.sample import MAPPING, OPTIONS, send
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import make_user

pytestmark = pytest.mark.django_db

WRONG = "A1;One;N1A;;;;vieux\nA2;Two;N1A;;;x;vieux\nA3;;N1A;;;;new\n"


@pytest.fixture
def maker(country):
    rights = ("create_batch", "check_batch", "correct_rows", "replace_text", "undo_correction", "check_again", "apply_batch", "view_batch")
    more = ("approvals.submit_request", "areas.add_former")
    return make_user("corrector", *(f"exchange.{name}" for name in rights), *more, area=country["North"])


@pytest.fixture
def batch(country, maker):
    sent = send(maker, country["North"], WRONG)
    check_batch(batch=sent, mapping=MAPPING, options=OPTIONS, actor=maker)
    run_until_idle()
    return fresh(sent)


def fresh(batch):
    return Batch.objects.get(pk=batch.pk)


def states(batch):
    return list(BatchRow.objects.filter(batch=batch).order_by("number").values_list("state", flat=True))


def test_it_works(batch, maker):
    """One wrong value is replaced in all rows, one cell corrected; after the check they are good."""
    assert states(batch) == ["BAD"] * 3
    replace_text(batch=batch, column="sort", before="vieux", after="old", check=False, actor=maker)
    correct_rows(batch=fresh(batch), corrections={"3": {"size": "4"}, "4": {"name": "Three"}}, check=False, actor=maker)
    with pytest.raises(Refusal, match="Check the import again"):
        submit_batch(fresh(batch), actor=maker)
    check_again(batch=fresh(batch), actor=maker)
    run_until_idle()
    assert states(batch) == ["GOOD"] * 3 and not fresh(batch).needs_check
    log = Correction.objects.order_by("pk").values_list("row", "column", "before", "after", "made_by")
    assert list(log) == [(None, "sort", "vieux", "old", maker.pk), (3, "size", "x", "4", maker.pk), (4, "name", "", "Three", maker.pk)]


def test_a_correction_is_undone(batch, maker):
    """The one before it, or what the file says, holds again; the log keeps both."""
    for text in ("4", "5"):
        correct_rows(batch=fresh(batch), corrections={"3": {"size": text}}, check=False, actor=maker)
    first, last = Correction.objects.order_by("pk")
    assert (last.before, last.after) == ("4", "5")
    undo_correction(correction=last, actor=maker)
    assert fresh(batch).corrections == {"3": {"size": "4"}} and fresh(batch).needs_check
    undo_correction(correction=first, actor=maker)
    assert fresh(batch).corrections == {} and Correction.objects.filter(undone=True).count() == 2
    with pytest.raises(Refusal, match="already"):
        undo_correction(correction=Correction.objects.get(pk=first.pk), actor=maker)
    replace_text(batch=fresh(batch), column="sort", before="vieux", after="old", check=False, actor=maker)
    undo_correction(correction=Correction.objects.latest("pk"), check=True, actor=maker)
    run_until_idle()
    assert fresh(batch).replacements == {} and states(batch) == ["BAD"] * 3


def test_what_was_not_changed_is_not_noted(batch, maker):
    correct_rows(batch=batch, corrections={"3": {"size": "x", "name": "Two"}}, check=False, actor=maker)
    assert Correction.objects.count() == 0


def test_only_columns_and_rows_of_the_file(batch, maker):
    for wrong in ({"99": {"size": "1"}}, {"3": {"unknown": "1"}}):
        with pytest.raises(Refusal):
            correct_rows(batch=fresh(batch), corrections=wrong, actor=maker)
    with pytest.raises(Refusal):
        replace_text(batch=fresh(batch), column="unknown", before="a", after="b", actor=maker)


def test_not_once_it_is_given_up(batch, maker):
    correct_rows(batch=batch, corrections={"3": {"size": "4"}}, check=False, actor=maker)
    Batch.objects.filter(pk=batch.pk)
    check_again(batch=fresh(batch), actor=maker)
    with pytest.raises(Refusal, match="being checked"):
        undo_correction(correction=Correction.objects.get(), actor=maker)
