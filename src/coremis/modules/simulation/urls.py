"""The addresses of this module."""

from django.urls import path

from coremis.modules.simulation import views

app_name = "simulation"
urlpatterns = [
    path("", views.simulation_list, name="simulation_list"),
    path("add/", views.simulate, name="simulate"),
    path("<int:pk>/", views.simulation_detail, name="simulation_detail"),
    path("<int:pk>/compare/", views.compare_simulations, name="compare_simulations"),
    path("comparisons/<int:pk>/", views.comparison_detail, name="comparison_detail"),
]
