"""Addresses of this module."""

from django.urls import path

from coremis.modules.registry.views import events, households, persons, photos

app_name = "registry"
urlpatterns = [
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
    path("members/<int:pk>/left/", households.end_membership_page, name="end_membership"),
    path("recipients/<int:pk>/remove/", households.remove_alternate_page, name="remove_alternate"),
    path("persons/", persons.persons, name="persons"),
    path("persons/register/", persons.register_person_page, name="register_person"),
    path("persons/<int:pk>/", persons.person, name="person"),
    path("persons/<int:pk>/change/", persons.change_person_page, name="change_person"),
    path("persons/<int:pk>/death/", persons.record_death_page, name="record_death"),
    path("persons/<int:pk>/document/", persons.add_document_page, name="add_document"),
    path("households/<int:pk>/birth/", events.record_birth_page, name="record_birth"),
    path("households/<int:pk>/split/", events.split_household_page, name="split_household"),
    path("households/<int:pk>/merge/", events.merge_households_page, name="merge_households"),
    path("households/<int:pk>/move/", events.propose_move_page, name="propose_move"),
    path("households/<int:pk>/visit/", events.record_visit_page, name="record_visit"),
    path("households/<int:pk>/paper/", events.add_paper_page, name="add_paper"),
    path("households/<int:pk>/withdraw/", events.withdraw_household_page, name="withdraw_household"),
    path("households/<int:pk>/restore/", events.restore_household_page, name="restore_household"),
    path("members/<int:pk>/moved/", events.move_person_page, name="move_person"),
    path("moves/", events.moves, name="moves"),
    path("moves/<int:pk>/accept/", events.accept_move_page, name="accept_move"),
    path("moves/<int:pk>/reject/", events.reject_move_page, name="reject_move"),
    path("moves/<int:pk>/recall/", events.recall_move_page, name="recall_move"),
    path("persons/<int:pk>/merge/", events.merge_persons_page, name="merge_persons"),
    path("persons/<int:pk>/photo/", events.set_photo_page, name="set_photo"),
    path("persons/<int:pk>/withdraw/", events.withdraw_person_page, name="withdraw_person"),
    path("persons/<int:pk>/restore/", events.restore_person_page, name="restore_person"),
    path("photos/<int:pk>/", photos.photo, name="photo"),
    path("photos/<int:pk>/remove/", events.remove_photo_page, name="remove_photo"),
    path("documents/<int:pk>/end/", persons.end_document_page, name="end_document"),
]
