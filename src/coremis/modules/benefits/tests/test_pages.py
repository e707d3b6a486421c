import pytest
from django.urls import reverse

from coremis.kernel.testing.cast import make_user
from coremis.kernel.testing.check_module import check_module
from coremis.modules.benefits.models import BenefitRule, RuleVersion
from coremis.modules.benefits.module import SEES, WRITES
from coremis.modules.benefits.tests.sample import make_programme, make_rule, part
from coremis.modules.registry.tests.factories import make_household

pytestmark = pytest.mark.django_db


def samples(area):
    rule = make_rule(
        make_programme(), part("base", amount=100), part("child", "MEMBER", member="age < 18", amount=20, most=3), state="DRAFT"
    )
    return {BenefitRule: rule, RuleVersion: rule.versions.get()}


def test_it_works(country):
    """Every page of the module, as people without rights, with rights elsewhere and with rights here."""
    check_module("benefits", samples=samples)


def test_a_manager_writes_a_rule_on_the_pages(country, client):
    """Acceptance scenario 4: base 100 + 20 per child + rebate 15, written, tried and put into use without a developer's help."""
    programme = make_programme()
    manager = make_user("rules", *SEES, *WRITES, "programmes.view_programme", "registry.view_household", area=country["Testland"])
    client.force_login(manager)
    sent = send(client, reverse("benefits:save_rule"), programme=programme.pk, code="net", names_en="Safety net", component="base")
    assert sent.status_code == 303, sent.content.decode()
    version = RuleVersion.objects.get()
    page = reverse("benefits:save_part", args=[version.pk])
    for fields in (
        {"code": "base", "kind": "FLAT", "amount": "100"},
        {"code": "child", "kind": "MEMBER", "amount": "20", "member": "age < 18"},
        {"code": "rebate", "kind": "REBATE", "amount": "15"},
    ):
        assert send(client, page, names_en=fields["code"].title(), counting="on", **fields).status_code == 303
    wrong = send(client, page, names_en="Wrong", code="wrong", kind="MEMBER", amount="5", member="__import__('os')")
    assert wrong.status_code == 422
    example = {"members": "34 female head\n8 child\n5 child", "part_base": "100", "part_child": "40", "part_rebate": "15"}
    assert send(client, reverse("benefits:save_example", args=[version.pk]), name="Two children", **example).status_code == 303
    version.refresh_from_db()
    assert version.definition["examples"][0]["expected"] == {"base": 100, "child": 40, "rebate": 15}
    shown = client.get(reverse("benefits:version_detail", args=[version.pk]) + "?tab=try").content.decode()
    assert "as expected" in shown and "2 × SZF" in shown
    told = client.get(reverse("benefits:version_detail", args=[version.pk]) + "?tab=history").content.decode()
    assert "Example: Two children" in told and "Rebate" in told and "{&#x27;" not in told and "names_known" not in told
    household = make_household(country["Almond"])
    tried = client.get(reverse("benefits:version_detail", args=[version.pk]) + f"?tab=try&household={household.number}").content.decode()
    assert "Child" in tried and "SZF" in tried


def send(client, url, **fields):
    return client.post(url, {"key": f"{url}{sorted(fields.items())}"[:90], "step": "do", **fields})
