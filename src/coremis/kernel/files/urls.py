"""Addresses of files."""

from django.urls import path

from coremis.kernel.files import views

app_name = "files"
urlpatterns = [path("<int:attachment_id>/", views.download_attachment, name="download_attachment")]
