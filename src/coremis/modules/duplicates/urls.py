"""Addresses of this module."""

from django.urls import path

from coremis.modules.duplicates import views

app_name = "duplicates"
urlpatterns = [
    path("", views.group_list, name="groups"),
    path("look/", views.look_for_duplicates, name="look"),
    path("decide/", views.decide_chosen, name="decide_chosen"),
    path("<int:pk>/", views.group_detail, name="group"),
    path("<int:pk>/decide/", views.decide_duplicates, name="decide"),
]
