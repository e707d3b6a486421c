"""Addresses of the pages that belong to no module: the home page, and choosing a place."""

from django.urls import path

from coremis.kernel.screens.home import home
from coremis.kernel.screens.places import area_choices

app_name = "screens"

urlpatterns = [
    path("", home, name="home"),
    path("places/", area_choices, name="area_choices"),
]
