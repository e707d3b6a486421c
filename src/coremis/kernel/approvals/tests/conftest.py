import pytest

from coremis.kernel.actions.tests.sample_app import sample_app  # noqa: F401
from coremis.kernel.approvals.routes import Approvable
from coremis.kernel.base.money import Money
from coremis.kernel.module.contributions import CATALOGUE
from coremis.kernel.testing.cast import everywhere, make_profile, make_route, make_user

DECIDE = ("approvals.approve_request", "approvals.reject_request", "approvals.return_request")
ASK = ("actions.sell_house", "actions.sell_street", "approvals.submit_request", "approvals.recall_request")


@pytest.fixture(autouse=True)
def approvables(sample_app):  # noqa: F811
    """A house's sale has a price, which routes may ask for."""
    CATALOGUE.add("sample", [Approvable(sample_app.sell_house, amount=lambda inputs: inputs["price"])])
    yield
    CATALOGUE._by_module.pop("sample")


@pytest.fixture
def root():
    from coremis.kernel.actions.action import ACTIONS

    return everywhere(*ACTIONS)


class Office:
    """A maker, a house in Almond, and as many checkers of three profiles as wanted."""

    def __init__(self, country, services, root):
        self.country, self.services, self.root = country, services, root
        self.maker = make_user("maker", *ASK, *DECIDE, area=country["North"])
        self.profiles = {name: make_profile(name, *DECIDE) for name in ("first", "second", "third")}
        self.house = services.build_house(area=country["Almond"], owner="Ada", actor=root)

    def checker(self, username, profile="first", area="Testland"):
        return make_user(username, area=self.country[area], profile=self.profiles[profile])

    def route(self, *profiles, area="Testland", action="actions.sell_house", min_amount=0, people=1):
        return make_route(action, self.country[area], *[self.profiles[name] for name in profiles], min_amount=min_amount, people=people)

    def sale(self, price=100, buyer="Bo", house=None):
        return {"house": house or self.house, "price": Money(price, "XOF"), "buyer": buyer}

    def ask(self, key=None, maker=None, **sale):
        from coremis.kernel.approvals.services import submit

        return submit(self.services.sell_house, self.sale(**sale), actor=maker or self.maker, note="please", key=key)

    def owner(self):
        return type(self.house).objects.get(pk=self.house.pk).owner


@pytest.fixture
def office(country, sample_app, root):  # noqa: F811
    return Office(country, sample_app, root)
