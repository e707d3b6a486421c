"""The pages: who may open them, what stands there, what can be taken home, and arranging by buttons."""

import csv
import io
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coremis.kernel.access.models import Profile
from coremis.kernel.actions.models import Event
from coremis.kernel.actions.services import maintenance
from coremis.kernel.datasets.widget import Chart
from coremis.kernel.testing.cast import make_profile, make_user
from coremis.kernel.testing.check_module import check_module
from coremis.modules.dashboards import services
from coremis.modules.dashboards.arranging import Placed, placed
from coremis.modules.dashboards.models import Dashboard
from coremis.modules.dashboards.tests.sample import SEES, households, refresh
from coremis.modules.dashboards.tests.test_arranging import NAMES, OWN, VIEW
from coremis.modules.registry.tests.factories import make_household

pytestmark = pytest.mark.django_db
SVG = "{http://www.w3.org/2000/svg}"
BARS = Placed("registry.households", "households", Chart.BARS, by="place")


def person(country, *further, name="officer", area="Testland"):
    return make_user(name, VIEW, *OWN, SEES, "areas.view_area", *further, area=country[area])


def with_figures(user, *widgets):
    mine = services.create_own_dashboard(names=NAMES, empty=True, actor=user)
    services.arrange_own_dashboard(dashboard=mine, widgets=[one.stored() for one in widgets], actor=user)
    return Dashboard.objects.get(pk=mine.pk)


def samples(area):
    """A household that is counted, and the dashboard of a profile."""
    make_household(area)
    seat = Profile.objects.filter(code="seat").first() or make_profile("seat", VIEW, SEES)
    with maintenance("test dashboards"):
        board = Dashboard(profile=seat, names={"en": "Board of the seat"}, widgets=[BARS.stored()])
        board.save()
    return {Dashboard: board}


def test_it_works():
    """Every page by the house's own check; those of one dashboard belong to one person and are tested below."""
    check_module(
        "dashboards", samples=samples,
        leave_out={"dashboards:put_away_own_dashboard", "dashboards:put_away_profile_dashboard", "dashboards:figure_file", "dashboards:figure"},
    )  # fmt: skip


def test_a_page_says_how_many_and_where(country, client):
    households(country, Almond=3, Fig=2)
    refresh()
    user = person(country)
    with_figures(user, BARS)
    client.force_login(user)
    page = client.get("/dashboards/", {"dashboard": Dashboard.objects.get().pk}).content.decode()
    assert f'href="/people/households/?area={country["North"].pk}"' in page and ">3<" in page
    assert "Show as a table" in page and "style=" not in page and "<script>" not in page


def test_a_place_in_the_address_limits_all_figures(country, client):
    households(country, Almond=3, Fig=2)
    refresh()
    user = person(country)
    board = with_figures(user, Placed("registry.households", "households"))
    client.force_login(user)
    page = client.get("/dashboards/", {"dashboard": board.pk, "area": country["South"].pk})
    assert [number["text"] for figure in page.context["figures"] for number in figure.numbers] == ["2"]
    assert f"?area={country['South'].pk}" in page.content.decode()


def test_what_is_not_understood_shows_no_figure(country, client):
    refresh()
    user = person(country, area="North")
    board = with_figures(user, BARS)
    client.force_login(user)
    for query in ({"area": country["South"].pk}, {"area": "x"}, {"nonsense": "1"}):
        page = client.get("/dashboards/", {"dashboard": board.pk, **query})
        assert page.status_code == 200 and page.context["problems"] and not page.context["figures"], query


def test_files_hold_the_same_numbers(country, client):
    households(country, Almond=3, Fig=2)
    refresh()
    user = person(country, "screens.export_list")
    board = with_figures(user, BARS, Placed("registry.households", "female_headed_share", by="place"))
    client.force_login(user)
    given = {"dashboard": board.pk, "figure": 0}
    answer = client.get(reverse("dashboards:figure_file"), {**given, "format": "csv"})
    assert list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))) == [["Place", "Households"], ["North", "3"], ["South", "2"]]
    drawing = ElementTree.fromstring(client.get(reverse("dashboards:figure_file"), {**given, "format": "svg"}).content)
    assert [text.text for text in drawing.iter(f"{SVG}text")] == ["North", "3", "South", "2"]
    assert all(shape.get("fill") for shape in drawing.iter(f"{SVG}rect"))
    workbook = client.get(reverse("dashboards:figure_file"), {**given, "figure": 1, "format": "xlsx"})
    assert workbook["Content-Type"].endswith("spreadsheetml.sheet") and workbook.content[:2] == b"PK"
    assert Event.objects.filter(action="screens.export_list").count() == 3


def test_long_labels_run_into_nothing(country, client):
    """On a phone some 44 signs stand beside each other: a label takes several lines and leaves room for its number."""
    with maintenance("test"):
        for name in ("North", "South"):
            country[name].name = f"{name} of the Great Lakes, with the islands, the eastern shore and all that lies behind the mountains"
            country[name].save()
    households(country, Almond=3, Fig=2)
    refresh()
    user = person(country, "screens.export_list")
    share = Placed("registry.households", "households", chart="share", by="place")
    board = with_figures(user, BARS, share)
    client.force_login(user)
    given = {"dashboard": board.pk, "format": "svg"}
    for figure, room in ((0, 44 - 2 - 1), (1, 44)):
        drawing = ElementTree.fromstring(client.get(reverse("dashboards:figure_file"), {**given, "figure": figure}).content)
        texts = [(float(one.get("y")), one.get("x"), one.text) for one in drawing.iter(f"{SVG}text") if one.get("text-anchor") != "middle"]
        labels = [(y, text) for y, x, text in texts if x in ("0", "22")]
        assert len(labels) >= 4 and all(len(text) <= room for _y, text in labels), labels
        lines = sorted(y for y, _text in labels)
        assert all(below - above >= 14 for above, below in zip(lines, lines[1:], strict=False)), lines
        boxes = [(float(one.get("y")), float(one.get("y")) + float(one.get("height"))) for one in drawing.iter(f"{SVG}rect")]
        assert not [(y, box) for y, x, _text in texts for box in boxes if x == "0" and box[0] < y - 2 < box[1]]
        assert max(lines) < float(drawing.get("height"))


def test_files_are_a_right_and_stay_inside_the_places(country, client):
    households(country, Almond=3)
    refresh()
    board = with_figures(person(country), BARS)
    client.force_login(Dashboard.objects.get().user)
    asked = {"dashboard": board.pk, "figure": 0, "format": "csv"}
    assert client.get(reverse("dashboards:figure_file"), asked).status_code == 404
    client.force_login(person(country, "screens.export_list", name="other"))
    assert client.get(reverse("dashboards:figure_file"), asked).status_code == 404  # not their dashboard


def test_arranging_by_buttons(country, client):
    user = person(country)
    board = with_figures(user, BARS, Placed("registry.households", "members"))
    client.force_login(user)
    address = f"/dashboards/arrange/?dashboard={board.pk}"

    def press(**what):
        board.refresh_from_db()
        assert client.post(address, {"key": str(board.version), "version": board.version, **what}).status_code == 303
        board.refresh_from_db()
        return [placed(one) for one in board.widgets]

    assert [one.measure for one in press(do="down", figure=0)] == ["members", "households"]
    assert press(do="size", figure=0)[0].size == "wide"
    assert [one.measure for one in press(do="remove", figure=1)] == ["members"]
    assert len(press(do="add", figure=0)) == 2
    press(do="name", name="Ours")
    assert str(board) == "Ours"
    before = board.widgets
    client.post(address, {"key": "old", "version": 1, "do": "remove", "figure": 0})
    board.refresh_from_db()
    assert board.widgets == before


def test_describing_a_figure(country, client):
    households(country, Almond=3)
    refresh()
    user = person(country)
    board = with_figures(user)
    client.force_login(user)
    address = f"/dashboards/arrange/figure/?dashboard={board.pk}&about=registry.households"
    typed = {
        "measure": "households",
        "chart": "bars",
        "by": "place",
        "across": "",
        "size": "half",
        "title": "Ours",
        "version": board.version,
    }
    tried = client.post(address, {**typed, "do": "try"})
    assert b">3<" in tried.content and not Dashboard.objects.get().widgets
    assert client.post(address, {**typed, "do": "keep", "only_head_sex": ["female"]}).status_code == 303
    assert Dashboard.objects.get().widgets == [
        Placed("registry.households", "households", Chart.BARS, "place", filters={"head_sex": ["female"]}, names={"en": "Ours"}).stored()
    ]
    for wrong in ({"chart": "line"}, {"by": ""}, {"chart": "map", "by": "month"}, {"by": "month", "across": "month"}, {"measure": "x"}):
        assert client.post(address, {**typed, "do": "keep", **wrong}).status_code == 422, wrong
    assert client.get(address.replace("registry.households", "registry.persons")).status_code == 404


def test_nobody_opens_what_belongs_to_somebody_else(country, client):
    board = with_figures(person(country), BARS)
    client.force_login(person(country, name="other"))
    for page in ("/dashboards/", "/dashboards/arrange/", "/dashboards/arrange/figure/"):
        assert client.get(page, {"dashboard": board.pk, "figure": 0}).status_code == 404, page
    assert client.post(f"/dashboards/{board.pk}/put-away/", {"key": "k", "step": "confirm"}).status_code == 404
    assert Dashboard.objects.get().is_shown


def test_a_dashboard_for_a_profile(country, client):
    rights = [
        one.name for one in (services.create_profile_dashboard, services.arrange_profile_dashboard, services.put_away_profile_dashboard)
    ]
    client.force_login(person(country, *rights, name="chief"))
    seat = make_profile("seat", VIEW, SEES)
    typed = {"key": "k", "step": "confirm", "profile": seat.pk, "names_en": "Of the seat", "empty": "on"}
    assert client.post("/dashboards/profiles/new/", typed).status_code == 303
    board = Dashboard.objects.get()
    assert b"Of the seat" in client.get("/dashboards/profiles/").content
    client.post(f"/dashboards/arrange/?dashboard={board.pk}", {"do": "add", "figure": 0, "key": "a", "version": board.version})
    member = make_user("member", area=country["North"], profile=seat)
    client.force_login(member)
    assert len(client.get("/dashboards/").context["figures"]) == 1
    client.force_login(make_user("chief-2", *rights, VIEW, *OWN, area=country["North"]))
    assert client.post(f"/dashboards/profiles/{board.pk}/put-away/", {"key": "p", "step": "confirm"}).status_code == 303
    assert not Dashboard.objects.get().is_shown


def test_as_many_queries_whatever_was_counted(country, client):
    user = person(country, "registry.view_person")
    client.force_login(user)

    def queries():
        with CaptureQueriesContext(connection) as caught:
            assert client.get("/dashboards/").status_code == 200
        return len(caught)

    households(country, Almond=1)
    refresh()
    client.get("/dashboards/")
    few = queries()
    households(country, Almond=4, Beech=2, Fig=3, Cedar=2)
    refresh()
    assert queries() == few
