"""Every page of the module, and a formula written, tried and put into use by hand."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from coremis.kernel.actions.services import maintenance
from coremis.kernel.testing.cast import make_user
from coremis.kernel.testing.check_module import check_module
from coremis.modules.registry.tests.factories import make_household, make_variable
from coremis.modules.scoring.models import FormulaVersion, Score, ScoreCount, ScoreFormula, ScoreRun
from coremis.modules.scoring.module import SEES, WRITES
from coremis.modules.scoring.tests.sample import DAY, everywhere_the_same, make_version, stratum, term

pytestmark = pytest.mark.django_db


def small():
    """A formula of two terms and two categories."""
    groups = [{"code": "POOR", "names": {"en": "Poor"}}, {"code": "OTHER", "names": {"en": "Not poor"}}]
    return {
        "direction": "LOWER_IS_POORER", "strata": [stratum(constant="1")], "categories": groups, "cutoffs": [{"category": "POOR", "limit": "3.5"}],
        "terms": [
            term("size", rows=[("1-3", everywhere_the_same(1)), ("4+", everywhere_the_same(2))]),
            term("age", "head_age", weights=everywhere_the_same("0.1"), missing="SKIP"),
        ],
        "facts": [{"code": "double_size", "names": {"en": "Twice the size"}, "formula": "size * 2"}],
        "member_facts": [{"code": "adults", "names": {"en": "Adults"}, "how": "COUNT", "condition": "age >= 18"}],
        "examples": [{"name": "One", "facts": {"values": {"size": 2, "head_age": 10}, "members": []}, "expected": {"value": "3", "category": "POOR"}}],
    }  # fmt: skip


def samples(area):
    version = FormulaVersion.objects.filter(state="DRAFT").first() or make_version(small(), state="DRAFT")
    done = FormulaVersion.objects.filter(state="ACTIVE").first() or make_version(small())
    household = make_household(area)
    with maintenance("test scores"):
        run = ScoreRun(formula_version=done, area=area, area_ids=[area.pk], day=DAY, state="DONE", scored=1)
        run.results = {"missing": {"size": 3}, "distribution": {"start": 0, "width": 1, "counts": [1, 2]}}
        run.save()
        score = Score(
            run=run, household=household, area=area, stratum="all", value=3.0, category="POOR", inputs={"size": 2, "head_age": 10}
        )
        score.save()
        ScoreCount(run=run, area=area, stratum="all", category="POOR", assessed=True, households=1).save()
    return {ScoreFormula: version.formula, FormulaVersion: version, ScoreRun: run, Score: score}


def test_it_works(country):
    """Every page of the module, as people without rights, with rights elsewhere and with rights here."""
    check_module("scoring", samples=samples, leave_out={"scoring:version_file"})  # a file: test_transfer.py


def send(client, url, **fields):
    return client.post(url, {"key": f"{url}{sorted(map(str, fields.items()))}"[:90], "step": "do", **fields})


def test_a_manager_writes_a_formula_on_the_pages(country, client):
    """Strata, facts, terms as weights and as a table, categories, limits, an example; wrong input is a sentence; history in words."""
    make_variable("rooms")
    manager = make_user("formulas", *SEES, *WRITES, "registry.view_household", area=country["Testland"])
    client.force_login(manager)
    assert send(client, reverse("scoring:save_formula"), code="pmt", names_en="PMT", source="Report").status_code == 303
    version = FormulaVersion.objects.get()
    page = lambda name: reverse(f"scoring:{name}", args=[version.pk])  # noqa: E731
    fields = [
        ("save_member_fact", {"code": "children", "how": "COUNT", "condition": "age < 15"}),
        ("save_fact", {"code": "crowding", "formula": "size / max(rooms, 1)"}),
        ("save_term", {"code": "crowding", "formula": "crowding", "kind": "NUMBER", "weight_all": "-0.5", "missing": "REFUSE"}),
        ("save_term", {"code": "children", "formula": "children", "kind": "TABLE", "table": "0 = 0\n1-2 = -1\n3+ = -2.5", "missing": "VALUE", "stand_in": "0"}),
        ("save_category", {"code": "POOR"}), ("save_category", {"code": "OTHER"}), ("save_cutoff", {"category": "POOR", "limit": "-2"}),
    ]  # fmt: skip
    for name, given in fields:
        answer = send(client, page(name), names_en=given.get("code", ""), **given)
        assert answer.status_code == 303, (name, answer.content.decode())
    wrong = {"code": "x", "kind": "NUMBER", "weight_all": "1", "missing": "REFUSE", "names_en": "X"}
    for formula in ("__import__('os')", "rooms +", "unknown"):
        assert send(client, page("save_term"), formula=formula, **wrong).status_code == 422
    told = {"members": "34 female head\n8 child\n5 child", "values": "rooms = 2", "score": "-1.75", "category": "OTHER"}
    assert send(client, page("save_example"), name="Three", **told).status_code == 303
    shown = client.get(page("version_detail") + "?tab=try").content.decode()
    assert "as expected" in shown and "not as expected" not in shown and "-1.75" in shown
    household = make_household(country["Almond"], size=4, data={"rooms": 1}, since=timezone.localdate() - timedelta(days=5))
    tried = client.get(page("version_detail") + f"?tab=try&household={household.number}").content.decode()
    assert "Crowding" in tried or "crowding" in tried
    history = client.get(page("version_detail") + "?tab=history").content.decode()
    assert "Term: children" in history and "{&#x27;" not in history
    begun = client.get(page("save_term") + "?code=children").content.decode()
    assert "1-2 = -1" in begun


def test_a_file_becomes_drafts(country, client):
    """What is read becomes terms; what is not is said on the page of the draft."""
    client.force_login(make_user("loader", *SEES, *WRITES, area=country["Testland"]))
    entries = [
        {
            "code": "A-1",
            "direction": "lower_is_poorer",
            "intercept": "1",
            "rooms": "0.5",
            "odd": [1],
            "size": {"1": 1, "2+": 2},
            "round": "truncate(10*sum)",
        }
    ]
    file = SimpleUploadedFile("formulas.json", json.dumps(entries).encode())
    assert send(client, reverse("scoring:load_formulas"), file=file).status_code == 303
    version = FormulaVersion.objects.get()
    shown = client.get(reverse("scoring:version_detail", args=[version.pk])).content.decode()
    assert "odd = [1]" in shown and "“rooms”" in shown and version.definition["scale"] == "10"
    for wrong in (b"not json", b"[]", b'[{"code": "no good!"}]', json.dumps(entries).encode()):
        answer = send(client, reverse("scoring:load_formulas"), file=SimpleUploadedFile("x.json", wrong), extra=wrong.decode())
        assert answer.status_code == 422
