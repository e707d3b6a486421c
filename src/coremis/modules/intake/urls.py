"""Addresses of this module."""

from django.urls import path

from coremis.modules.intake import views
from coremis.modules.intake.template import template_page

app_name = "intake"
urlpatterns = [
    path("", views.batches, name="batches"),
    path("template/", template_page, name="template"),
    path("new/", views.create_batch_page, name="create_batch"),
    path("<int:pk>/", views.batch, name="batch"),
    path("<int:pk>/rows/", views.rows, name="rows"),
    path("<int:pk>/columns/", views.check_batch_page, name="check_batch"),
    path("<int:pk>/take-in/", views.apply_batch_page, name="apply_batch"),
    path("<int:pk>/correct/", views.correct_rows_page, name="correct_rows"),
    path("<int:pk>/replace/", views.replace_text_page, name="replace_text"),
    path("<int:pk>/check-again/", views.check_again_page, name="check_again"),
    path("<int:pk>/corrections/", views.corrections, name="corrections"),
    path("corrections/<int:pk>/undo/", views.undo_correction_page, name="undo_correction"),
    path("<int:pk>/take-back/", views.undo_batch_page, name="undo_batch"),
    path("mappings/", views.saved_mappings, name="saved_mappings"),
    path("mappings/<int:pk>/retire/", views.retire_mapping_page, name="retire_mapping"),
    path("<int:pk>/cancel/", views.cancel_batch_page, name="cancel_batch"),
]
