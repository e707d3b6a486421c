"""The addresses of this module."""

from django.urls import path

from coremis.modules.dashboards.views import arranging, showing

app_name = "dashboards"
urlpatterns = [
    path("", showing.dashboard, name="dashboard"),
    path("file/", showing.figure_file, name="figure_file"),
    path("refresh/", showing.refresh_figures, name="refresh_figures"),
    path("new/", arranging.create_own_dashboard, name="create_own_dashboard"),
    path("arrange/", arranging.arrange, name="arrange"),
    path("arrange/figure/", arranging.figure, name="figure"),
    path("<int:pk>/put-away/", arranging.put_away_own_dashboard, name="put_away_own_dashboard"),
    path("profiles/", arranging.profile_dashboards, name="profile_dashboards"),
    path("profiles/new/", arranging.create_profile_dashboard, name="create_profile_dashboard"),
    path("profiles/<int:pk>/put-away/", arranging.put_away_profile_dashboard, name="put_away_profile_dashboard"),
]
