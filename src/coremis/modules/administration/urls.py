"""Addresses of this module."""

from django.urls import path

from coremis.modules.administration.views import approvals, areas, first_run, people, routes, work

app_name = "administration"
urlpatterns = [
    path("setup/", first_run.first_run_page, name="first_run"),
    path("areas/", areas.areas, name="areas"),
    path("areas/levels/", areas.define_levels_page, name="define_levels"),
    path("areas/load/", areas.load_areas_page, name="load_areas"),
    path("areas/<int:pk>/", areas.area, name="area"),
    path("areas/<int:pk>/add/", areas.add_area_page, name="add_area"),
    path("users/", people.users, name="users"),
    path("users/create/", people.create_user_page, name="create_user"),
    path("users/<int:pk>/", people.user, name="user"),
    path("users/<int:pk>/change/", people.change_user_page, name="change_user"),
    path("users/<int:pk>/password/", people.reset_password_page, name="reset_password"),
    path("users/<int:pk>/block/", people.block_user_page, name="block_user"),
    path("users/<int:pk>/unblock/", people.unblock_user_page, name="unblock_user"),
    path("users/<int:pk>/assign/", people.assign_page, name="assign"),
    path("assignments/<int:pk>/end/", people.end_assignment_page, name="end_assignment"),
    path("profiles/", people.profiles, name="profiles"),
    path("profiles/add/", people.add_profile_page, name="add_profile"),
    path("profiles/<int:pk>/", people.profile, name="profile"),
    path("profiles/<int:pk>/change/", people.save_profile_page, name="save_profile"),
    path("routes/", routes.routes, name="routes"),
    path("routes/add/", routes.add_route_page, name="add_route"),
    path("routes/ready/", routes.install_presets_page, name="install_presets"),
    path("routes/<int:pk>/", routes.route, name="route"),
    path("routes/<int:pk>/change/", routes.save_route_page, name="save_route"),
    path("routes/<int:pk>/close/", routes.close_route_page, name="close_route"),
    path("my-work/", approvals.my_work, name="my_work"),
    path("approvals/", approvals.requests, name="requests"),
    path("approvals/<int:pk>/", approvals.request, name="request"),
    path("approvals/<int:pk>/approve/", approvals.approve_page, name="approve_request"),
    path("approvals/<int:pk>/reject/", approvals.reject_page, name="reject_request"),
    path("approvals/<int:pk>/return/", approvals.return_page, name="return_request"),
    path("approvals/<int:pk>/recall/", approvals.recall_page, name="recall_request"),
    path("work/", work.jobs, name="jobs"),
    path("work/<int:pk>/", work.job, name="job"),
    path("work/<int:pk>/cancel/", work.cancel_job_page, name="cancel_job"),
    path("work/<int:pk>/retry/", work.retry_job_page, name="retry_job"),
    path("history/", work.history, name="history"),
    path("history/<int:pk>/", work.event, name="event"),
]
