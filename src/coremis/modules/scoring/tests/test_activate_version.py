"""Drafts, versions in use, and what keeps them as they are."""

import pytest

from coremis.kernel.actions.context import Authority, approved_by
from coremis.kernel.base.refusal import NeedsApproval, Refusal
from coremis.kernel.testing.cast import everywhere
from coremis.modules.scoring import services
from coremis.modules.scoring.models import FormulaVersion
from coremis.modules.scoring.module import WRITES
from coremis.modules.scoring.tests.sample import everywhere_the_same, stratum, term

pytestmark = pytest.mark.django_db
WRITER = everywhere(*WRITES)


def activate(version):
    with approved_by(Authority(services.activate_version.name, None)):
        return services.activate_version(version=version, actor=WRITER)


def draft():
    formula = services.save_formula(code="pmt", names={"en": "PMT"}, actor=WRITER)
    given = term("size", weights=everywhere_the_same("0.5"), names={"en": "Size"})
    return services.save_term(version=formula.versions.get(), term=given, actor=WRITER)


def example(version, value, **more):
    facts = {"members": [], "values": {"size": 3}}
    return services.save_example(version=version, name="One", facts=facts, expected={"value": value}, actor=WRITER, **more)


def test_it_works():
    """Pitfall M17: no example, or a wrong one, keeps a version out of use; in use it never changes; the next one replaces it."""
    version = draft()
    with pytest.raises(Refusal, match="at least one example"):
        activate(version)
    with pytest.raises(Refusal, match="come out differently: One"):
        activate(example(version, "99"))
    with pytest.raises(NeedsApproval):
        services.activate_version(version=example(version, "1.5", place=0), actor=WRITER)
    version = activate(version)
    assert version.state == "ACTIVE" and version.definition["names_known"]["member"]["age"] == "number"
    given = term("more", "size", weights=everywhere_the_same(1))
    for change in (
        lambda: services.save_term(version=version, term=given, actor=WRITER),
        lambda: services.remove_entry(version=version, part="terms", code="size", actor=WRITER),
        lambda: services.save_settings(version=version, settings={"scale": "5"}, actor=WRITER),
        lambda: activate(version),
    ):
        with pytest.raises(Refusal, match="in use or replaced"):
            change()
    second = services.start_version(formula=version.formula, actor=WRITER)
    assert (
        second.version_number == 2 and second.definition["terms"] == version.definition["terms"] and "names_known" not in second.definition
    )
    with pytest.raises(Refusal, match="draft already"):
        services.start_version(formula=version.formula, actor=WRITER)
    activate(second)
    assert list(FormulaVersion.objects.order_by("pk").values_list("state", flat=True)) == ["RETIRED", "ACTIVE"]


def test_a_household_that_cannot_be_assessed_is_an_example_too():
    version = services.save_example(version=draft(), name="No size", facts={}, expected={"value": None}, actor=WRITER)
    assert activate(version).state == "ACTIVE"


def test_pieces_can_be_arranged_and_taken_away():
    version = services.save_term(version=draft(), term=term("second", "size", weights=everywhere_the_same(5)), actor=WRITER)
    version = services.move_entry(version=version, part="terms", code="second", actor=WRITER)
    assert [one["code"] for one in version.definition["terms"]] == ["second", "size"]
    version = services.save_term(
        version=version, term=term("third", "size", weights=everywhere_the_same(7)), replaces="second", actor=WRITER
    )
    version = services.remove_entry(version=version, part="terms", code="size", actor=WRITER)
    assert [one["code"] for one in version.definition["terms"]] == ["third"]
    for wrong in ({"part": "terms", "code": "size"}, {"part": "names_known", "code": "0"}, {"part": "direction", "code": "0"}):
        with pytest.raises(Refusal, match="not there any more"):
            services.remove_entry(version=version, **wrong, actor=WRITER)
    with pytest.raises(Refusal, match="twice"):
        services.save_term(version=version, term=term("third", "size", weights=everywhere_the_same(7)), actor=WRITER)


def test_what_others_need_cannot_be_taken_away():
    """Taking away a fact that a term reads, or a stratum that has weights, is refused with the sentence of the problem."""
    version = draft()
    version = services.save_fact(version=version, fact={"code": "half", "names": {"en": "Half"}, "formula": "size / 2"}, actor=WRITER)
    version = services.save_term(version=version, term=term("half", weights=everywhere_the_same(1)), actor=WRITER)
    with pytest.raises(Refusal, match="half"):
        services.remove_entry(version=version, part="facts", code="half", actor=WRITER)
    version = services.save_stratum(version=version, stratum=stratum("rest"), actor=WRITER)
    with pytest.raises(Refusal, match="no stratum"):
        services.remove_entry(version=version, part="strata", code="all", actor=WRITER)
    with pytest.raises(Refusal, match="No household reaches"):
        activate(example(version, "1.5"))


def test_what_contradicts_itself_is_not_put_into_use():
    """Two limits of which nobody can say which holds, a category that nobody reaches, an end before the beginning, no such figure."""
    version = example(draft(), "1.5")
    for code in ("EXTREME", "POOR", "OTHERS"):
        services.save_category(version=version, category={"code": code, "names": {"en": code}}, actor=WRITER)

    def limit(category, value, place=None, **more):
        return services.save_cutoff(version=version, cutoff={"category": category, "limit": value, **more}, place=place, actor=WRITER)

    limit("EXTREME", "2")
    limit("EXTREME", "1")
    with pytest.raises(Refusal, match="“EXTREME” has two limits"):
        activate(version)
    limit("EXTREME", "1", place=1, valid_from="2027-01-01")
    limit("POOR", "2")
    with pytest.raises(Refusal, match="No household comes to “POOR”"):
        activate(version)
    limit("POOR", "3", place=2)
    for settings, sentence in (
        ({"valid_from": "2027-01-01", "valid_until": "2026-01-01"}, "ends before"), ({"sources": {"urbn": "census"}}, "“urbn”"),
    ):  # fmt: skip
        services.save_settings(version=version, settings=settings, actor=WRITER)
        with pytest.raises(Refusal, match=sentence):
            activate(version)
        services.save_settings(version=version, settings={"valid_from": None, "valid_until": None, "sources": {}}, actor=WRITER)
    for settings in ({"direction": "SIDEWAYS"}, {"rounding": "UP"}):
        with pytest.raises(Refusal, match="no known kind"):
            services.save_settings(version=version, settings=settings, actor=WRITER)
    assert activate(version).state == "ACTIVE"
