"""The addresses of this module."""

from django.urls import URLPattern

app_name = "validation"
urlpatterns: list[URLPattern] = []
