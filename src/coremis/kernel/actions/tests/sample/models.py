"""Houses with rooms, tours through several places, notes that have no place, stones that never change."""

from django.db import models

from coremis.kernel.access.encryption import EncryptedField
from coremis.kernel.actions.models import Record
from coremis.kernel.areas.models import Area


class Color(models.TextChoices):
    RED = "RED", "red"
    BLUE = "BLUE", "blue"


class House(Record):
    area_path = "area"
    number_prefix = "X"

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    owner = models.CharField(max_length=60, default="")
    number = models.BigIntegerField(null=True)
    rooms_count = models.IntegerField(default=0)
    color = models.CharField(max_length=8, choices=Color.choices, default=Color.RED)
    built_on = models.DateField(null=True)
    seen_at = models.DateTimeField(null=True)
    is_safe = models.BooleanField(null=True)
    score = models.FloatField(null=True)
    share = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    data = models.JSONField(default=dict)
    account = EncryptedField(default="")
    nickname = models.CharField(max_length=20, null=True)

    class Meta:
        verbose_name = "house"


class Room(Record):
    area_path = "house__area"

    house = models.ForeignKey(House, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(max_length=40, unique=True)


class Tour(Record):
    areas_path = "areas"

    title = models.CharField(max_length=40)
    areas = models.ManyToManyField(Area, related_name="+")


class Memo(Record):
    area_path = None

    text = models.TextField()


class Stone(Record):
    area_path = None
    append_only = True

    name = models.CharField(max_length=40)
