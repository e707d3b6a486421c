"""The addresses of this module."""

from django.urls import path

from coremis.modules.dashboards import views

app_name = "dashboards"
urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("figure/file/", views.figure_file, name="figure_file"),
    path("refresh/", views.refresh_figures, name="refresh_figures"),
]
