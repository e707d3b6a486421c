"""The addresses of this module."""

from django.urls import path

from coremis.modules.validation import views

app_name = "validation"
urlpatterns = [
    path("<int:pk>/lists/", views.take_village_list, name="take_village_list"),
    path("<int:pk>/meeting/", views.record_meeting, name="record_meeting"),
    path("<int:pk>/villages/<int:area>/", views.village, name="village"),
    path("meetings/<int:pk>/minutes/", views.attach_minutes, name="attach_minutes"),
]
