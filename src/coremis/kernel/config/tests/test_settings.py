"""Settings: declared by modules, changed by an action, read as stored."""

import pytest

from coremis.kernel.actions.context import Authority, approved_by
from coremis.kernel.actions.models import Change
from coremis.kernel.base.refusal import NotPermitted, Refusal
from coremis.kernel.config.models import StoredSetting
from coremis.kernel.config.services import change_settings
from coremis.kernel.config.settings import Setting, declared, setting
from coremis.kernel.module.contributions import CATALOGUE
from coremis.kernel.testing.cast import everywhere, make_user


@pytest.fixture(autouse=True)
def sample_settings(db):
    CATALOGUE.add(
        "sample", [Setting("sample.color", "Color", "The color.", ["red"]), Setting("sample.unit", "Unit", "The unit.", None, once=True)]
    )
    yield
    CATALOGUE._by_module.pop("sample")


def change(**values):
    with approved_by(Authority(change_settings.name, None, route_says_none=True)):
        return change_settings(values={f"sample.{name}": value for name, value in values.items()}, actor=everywhere(change_settings.name))


def test_it_works():
    """pitfall M19: zero, nothing and “not set” are three things."""
    assert setting("sample.color") == ["red"]
    for value in ("blue", 0, "", None, False, {"a": [1]}):
        change(color=value)
        assert setting("sample.color") == value and type(setting("sample.color")) is type(value)
    assert StoredSetting.objects.count() == 1


def test_what_was_set_before_is_kept():
    change(color="blue")
    change(color="green")
    assert Change.objects.get(kind="config.storedsetting").before == {"value": "blue"}


def test_undeclared_settings_are_refused_and_nothing_is_half_changed():
    with pytest.raises(Refusal, match="no setting called sample.nothing"):
        change(color="blue", nothing=1)
    assert setting("sample.color") == ["red"]
    for read in (declared, setting):
        with pytest.raises(Refusal):
            read("sample.nothing")


def test_a_setting_on_which_data_depends_is_set_once():
    change(unit="BIF")
    change(unit="BIF")
    with pytest.raises(Refusal, match="cannot change any more"):
        change(unit="XOF")
    assert setting("sample.unit") == "BIF"


def test_only_with_the_right(country):
    with pytest.raises(NotPermitted):
        change_settings(values={"sample.color": "x"}, actor=make_user("ada", area=country["Testland"]))
