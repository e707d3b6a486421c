"""Actions that show one thing each."""

from datetime import date, datetime
from decimal import Decimal

from coremis.kernel.actions.action import action
from coremis.kernel.actions.bulk import copy_into, insert_from, update_from
from coremis.kernel.actions.context import Actor, required
from coremis.kernel.actions.long import steps_of
from coremis.kernel.actions.parameters import Secret
from coremis.kernel.actions.tests.sample.models import Color, House, Memo, Room, Tour
from coremis.kernel.areas.models import Area
from coremis.kernel.base.dates import PartialDate
from coremis.kernel.base.money import Money
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.work import Work


@action("Build a house")
def build_house(*, area: Area, owner: str = "", account: Secret[str] | None = None, actor: Actor) -> House:
    house = House(area=area, owner=owner, account=account.reveal() if account else "")
    house.save()
    return house


@action("Build a house by the number of its place")
def build_house_at(*, area_id: int, actor: Actor) -> House:
    house = House(area_id=area_id)
    house.save()
    return house


@action("Paint a house")
def paint_house(*, house: House, color: Color, account: Secret[str] | None = None, actor: Actor) -> House:
    house.color = color
    if account:
        house.account = account.reveal()
    house.save()
    return house


@action("Move a house")
def move_house(*, house: House, to: int, actor: Actor) -> House:
    house.area_id = to
    house.save()
    return house


@action("Sell a house", approvable=True, formerly=("sample.hand_over",))
def sell_house(*, house: House, price: Money, buyer: str, actor: Actor) -> House:
    if buyer == "nobody":
        raise Refusal("Nobody cannot buy a house.")
    house.owner = buyer
    house.save()
    return house


@action("Sell many houses", approvable=True, covers=(sell_house, paint_house))
def sell_street(*, houses: list[House], price: Money, buyer: str, actor: Actor) -> int:
    for house in houses:
        paint_house(house=house, color=Color.BLUE, actor=actor)
        sell_house(house=house, price=price, buyer=buyer, actor=actor)
    return len(houses)


@action("Sell a house and, unasked, another one", approvable=True)
def sell_two(*, house: House, other: House, actor: Actor) -> int:
    sell_house(house=house, price=Money(1, "XOF"), buyer="x", actor=actor)
    return 2


@action("Sell a house, and then the next", approvable=True)
def sell_on(*, houses: list[House], actor: Actor) -> int:
    houses[0].owner = "sold"
    houses[0].save()
    return 1 + (sell_on(houses=houses[1:], actor=actor) if houses[1:] else 0)


@action("Look at a house")
def look_at(*, house: House, actor: Actor) -> str:
    return house.owner


@action("Repaint and rename", covers=(build_house,))
def renovate(*, house: House, actor: Actor) -> House:
    build_house(area=house.area, actor=actor)
    paint_house(house=house, color=Color.BLUE, actor=actor)
    return house


@action("Plan a tour")
def plan_tour(*, title: str, area_ids: list[int], actor: Actor) -> Tour:
    tour = Tour(title=title)
    tour.save()
    tour.areas.set(area_ids)
    return tour


@action("Extend a tour")
def extend_tour(*, tour: Tour, area_id: int, actor: Actor) -> None:
    tour.areas.add(area_id)


@action("Rename all tours")
def rename_tours(*, title: str, actor: Actor) -> int:
    return update_from(Tour.objects.all(), title=title)


@action("Copy houses")
def copy_houses(*, owner: str, times: int = 1, actor: Actor) -> int:
    source = House.objects.filter(owner=owner)
    return sum(insert_from(House, source, ["area", "owner", "rooms_count", "color", "data", "account"]) for _once in range(times))


@action("Write a memo")
def write_memo(*, text: str, actor: Actor) -> Memo:
    memo = Memo(text=text)
    memo.save()
    return memo


@action("Add a room")
def add_room(*, house: House, name: str, actor: Actor) -> Room:
    room = Room(house=house, name=name)
    room.save()
    return room


@action("Take every kind of input")
def take_all(
    *, house: House, houses: list[House], on: date, at: datetime, count: int, sure: bool, text: str, price: Money, color: Color,
    plain: dict, rows: list[dict], share: Decimal, born: PartialDate, secret: Secret[str], maybe: int | None = None, actor: Actor,
) -> dict:  # fmt: skip
    return {"count": count}


@action("Build a village")
def build_village(*, area_id: int, count: int, memo: bool = False, actor: Actor) -> Job:
    """Two houses a chunk."""
    return lay_bricks.start({"area_id": area_id, "count": count, "memo": memo})


@steps_of(build_village, title="Laying bricks")
def lay_bricks(work: Work) -> bool:
    if work.params["memo"]:
        write_memo(text="x", actor=required().actor)
    copy_into(House, ["area", "owner", "rooms_count", "color", "data", "account"], [[work.params["area_id"], "", 0, "RED", {}, ""]] * 2)
    work.done += 2
    return work.done < work.params["count"]


@action("Do as told")
def do_as_told(*, what: str = "", actor: Actor) -> object:
    """Runs ``TOLD[0]``: lets a test write inside an action."""
    return TOLD[0]()


TOLD = [lambda: None]
