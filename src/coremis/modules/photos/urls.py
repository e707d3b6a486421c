"""Addresses of this module."""

from django.urls import path

from coremis.modules.photos import views

app_name = "photos"
urlpatterns = [path("load/", views.load_photos, name="load_photos")]
