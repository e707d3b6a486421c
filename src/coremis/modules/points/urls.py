"""The addresses of this module."""

from django.urls import path

from coremis.modules.points import views

app_name = "points"
urlpatterns = [
    path("", views.point_list, name="point_list"),
    path("add/", views.add_point, name="add_point"),
    path("places-without/", views.places_without_point, name="places_without_point"),
    path("providers/", views.provider_list, name="provider_list"),
    path("providers/add/", views.add_provider, name="add_provider"),
    path("providers/<int:pk>/", views.provider_detail, name="provider_detail"),
    path("providers/<int:pk>/change/", views.change_provider, name="change_provider"),
    path("<int:pk>/", views.point_detail, name="point_detail"),
    path("<int:pk>/change/", views.change_point, name="change_point"),
    path("<int:pk>/close/", views.close_point, name="close_point"),
    path("<int:pk>/open/", views.reopen_point, name="reopen_point"),
    path("<int:pk>/managers/add/", views.assign_point_manager, name="assign_point_manager"),
    path("managers/<int:pk>/end/", views.end_point_manager, name="end_point_manager"),
    path("<int:pk>/places/", views.serve_places, name="serve_places"),
    path("places/<int:pk>/end/", views.stop_serving, name="stop_serving"),
    path("households/<int:pk>/", views.choose_household_point, name="choose_household_point"),
    path("choices/<int:pk>/end/", views.end_household_point, name="end_household_point"),
]
