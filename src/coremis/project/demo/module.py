"""What the demo adds to its own pages."""

from django.utils.translation import gettext_lazy as _

from coremis.kernel.module.contributions import Contribution
from coremis.kernel.screens.contributions import HomeCard
from coremis.kernel.screens.menu import TopMenu
from coremis.project.demo import things, views

contributions: list[Contribution] = [
    TopMenu("demo/_seats.html", views.seats),
    HomeCard(_("Things to try"), things.card, permission=None, template="demo/_things.html", order=900, wide=True),
]
