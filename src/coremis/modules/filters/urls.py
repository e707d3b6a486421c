"""The addresses of this module."""

from django.urls import URLPattern, path

from coremis.modules.filters import views

app_name = "filters"
urlpatterns: list[URLPattern] = [
    path("", views.saved_filter_list, name="saved_filter_list"),
    path("edit/", views.edit_filter, name="edit_filter"),
    path("<int:pk>/", views.saved_filter_detail, name="saved_filter_detail"),
    path("<int:pk>/change/", views.change_filter, name="change_filter"),
    path("<int:pk>/copy/", views.copy_filter, name="copy_filter"),
    path("<int:pk>/retire/", views.retire_filter, name="retire_filter"),
]
