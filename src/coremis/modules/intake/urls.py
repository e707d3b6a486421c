"""Addresses of this module."""

from django.urls import path

from coremis.modules.intake import views

app_name = "intake"
urlpatterns = [
    path("", views.batches, name="batches"),
    path("new/", views.create_batch_page, name="create_batch"),
    path("<int:pk>/", views.batch, name="batch"),
    path("<int:pk>/rows/", views.rows, name="rows"),
    path("<int:pk>/columns/", views.check_batch_page, name="check_batch"),
    path("<int:pk>/take-in/", views.apply_batch_page, name="apply_batch"),
    path("<int:pk>/cancel/", views.cancel_batch_page, name="cancel_batch"),
]
