"""Addresses of this module."""

from django.urls import path

from coremis.modules.ledger import views

app_name = "ledger"
urlpatterns = [
    path("", views.account_list, name="account_list"),
    path("accounts/<int:pk>/", views.account_statement, name="account_statement"),
    path("accounts/<int:pk>/receive/", views.receive_funds, name="receive_funds"),
    path("postings/<int:pk>/", views.posting_detail, name="posting_detail"),
    path("postings/<int:pk>/movements/", views.movement_list, name="movement_list"),
    path("postings/<int:pk>/reverse/", views.reverse_receipt, name="reverse_receipt"),
    path("proofs/", views.proof_list, name="proof_list"),
    path("proofs/<int:pk>/", views.proof_detail, name="proof_detail"),
]
