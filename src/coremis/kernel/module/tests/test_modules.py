"""Switching modules on: what is missing, unknown or circular stops the start with a sentence that says what to do."""

import sys
from dataclasses import dataclass
from types import ModuleType

import pytest
from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured

from coremis.kernel.module.config import ModuleConfig
from coremis.kernel.module.contributions import Catalogue, Contribution, contributions
from coremis.project import modules
from coremis.project.modules import enabled_apps, installed_modules, module_config


@dataclass(frozen=True)
class Sign(Contribution):
    text: str


@pytest.fixture
def packages(monkeypatch):
    """Installed modules, made up: ``packages(a=("b",))`` installs a module a that requires b."""

    def install(**requires):
        found = {"administration": "coremis.modules.administration"}
        for name, needed in requires.items():
            path = f"made_up_{name}"
            apps = ModuleType(f"{path}.apps")
            apps.Config = type(
                f"{name.title()}Config", (ModuleConfig,), {"__module__": apps.__name__, "name": path, "label": name, "requires": needed}
            )
            monkeypatch.setitem(sys.modules, path, ModuleType(path))
            monkeypatch.setitem(sys.modules, apps.__name__, apps)
            found[name] = path
        monkeypatch.setattr(modules, "installed_modules", lambda: found)
        return found

    return install


def refused(names, sentence):
    with pytest.raises(ImproperlyConfigured, match=sentence):
        enabled_apps(names)


def test_it_works(packages):
    """What is required comes first, whatever the order of the configuration; administration is always on."""
    packages(ledger=(), payments=("ledger", "registry"), registry=("administration",))
    names = [path.split(".")[0].removeprefix("made_up_") for path in enabled_apps(["payments", "registry", "ledger", "payments"])]
    assert sorted(names) == ["coremis", "ledger", "payments", "registry"]
    assert names.index("coremis") < names.index("registry") < names.index("payments") > names.index("ledger")
    assert enabled_apps([]) == ["coremis.modules.administration.apps.AdministrationConfig"]


def test_missing_unknown_and_circular(packages):
    packages(a=("b", "c"), b=(), c=(), x=("y",), y=("z",), z=("x",))
    refused(["a"], "“a” needs b, c. Add it to COREMIS_MODULES, or take “a” out")
    refused(["a", "b"], "“a” needs c")
    refused(["nobody"], "names “nobody”, which is not installed. Installed: a, administration, b")
    refused(["x", "y", "z"], "require each other in a circle: ")
    assert len(enabled_apps(["a", "b", "c"])) == 4


def test_each_module_comes_out_with_those_that_require_it(packages):
    """Without registry, payments cannot stay; without payments, registry can."""
    packages(ledger=(), registry=(), payments=("ledger", "registry"))
    refused(["ledger", "payments"], "“payments” needs registry")
    assert len(enabled_apps(["ledger", "registry"])) == 3 and len(enabled_apps(["ledger"])) == 2


def test_damaged_package(packages, monkeypatch):
    found = packages(a=())
    found["gone"] = "made_up_gone"
    refused(["gone"], "“gone” has no made_up_gone/apps.py. Install it again")
    monkeypatch.delattr(sys.modules["made_up_a.apps"], "Config")
    refused(["a"], "exactly one ModuleConfig; it holds 0")


def test_a_fault_inside_a_module_is_not_hidden(packages, tmp_path, monkeypatch):
    """An import that fails inside a module is the module's error, told as it is."""
    package = tmp_path / "made_up_broken"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "apps.py").write_text("import nothing_of_this_name\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    packages()["broken"] = "made_up_broken"
    with pytest.raises(ModuleNotFoundError, match="nothing_of_this_name"):
        module_config("broken")


def test_two_packages_of_one_name(monkeypatch):
    """A foreign package cannot quietly take the place of ours."""

    @dataclass
    class Point:
        name: str
        value: str

    monkeypatch.setattr(
        modules, "entry_points", lambda group: [Point("payments", "coremis.modules.payments"), Point("payments", "elsewhere.payments")]
    )
    with pytest.raises(ImproperlyConfigured, match="Two installed packages offer a module “payments”"):
        installed_modules()
    monkeypatch.setattr(modules, "entry_points", lambda group: [Point("payments", "coremis.modules.payments")] * 2)
    assert installed_modules() == {"payments": "coremis.modules.payments"}


def test_contributions_are_real_objects_by_kind():
    catalogue = Catalogue()
    catalogue.add("a", [Sign("one"), Contribution()])
    catalogue.add("b", [Sign("two")])
    assert [sign.text for sign in catalogue.all(Sign)] == ["one", "two"] and len(catalogue.all(Contribution)) == 3
    catalogue.add("a", [])
    assert [sign.text for sign in catalogue.all(Sign)] == ["two"] and contributions(Sign) == []


@pytest.mark.parametrize("wrong", ["payments.MenuItem", Sign, None, ("x",)])
def test_what_is_no_contribution_stops_the_start(wrong):
    with pytest.raises(ImproperlyConfigured, match="module “a” adds .* which is no contribution. Correct its module.py"):
        Catalogue().add("a", [wrong])


@pytest.mark.parametrize("given", [None, (), "x"])
def test_a_module_needs_its_list(monkeypatch, given):
    package, listed = ModuleType("made_up_m"), ModuleType("made_up_m.module")
    package.__path__, package.__file__ = ["nowhere"], "nowhere/__init__.py"
    listed.contributions, listed.__spec__ = given, ModuleType("spec")
    monkeypatch.setitem(sys.modules, "made_up_m", package)
    monkeypatch.setitem(sys.modules, "made_up_m.module", listed)
    config = type("MConfig", (ModuleConfig,), {"name": "made_up_m", "label": "m"})("made_up_m", package)
    with pytest.raises(ImproperlyConfigured, match="“m” must have a module.py with a list"):
        config.ready()


def test_every_module_of_the_product_says_who_it_is():
    for name in installed_modules():
        try:
            config = module_config(name)
        except ImproperlyConfigured:
            continue
        assert issubclass(config, AppConfig) and str(config.title) and config.version and config.label == name
