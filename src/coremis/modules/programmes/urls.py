"""Addresses of this module."""

from django.urls import URLPattern, path

from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.modules.programmes import views

app_name = "programmes"


def about_chosen(way: str, screen: ActionScreen, name: str) -> list[URLPattern]:
    """The page of what is done about those who were ticked, once for each list in which they can be."""
    lists = {"all": name, **{which: f"{name}_{which}" for which in ("potential", "active", "suspended")}}
    return [path(f"chosen/{which}/{way}/", screen, {"which": which}, address) for which, address in lists.items()]


urlpatterns = [
    *about_chosen("change-status", views.change_status_of_chosen, "change_status_of_chosen"),
    *about_chosen("wait", views.put_chosen_on_waiting_list, "put_chosen_on_waiting_list"),
    path("", views.programme_list, name="programme_list"),
    path("create/", views.create_programme, name="create_programme"),
    path("<int:pk>/", views.programme_detail, name="programme_detail"),
    path("<int:pk>/change/", views.change_programme, name="change_programme"),
    path("<int:pk>/enrol/", views.enrol_matching, name="enrol_matching"),
    path("<int:pk>/criteria/", views.store_criteria, name="store_criteria"),
    path("<int:pk>/change-status/", views.change_status_matching, name="change_status_matching"),
    path("group-changes/<int:pk>/", views.group_change_detail, name="group_change_detail"),
    path("group-changes/<int:pk>/undo/", views.undo_status_change, name="undo_status_change"),
    path("beneficiaries/", views.enrolment_list, name="enrolment_list"),
    path("beneficiaries/potential/", views.potential_list, name="potential_list"),
    path("beneficiaries/active/", views.active_list, name="active_list"),
    path("beneficiaries/suspended/", views.suspended_list, name="suspended_list"),
    path("beneficiaries/graduated/", views.graduated_list, name="graduated_list"),
    path("beneficiaries/exited/", views.exited_list, name="exited_list"),
    path("beneficiaries/reached/", views.reached_list, name="reached_list"),
    path("waiting/", views.waiting_list, name="waiting_list"),
    path("<int:pk>/promote/", views.promote_waiting, name="promote_waiting"),
    path("beneficiaries/<int:pk>/wait/", views.put_on_waiting_list, name="put_on_waiting_list"),
    path("beneficiaries/<int:pk>/wait-no-more/", views.take_off_waiting_list, name="take_off_waiting_list"),
    path("beneficiaries/<int:pk>/", views.enrolment_detail, name="enrolment_detail"),
    path("beneficiaries/<int:pk>/change-status/", views.change_status, name="change_status"),
    path("beneficiaries/<int:pk>/facts/", views.change_enrolment, name="change_enrolment"),
    path("beneficiaries/<int:pk>/reveal/", views.reveal_enrolment, name="reveal_enrolment"),
    path("beneficiaries/<int:pk>/undo/", views.undo_last_change, name="undo_last_change"),
    path("households/<int:pk>/enrol/", views.enrol_household, name="enrol_household"),
    path("persons/<int:pk>/enrol/", views.enrol_person, name="enrol_person"),
]
