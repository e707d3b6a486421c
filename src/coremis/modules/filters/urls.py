"""The addresses of this module."""

from django.urls import URLPattern

app_name = "filters"
urlpatterns: list[URLPattern] = []
