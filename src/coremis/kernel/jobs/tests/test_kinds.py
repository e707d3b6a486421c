import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from coremis.kernel.jobs import kinds
from coremis.kernel.jobs.kinds import JobKind, app_label, find_kind
from coremis.kernel.jobs.messages import message_key, plain_params, rendered
from coremis.kernel.jobs.tests.sample_kinds import write_rows


def test_it_works():
    assert write_rows.name == "jobs.write_rows"
    assert find_kind("jobs.write_rows") is write_rows


def test_a_stored_name_survives_a_rename():
    assert find_kind("jobs.copy_rows") is write_rows


def test_the_name_begins_with_the_apps_label():
    assert app_label("coremis.modules.payments.jobs") == "payments"
    assert app_label("coremis.kernel.actions.jobs") == "actions"
    with pytest.raises(ImproperlyConfigured, match="no installed app"):
        app_label("nowhere.jobs")


def test_two_kinds_of_one_name_are_refused(monkeypatch):
    other = JobKind(write_rows.step, title="x", retries=0, formerly=())
    monkeypatch.setattr(kinds, "DECLARED", [write_rows, other])
    with pytest.raises(ImproperlyConfigured, match=r"jobs\.write_rows"):
        find_kind("jobs.write_rows")


def test_a_stored_sentence_is_shown_in_the_readers_language(settings):
    key, params = message_key(_("Failed")), plain_params({"state": _("Done"), "at": 3})
    assert (key, params) == ("Failed", {"state": {"message": "Done"}, "at": 3})
    assert rendered("%(state)s at %(at)s", params) == "Done at 3"


def test_a_sentence_without_its_parameters_is_still_shown():
    assert rendered("%(count)s of 100 %", {"other": 1}) == "%(count)s of 100 %"
    assert rendered("100 % done", {}) == "100 % done"
    assert rendered("", {}) == ""
