"""Addresses of this module."""

from django.urls import path

from coremis.modules.payments.views import again, incidents, payrolls, plans, results, sheets

app_name = "payments"
urlpatterns = [
    path("", payrolls.payroll_list, name="payroll_list"),
    path("calculate/", payrolls.generate_payroll, name="generate_payroll"),
    path("payrolls/<int:pk>/", payrolls.payroll_detail, name="payroll_detail"),
    path("payrolls/<int:pk>/lines/", payrolls.payroll_lines, name="payroll_lines"),
    path("payrolls/<int:pk>/left-out/", payrolls.payroll_left_out, name="payroll_left_out"),
    path("payrolls/<int:pk>/approve/", payrolls.approve_payroll, name="approve_payroll"),
    path("payrolls/<int:pk>/release/", payrolls.release_payroll, name="release_payroll"),
    path("payrolls/<int:pk>/cancel/", payrolls.cancel_payroll, name="cancel_payroll"),
    path("payrolls/<int:pk>/close/", payrolls.close_payroll, name="close_payroll"),
    path("payrolls/<int:pk>/payees/", payrolls.take_payee_list, name="take_payee_list"),
    path("payrolls/<int:pk>/results/", results.upload_results, name="upload_results"),
    path("payrolls/<int:pk>/signed-list/", sheets.start_sheet, name="start_sheet"),
    path("payrolls/<int:pk>/re-issue/", again.reissue_payroll, name="reissue_payroll"),
    path("payrolls/<int:pk>/unclaimed/", again.forfeit_unclaimed, name="forfeit_unclaimed"),
    path("unclaimed/", again.save_unclaimed_policy, name="save_unclaimed_policy"),
    path("signed-lists/<int:pk>/", sheets.send_sheet, name="send_sheet"),
    path("incidents/", incidents.incident_list, name="incident_list"),
    path("incidents/<int:pk>/", incidents.incident_detail, name="incident_detail"),
    path("incidents/<int:pk>/decide/", incidents.settle_incident, name="settle_incident"),
    path("lines/<int:pk>/dispute/", incidents.dispute_payment, name="dispute_payment"),
    path("lines/", payrolls.line_list, name="line_list"),
    path("lines/<int:pk>/", payrolls.line_detail, name="line_detail"),
    path("results/", results.result_file_list, name="result_file_list"),
    path("results/<int:pk>/", results.result_file_detail, name="result_file_detail"),
    path("results/<int:pk>/rows/", results.result_rows, name="result_rows"),
    path("results/<int:pk>/check/", results.check_results, name="check_results"),
    path("results/<int:pk>/confirm/", results.confirm_results, name="confirm_results"),
    path("results/<int:pk>/set-aside/", results.discard_results, name="discard_results"),
    path("results/<int:pk>/to-correct/", results.take_rejected_rows, name="take_rejected_rows"),
    path("rows/<int:pk>/", results.result_row_detail, name="result_row_detail"),
    path("rows/<int:pk>/write-off/", results.write_off, name="write_off"),
    path("funds/", plans.fund_list, name="fund_list"),
    path("funds/add/", plans.save_fund, name="save_fund"),
    path("funds/<int:pk>/", plans.fund_detail, name="fund_detail"),
    path("funds/<int:pk>/change/", plans.change_fund, name="change_fund"),
    path("cycles/", plans.cycle_list, name="cycle_list"),
    path("cycles/add/", plans.save_cycle, name="save_cycle"),
    path("cycles/<int:pk>/", plans.cycle_detail, name="cycle_detail"),
    path("cycles/<int:pk>/change/", plans.change_cycle, name="change_cycle"),
]
