from django.urls import include, path

from coremis.kernel.screens.tests import sample
from coremis.project.urls import urlpatterns as product

patterns = [
    path("areas/", sample.area_list, name="area_list"),
    path("areas/add/", sample.add, name="add_area"),
    path("areas/<int:pk>/", sample.area_detail, name="area_detail"),
    path("areas/<int:pk>/former/", sample.former_list, name="former_list"),
    path("areas/<int:pk>/rename/", sample.rename, name="rename_area"),
    path("areas/<int:pk>/close/", sample.close, name="close_area"),
    path("assignments/<int:pk>/", sample.assignment_detail, name="assignment_detail"),
]
urlpatterns = [path("sample/", include((patterns, "sample"))), *product]
