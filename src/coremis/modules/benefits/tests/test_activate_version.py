"""Drafts, versions in use, and what keeps them as they are."""

import pytest

from coremis.kernel.actions.context import Authority, approved_by
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.testing.cast import everywhere
from coremis.modules.benefits import services
from coremis.modules.benefits.models import RuleVersion
from coremis.modules.benefits.module import WRITES
from coremis.modules.benefits.tests.sample import make_programme, part

pytestmark = pytest.mark.django_db
WRITER = everywhere(*WRITES)


def activate(version):
    with approved_by(Authority(services.activate_version.name, None)):
        return services.activate_version(version=version, actor=WRITER)


def draft():
    rule = services.save_rule(programme=make_programme(), code="net", names={"en": "Net"}, actor=WRITER)
    version = rule.versions.get()
    return services.save_part(version=version, part=part("base", amount=100), actor=WRITER)


def example(version, amount, **more):
    facts = {"members": [{"age": 30, "relationship": "head"}], "values": {}}
    return services.save_example(version=version, name="One", facts=facts, expected={"base": amount}, actor=WRITER, **more)


def test_it_works():
    """Pitfall M17: no example, or a wrong one, keeps a version out of use; in use it never changes; the next one replaces it."""
    version = draft()
    with pytest.raises(Refusal, match="at least one example"):
        activate(version)
    version = example(version, 99)
    with pytest.raises(Refusal, match="come out differently: One"):
        activate(version)
    version = activate(example(version, 100, place=0))
    assert version.state == "ACTIVE" and version.definition["names_known"]["member"]["age"] == "number"
    for change in (
        lambda: services.save_part(version=version, part=part("more", amount=1), actor=WRITER),
        lambda: services.remove_part(version=version, code="base", actor=WRITER),
        lambda: services.save_limits(version=version, limits={"cap": 5}, actor=WRITER),
        lambda: activate(version),
    ):
        with pytest.raises(Refusal, match="in use or replaced"):
            change()
    second = services.start_version(rule=version.rule, actor=WRITER)
    assert second.version_number == 2 and second.definition["parts"] == version.definition["parts"]
    with pytest.raises(Refusal, match="draft already"):
        services.start_version(rule=version.rule, actor=WRITER)
    activate(second)
    assert list(RuleVersion.objects.order_by("pk").values_list("state", flat=True)) == ["RETIRED", "ACTIVE"]


def test_parts_can_be_arranged():
    version = services.save_part(version=draft(), part=part("second", amount=5), actor=WRITER)
    version = services.move_part(version=version, code="second", actor=WRITER)
    assert [one["code"] for one in version.definition["parts"]] == ["second", "base"]
    version = services.save_part(version=version, part=part("third", amount=7), replaces="second", actor=WRITER)
    version = services.remove_part(version=version, code="base", actor=WRITER)
    assert [one["code"] for one in version.definition["parts"]] == ["third"]
    with pytest.raises(Refusal):
        services.save_part(version=version, part=part("third", amount=7), actor=WRITER)
