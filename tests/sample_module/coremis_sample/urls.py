"""The addresses of this module."""

from coremis_sample import views
from django.urls import path

app_name = "sample_places"
urlpatterns = [
    path("", views.place_list, name="place_list"),
    path("add/", views.add_meeting_place, name="add_meeting_place"),
    path("<int:pk>/", views.place_detail, name="place_detail"),
    path("<int:pk>/close/", views.close_meeting_place, name="close_meeting_place"),
]
