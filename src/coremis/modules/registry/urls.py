"""Addresses of this module."""

from django.urls import path

from coremis.modules.registry.views import households, persons, variables

app_name = "registry"
urlpatterns = [
    path("variables/", variables.variables, name="variables"),
    path("variables/define/", variables.define_page, name="define_variable"),
    path("variables/<int:pk>/", variables.variable, name="variable"),
    path("variables/<int:pk>/change/", variables.change_page, name="change_variable"),
    path("variables/<int:pk>/retire/", variables.retire_page, name="retire_variable"),
    path("variables/<int:pk>/restore/", variables.restore_page, name="restore_variable"),
    path("variables/<int:pk>/order/", variables.reorder_page, name="reorder_variables"),
    path("households/", households.households, name="households"),
    path("households/register/", households.register_household_page, name="register_household"),
    path("households/register/member/", households.member_row, name="member_row"),
    path("households/<int:pk>/", households.household, name="household"),
    path("households/<int:pk>/change/", households.change_household_page, name="change_household"),
    path("households/<int:pk>/member/", households.add_member_page, name="add_member"),
    path("households/<int:pk>/head/", households.change_head_page, name="change_head"),
    path("households/<int:pk>/recipient/", households.name_recipient_page, name="name_recipient"),
    path("households/<int:pk>/recipient/change/", households.change_recipient_page, name="change_recipient"),
    path("households/<int:pk>/alternate/", households.set_alternate_page, name="set_alternate"),
    path("households/<int:pk>/reveal/", households.reveal_household_page, name="reveal_household"),
    path("members/<int:pk>/left/", households.end_membership_page, name="end_membership"),
    path("recipients/<int:pk>/remove/", households.remove_alternate_page, name="remove_alternate"),
    path("persons/", persons.persons, name="persons"),
    path("persons/register/", persons.register_person_page, name="register_person"),
    path("persons/<int:pk>/", persons.person, name="person"),
    path("persons/<int:pk>/change/", persons.change_person_page, name="change_person"),
    path("persons/<int:pk>/reveal/", persons.reveal_person_page, name="reveal_person"),
    path("persons/<int:pk>/death/", persons.record_death_page, name="record_death"),
    path("persons/<int:pk>/document/", persons.add_document_page, name="add_document"),
    path("documents/<int:pk>/end/", persons.end_document_page, name="end_document"),
]
