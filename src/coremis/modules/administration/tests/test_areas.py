"""Administrative units through their pages."""

import pytest

from coremis.kernel.areas.models import Area, AreaLevel
from coremis.modules.administration.tests.house import send, signed_in, units_file

AREAS = "/administration/areas/"


@pytest.fixture
def ada(people):
    return signed_in(people["ada"])


def unit(code):
    return Area.objects.get(code=code)


def test_it_works(ada):
    """Found, opened, and what lies inside."""
    listed = ada.post(AREAS, {"do": "search", "name": "almond"}, follow=True).content.decode()
    assert "Almond" in listed and "Date palm" not in listed
    page = ada.get(f"{AREAS}{unit('N1').pk}/").content.decode()
    assert "Sanzira / North" in page and "Almond (N1A)" in page and "Commune" in page


def test_added(ada):
    assert send(ada, f"{AREAS}{unit('N1').pk}/add/", name="Beech", code="N1B").status_code == 303
    assert unit("N1B").full_path == "north/northfield/beech" and unit("N1B").level.position == 3
    taken = send(ada, f"{AREAS}{unit('N1').pk}/add/", name="Beech", code="N1B")
    assert taken.status_code == 422 and "in use" in taken.content.decode()


def test_loaded_from_a_file_and_once_more(ada):
    rows = "name;parent;code\nBeech;N1;N1B\nCedar;N1;N1C\nEast;;E\nAlmond;N1;N1A\n"
    for added in (3, 0):
        answer = send(ada, f"{AREAS}load/", rows_file=units_file(rows))
        assert answer.status_code == 303 and f"{added} units were added." in ada.get(AREAS).content.decode()
    assert unit("E").parent.code == "SZ" and unit("N1C").full_path == "north/northfield/cedar"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("code;name;parent\nX;Lost;NOWHERE\n", "lies in one that is not in the list"),
        ("code;name;parent\nX1;Too deep;N1A\n", "lies deeper than the defined levels"),
        ("code;name;parent\nX;Twice;N\nX;Twice;N\n", "stands twice"),
        ("code;name\nX;\n", "Row 2 needs a code and a name"),
        ("name\nX\n", "needs the columns code and name"),
        ("", "empty"),
    ],
)
def test_a_faulty_file_is_a_sentence_and_nothing_is_added(ada, text, sentence):
    """pitfall D1"""
    before = Area.objects.count()
    answer = send(ada, f"{AREAS}load/", rows_file=units_file(text))
    assert answer.status_code == 422 and sentence in answer.content.decode() and Area.objects.count() == before


def test_levels_get_names_and_one_more(ada):
    page = ada.get(f"{AREAS}levels/").content.decode()
    assert "Colline" in page
    names = {
        f"level{n}_{code}": f"{word} {code}" for n, word in enumerate(("Land", "Region", "Town", "Hill", "Street")) for code in ("en", "fr")
    }
    assert send(ada, f"{AREAS}levels/", **names).status_code == 303
    assert [level.names["fr"] for level in AreaLevel.objects.all()] == ["Land fr", "Region fr", "Town fr", "Hill fr", "Street fr"]
