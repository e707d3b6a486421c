"""The addresses of this module."""

from django.urls import path, re_path

from coremis.modules.geography.views import figures, files, map, units

app_name = "geography"
urlpatterns = [
    path("map/", map.map_page, name="map"),
    re_path(r"^map/(?P<kind>svg|csv)/$", map.map_file, name="map_file"),
    path("files/", files.files, name="files"),
    path("files/send/", files.send_page, name="send"),
    path("files/<int:pk>/", files.file, name="file"),
    path("files/<int:pk>/rows/", files.rows, name="rows"),
    path("files/<int:pk>/columns/", files.match_page, name="match"),
    path("files/<int:pk>/take-in/", files.take_in_page, name="take_in"),
    path("files/<int:pk>/give-up/", files.give_up_page, name="give_up"),
    path("units/", units.units, name="units"),
    path("units/<int:pk>/rename/", units.rename_page, name="rename_unit"),
    path("units/<int:pk>/move/", units.move_page, name="move_unit"),
    path("units/<int:pk>/close/", units.close_page, name="close_unit"),
    path("units/<int:pk>/merge/", units.merge_page, name="merge_units"),
    path("units/<int:pk>/split/", units.split_page, name="split_unit"),
    path("units/<int:pk>/people/", units.move_people_page, name="move_people"),
    path("units/<int:pk>/figure/", figures.set_figure_page, name="set_figure"),
    path("figures/", figures.figures, name="figures"),
    path("figures/<int:pk>/end/", figures.end_figure_page, name="end_figure"),
    path("figures/kinds/", figures.kinds, name="kinds"),
    path("figures/kinds/add/", figures.add_kind_page, name="add_kind"),
    path("figures/kinds/usual/", figures.usual_kinds_page, name="usual_kinds"),
    path("figures/kinds/<int:pk>/", figures.change_kind_page, name="change_kind"),
    path("codes/", figures.links, name="links"),
    path("codes/proposal/", figures.proposal, name="proposal"),
    path("outlines/", figures.shapes, name="shapes"),
    path("outlines/load/", figures.load_outlines_page, name="load_outlines"),
    path("groups/", figures.groups, name="groups"),
    path("groups/add/", figures.add_group_page, name="add_group"),
    path("groups/<int:pk>/", figures.group, name="group"),
    path("groups/<int:pk>/change/", figures.change_group_page, name="change_group"),
    path("groups/<int:pk>/retire/", figures.retire_group_page, name="retire_group"),
    path("groups/<int:pk>/places/", figures.join_group_page, name="join_group"),
    path("groups/places/<int:pk>/end/", figures.leave_group_page, name="leave_group"),
]
