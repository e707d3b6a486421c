"""The addresses of this module."""

from django.urls import path

from coremis.modules.scoring import run_views, views

app_name = "scoring"
urlpatterns = [
    path("formulas/", views.formula_list, name="formula_list"),
    path("formulas/add/", views.save_formula, name="save_formula"),
    path("formulas/load/", views.load_formulas, name="load_formulas"),
    path("formulas/<int:pk>/", views.formula_detail, name="formula_detail"),
    path("formulas/<int:pk>/change/", views.change_formula, name="change_formula"),
    path("formulas/<int:pk>/version/", views.start_version, name="start_version"),
    path("versions/<int:pk>/", views.version_detail, name="version_detail"),
    path("versions/<int:pk>/file/", views.version_file, name="version_file"),
    path("versions/<int:pk>/settings/", views.save_settings, name="save_settings"),
    path("versions/<int:pk>/stratum/", views.save_stratum, name="save_stratum"),
    path("versions/<int:pk>/member-fact/", views.save_member_fact, name="save_member_fact"),
    path("versions/<int:pk>/fact/", views.save_fact, name="save_fact"),
    path("versions/<int:pk>/term/", views.save_term, name="save_term"),
    path("versions/<int:pk>/category/", views.save_category, name="save_category"),
    path("versions/<int:pk>/limit/", views.save_cutoff, name="save_cutoff"),
    path("versions/<int:pk>/example/", views.save_example, name="save_example"),
    path("versions/<int:pk>/remove/", views.remove_entry, name="remove_entry"),
    path("versions/<int:pk>/up/", views.move_entry, name="move_entry"),
    path("versions/<int:pk>/use/", views.activate_version, name="activate_version"),
    path("", run_views.run_list, name="run_list"),
    path("add/", run_views.score_households, name="score_households"),
    path("<int:pk>/", run_views.run_detail, name="run_detail"),
    path("<int:pk>/scores/", run_views.score_list, name="score_list"),
    path("scores/<int:pk>/", run_views.score_detail, name="score_detail"),
]
