"""A text folded in the database is folded as it is in Python, so that a filter finds what the search finds."""

import pytest
from django.db.models import Value

from coremis.kernel.areas.models import Area
from coremis.kernel.base.text import fold
from coremis.kernel.expressions.folded import folded

pytestmark = pytest.mark.django_db
TEXTS = ("  Nhâ-Ñúñez d’ÉTÉ l'Œuvre ", "Ærø Łódź", "Ma\u200bri\u00ada\u2060", "\u202eMaria\ufe0f\u3164", "O'Brien", "—", "Kĩkũyũ\U000e0041")


@pytest.mark.parametrize("text", TEXTS)
def test_it_works(country, text):
    assert Area.objects.annotate(found=folded(Value(text))).values_list("found", flat=True)[0] == fold(text)
