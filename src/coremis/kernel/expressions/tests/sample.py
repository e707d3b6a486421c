"""A throw-away table with a JSON column and plain columns, and a way to fill it."""

from django.db import models

from coremis.kernel.base.formula import Kind
from coremis.kernel.expressions.variable import Variable


class Dwelling(models.Model):
    data = models.JSONField(null=True)
    number = models.FloatField(null=True)
    flag = models.BooleanField(null=True)
    word = models.TextField(null=True)
    day = models.DateField(null=True)

    class Meta:
        app_label = "formula_sample"


NAMES = {
    "rooms": Kind.NUMBER,
    "income": Kind.NUMBER,
    "number": Kind.NUMBER,
    "urban": Kind.BOOLEAN,
    "flag": Kind.BOOLEAN,
    "nickname": Kind.TEXT,
    "word": Kind.TEXT,
    "roof": Kind.CHOICE,
    "born": Kind.DATE,
    "day": Kind.DATE,
}
PLAIN = ("number", "flag", "word", "day")
COLUMNS = {name: name if name in PLAIN else Variable(name, kind) for name, kind in NAMES.items()}


def fill(rows):
    """Stores rows of raw values by name; JSON holds whatever is not a plain column."""
    Dwelling.objects.all().delete()
    Dwelling.objects.bulk_create(
        Dwelling(
            id=index,
            data={name: value for name, value in row.items() if name not in PLAIN},
            **{name: row[name] for name in PLAIN if name in row},
        )
        for index, row in enumerate(rows, start=1)
    )
