"""The addresses of this module."""

from django.urls import URLPattern, path

from coremis.modules.targeting.pipeline import result_list
from coremis.modules.targeting.views import appeals, campaigns, quotas, stages

app_name = "targeting"
urlpatterns: list[URLPattern] = [
    path("", campaigns.campaign_list, name="campaign_list"),
    path("create/", campaigns.create_campaign, name="create_campaign"),
    path("results/", result_list, name="result_list"),
    path("<int:pk>/", campaigns.campaign_detail, name="campaign_detail"),
    path("<int:pk>/change/", campaigns.change_campaign, name="change_campaign"),
    path("<int:pk>/abandon/", campaigns.abandon_campaign, name="abandon_campaign"),
    path("<int:pk>/close/", campaigns.close_campaign, name="close_campaign"),
    path("<int:pk>/add-stage/", campaigns.add_stage, name="add_stage"),
    path("<int:pk>/approve/", campaigns.approve_results, name="approve_results"),
    path("<int:pk>/exits/", campaigns.approve_exits, name="approve_exits"),
    path("<int:pk>/to-enrol/", campaigns.to_enrol, name="to_enrol"),
    path("<int:pk>/enrol/", campaigns.enrol_selected, name="enrol_selected"),
    path("<int:pk>/fill/", campaigns.fill_places, name="fill_places"),
    path("stages/<int:pk>/", stages.stage_detail, name="stage_detail"),
    path("stages/<int:pk>/set/", stages.set_stage, name="set_stage"),
    path("stages/<int:pk>/categories/", stages.set_shares, name="set_shares"),
    path("stages/<int:pk>/carry-out/", stages.run_stage, name="run_stage"),
    path("stages/<int:pk>/earlier/", stages.move_stage_earlier, name="move_stage_earlier"),
    path("stages/<int:pk>/later/", stages.move_stage_later, name="move_stage_later"),
    path("stages/<int:pk>/leave-out/", stages.skip_stage, name="skip_stage"),
    path("stages/<int:pk>/take-in/", stages.bring_back_stage, name="bring_back_stage"),
    path("stages/<int:pk>/quotas/", quotas.set_quotas, name="set_quotas"),
    path("stages/<int:pk>/compute-quotas/", quotas.compute_quotas, name="compute_quotas"),
    path("stages/<int:pk>/move-places/", quotas.reallocate_quotas, name="reallocate_quotas"),
    path("lists/<int:pk>/", stages.run_detail, name="run_detail"),
    path("lists/<int:pk>/entries/", stages.entry_list, name="entry_list"),
    path("lists/<int:pk>/close-validation/", stages.close_validation, name="close_validation"),
    path("lists/<int:pk>/close-appeals/", stages.close_appeals, name="close_appeals"),
    path("outcomes/<int:pk>/", stages.entry_detail, name="entry_detail"),
    path("outcomes/<int:pk>/verdict/", stages.record_verdict, name="record_verdict"),
    path("outcomes/<int:pk>/appeal/", appeals.open_appeal, name="open_appeal"),
    path("appeals/", appeals.appeal_list, name="appeal_list"),
    path("appeals/<int:pk>/", appeals.appeal_detail, name="appeal_detail"),
    path("appeals/<int:pk>/decide/", appeals.decide_appeal, name="decide_appeal"),
    path("appeals/<int:pk>/give/", appeals.give_place, name="give_place"),
]
