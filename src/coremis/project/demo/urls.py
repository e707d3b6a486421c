"""The addresses of the demo."""

from django.urls import path

from coremis.project.demo import views

app_name = "demo"
urlpatterns = [
    path("seat/", views.take_seat, name="take_seat"),
    path("things/", views.things_to_try, name="things"),
    path("files/<str:name>", views.prepared_file, name="file"),
]
