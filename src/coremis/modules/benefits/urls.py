"""The addresses of this module."""

from django.urls import path

from coremis.modules.benefits import views

app_name = "benefits"
urlpatterns = [
    path("", views.rule_list, name="rule_list"),
    path("add/", views.save_rule, name="save_rule"),
    path("<int:pk>/", views.rule_detail, name="rule_detail"),
    path("<int:pk>/change/", views.change_rule, name="change_rule"),
    path("<int:pk>/version/", views.start_version, name="start_version"),
    path("versions/<int:pk>/", views.version_detail, name="version_detail"),
    path("versions/<int:pk>/part/", views.save_part, name="save_part"),
    path("versions/<int:pk>/part/remove/", views.remove_part, name="remove_part"),
    path("versions/<int:pk>/part/up/", views.move_part, name="move_part"),
    path("versions/<int:pk>/limits/", views.save_limits, name="save_limits"),
    path("versions/<int:pk>/example/", views.save_example, name="save_example"),
    path("versions/<int:pk>/example/remove/", views.remove_example, name="remove_example"),
    path("versions/<int:pk>/use/", views.activate_version, name="activate_version"),
]
