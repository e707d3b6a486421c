"""The addresses of this module."""

from django.urls import path

from coremis.modules.help import views

app_name = "help"
urlpatterns = [
    path("", views.help_index, name="index"),
    path("search/", views.help_search, name="search"),
    path("pictures/<path:picture>", views.help_picture, name="picture"),
    path("<path:page>/", views.help_page, name="page"),
]
