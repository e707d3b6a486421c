"""The pages of campaigns: the list, the ladder of stages, approval, enrolment, free places."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from coremis.kernel.areas.models import Area
from coremis.kernel.jobs.models import Job
from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.details import Attention, DetailScreen, Fact
from coremis.kernel.screens.lists import EmptyState, ListScreen, Owner
from coremis.kernel.screens.screen import ActionLink, whole_number
from coremis.modules.programmes.models import GroupChange
from coremis.modules.targeting import forms, previews, services, tables
from coremis.modules.targeting.models import Appeal, Campaign, Kind, Stage, StageRun
from coremis.modules.targeting.queries import current_run_of
from coremis.modules.targeting.readiness import Obstacle, free_places_of, takeable
from coremis.modules.targeting.readiness import to_enrol as ready_to_enrol
from coremis.modules.targeting.views.addresses import campaign_url, change_url, run_url, stage_url
from coremis.modules.targeting.words import campaign_word

State, Purpose = Campaign.State, Campaign.Purpose
NEW = ActionLink(_("Create a targeting campaign"), "targeting:create_campaign", "targeting.create_campaign", tone="primary")

campaign_list = ListScreen(
    tables.CampaignTable,
    title=_("Targeting campaigns"),
    actions=[NEW],
    empty=EmptyState(
        _("No campaigns yet"), _("A campaign finds whom a programme helps: it lists, assesses, ranks and lets the community speak."), NEW
    ),
)


def campaign_facts(request: HttpRequest, campaign: Campaign) -> list[Fact]:
    """What a campaign is."""
    chosen = Area.objects.filter(pk__in=campaign.area_ids).order_by("search_name").values_list("name", flat=True)[:20]
    programme = reverse("programmes:programme_detail", args=[campaign.programme_id])
    return [
        Fact(_("Programme"), str(campaign.programme), programme), Fact(_("Purpose"), campaign.get_purpose_display()),
        Fact(_("Places"), ", ".join(chosen)), Fact(_("Reference date"), campaign.day), Fact(_("Note"), campaign.note),
    ]  # fmt: skip


def next_stage(campaign: Campaign) -> Stage | None:
    """The stage that is due: the first that is neither done nor left out."""
    return campaign.stages.exclude(state__in=[Stage.State.DONE, Stage.State.SKIPPED]).order_by("position").first()


def is_due(campaign: Campaign) -> bool:
    """Whether a stage can be carried out next."""
    stage = next_stage(campaign) if campaign.is_open else None
    return stage is not None and stage.state == Stage.State.WAITING


def next_address(campaign: Campaign) -> str:
    """Where the stage that is due is carried out; where it is set, if it is not set yet."""
    stage = next_stage(campaign)
    if stage is None:
        return campaign_url(campaign)
    unset = stage.kind in (Kind.SCORING, Kind.CATEGORICAL, Kind.ENUMERATION) and not stage.settings
    if stage.kind == Kind.QUOTA and not stage.settings.get("everybody") and not stage.quotas.filter(run=None, places__gt=0).exists():
        return stage_url(stage)
    return reverse("targeting:set_stage" if unset else "targeting:run_stage", kwargs={"pk": stage.pk})


def is_decided(campaign: Campaign) -> bool:
    """Whether a result waits for its approval."""
    return campaign.state == State.RUNNING and next_stage(campaign) is None and campaign.stages.exists()


def takes_over(campaign: Campaign) -> bool:
    """Whether its result can be approved."""
    return campaign.purpose == Purpose.SELECTION and is_decided(campaign)


def takes_rest_over(campaign: Campaign) -> bool:
    """Whether it can be approved once more, for those whose appeal was open before."""
    run = current_run_of(campaign) if is_approved(campaign) and campaign.state == State.APPROVED else None
    return run is not None and takeable(run).exists()


def is_approved(campaign: Campaign) -> bool:
    """Whether enrolment is possible."""
    return campaign.purpose == Purpose.SELECTION and campaign.state in (State.APPROVED, State.CLOSED)


def enrols_now(campaign: Campaign) -> bool:
    """Whether somebody selected is ready to be enrolled: then this is the next step."""
    known: dict[str, bool] = campaign.__dict__
    if "enrols_now" not in known:
        ready = ready_to_enrol(campaign, campaign.area_ids).filter(obstacle=Obstacle.READY) if is_approved(campaign) else None
        known["enrols_now"] = ready is not None and ready.exists()
    return known["enrols_now"]


def is_enrolled(campaign: Campaign) -> bool:
    """Whether nobody is ready any more: the button stays, but it is not the next step."""
    return is_approved(campaign) and not enrols_now(campaign)


def has_free(campaign: Campaign) -> bool:
    """Whether a place is free that the waiting list may have."""
    run = current_run_of(campaign) if is_approved(campaign) else None
    return run is not None and free_places_of(run, campaign.area_ids).exists()


def campaign_attention(request: HttpRequest, campaign: Campaign) -> list[Attention]:
    """What is being carried out, what waits for people, and what comes next."""
    run = StageRun.objects.filter(stage__campaign=campaign, state=StageRun.State.PREPARING).select_related("stage").first()
    if run is not None:
        return [progress(run)]
    notices = []
    open_run = StageRun.objects.filter(stage__campaign=campaign, state=StageRun.State.OPEN).select_related("stage").first()
    if open_run is not None:
        words = _("“%(stage)s” is open until it is closed.") % {"stage": open_run.stage}
        notices.append(Attention("info", words, run_url(open_run), _("Open the list")))
    elif (stage := next_stage(campaign)) is not None and campaign.is_open:
        notices.append(Attention("info", _("Next: %(stage)s.") % {"stage": stage}, stage_url(stage), _("Look at the stage")))
    elif is_decided(campaign):
        notices.append(Attention("info", _("All stages are done. The result waits for approval.")))
    moving = campaign.changes.filter(group__state=GroupChange.State.PREPARING).first()
    if moving is not None:
        notices.append(Attention("info", _("Being carried out: %(what)s.") % {"what": moving.get_what_display()}))
    return [*notices, *open_appeals(request, campaign)]


def open_appeals(request: HttpRequest, campaign: Campaign) -> list[Attention]:
    """How many appeals are open in the reader's places."""
    user: Any = request.user
    mine = Appeal.objects.visible_to(user, "targeting.view_appeal")
    mine = mine.filter(entry__run__stage__campaign=campaign)
    notices = []
    if found := mine.filter(state=Appeal.State.OPEN).count():
        words = ngettext("%(count)s appeal is open.", "%(count)s appeals are open.", found) % {"count": text_of(found)}
        notices.append(Attention("warn", words, f"{reverse('targeting:appeal_list')}?state=OPEN", _("Look at them")))
    placeless = mine.filter(state=Appeal.State.UPHELD, remedy="").exclude(kind=Appeal.Kind.WRONGLY_IN)
    if is_approved(campaign) and (found := placeless.count()):
        words = ngettext("%(count)s accepted appeal has no place yet.", "%(count)s accepted appeals have no place yet.", found)
        address = f"{reverse('targeting:appeal_list')}?state=UPHELD&given=no&kind=WRONGLY_OUT&kind=WRONG_DATA"
        notices.append(Attention("warn", words % {"count": text_of(found)}, address, _("Look at them")))
    return notices


def progress(run: StageRun) -> Attention:
    """How far the work of a stage is."""
    job = Job.objects.filter(pk=run.job_id or 0).first()
    if job is None:
        return Attention("info", _("Being carried out."))
    if job.problem:
        return Attention("bad", job.problem_text)
    if run.score_run_id and not job.begun:
        return Attention("info", _("“%(stage)s”: scores are being computed. Reload the page to see more.") % {"stage": run.stage})
    words = _("“%(stage)s” is being carried out: %(done)s of %(total)s. Reload the page to see more.")
    return Attention("info", words % {"stage": run.stage, "done": text_of(job.done), "total": text_of(job.total) or "–"})


campaign_detail = DetailScreen(
    Campaign,
    permission="targeting.view_campaign",
    title=str,
    subtitle=lambda campaign: f"{campaign.code} · {campaign.programme}",
    status=campaign_word,
    facts=campaign_facts,
    attention=campaign_attention,
    actions=[
        ActionLink(_("Carry out the next stage"), next_address, "targeting.run_stage", tone="primary", show=is_due),
        ActionLink(_("Approve the result"), "targeting:approve_results", "targeting.approve_results", tone="primary", show=takes_over),
        ActionLink(_("Take over the rest"), "targeting:approve_results", "targeting.approve_results", show=takes_rest_over),
        ActionLink(
            _("Approve the exits"), "targeting:approve_exits", "targeting.approve_exits", tone="primary",
            show=lambda campaign: campaign.purpose == Purpose.REVIEW and is_decided(campaign),
        ),
        ActionLink(_("Enrol the selected"), "targeting:enrol_selected", "targeting.enrol_selected", tone="primary", show=enrols_now),
        ActionLink(_("Enrol the selected"), "targeting:enrol_selected", "targeting.enrol_selected", tone="more", show=is_enrolled),
        ActionLink(_("To be enrolled"), "targeting:to_enrol", "programmes.view_enrolment", show=is_approved),
        ActionLink(_("Fill free places"), "targeting:fill_places", "targeting.fill_places", show=has_free),
        ActionLink(_("Add a stage"), "targeting:add_stage", "targeting.add_stage", show=lambda campaign: campaign.is_open),
        ActionLink(_("Change"), "targeting:change_campaign", "targeting.change_campaign", show=lambda campaign: campaign.is_open),
        ActionLink(
            _("Close the campaign"), "targeting:close_campaign", "targeting.close_campaign",
            show=lambda campaign: campaign.state == State.APPROVED,
        ),
        ActionLink(
            _("Abandon"), "targeting:abandon_campaign", "targeting.abandon_campaign", tone="danger",
            show=lambda campaign: campaign.is_open,
        ),
    ],
    prepare=lambda rows: rows.select_related("programme", "area"),
)  # fmt: skip

create_campaign = ActionScreen(
    services.create_campaign, form=forms.NewCampaignForm, done=campaign_url, back=lambda target: reverse("targeting:campaign_list"),
    button=_("Create the campaign"),
)  # fmt: skip
change_campaign = ActionScreen(
    services.change_campaign, form=forms.CampaignForm, target=(Campaign, "pk"), done=campaign_url, back=campaign_url,
    initial=lambda request, campaign: {"names": campaign.names, "day": campaign.day, "note": campaign.note},
)  # fmt: skip
abandon_campaign = ActionScreen(
    services.abandon_campaign, form=forms.ReasonForm, target=(Campaign, "pk"), done=campaign_url, back=campaign_url, danger=True
)
close_campaign = ActionScreen(services.close_campaign, form=forms.NoteForm, target=(Campaign, "pk"), done=campaign_url, back=campaign_url)
add_stage = ActionScreen(
    services.add_stage, form=forms.AddStageForm, target=(Campaign, "pk"), done=stage_url, back=campaign_url, button=_("Add the stage")
)
approve_results = ActionScreen(
    services.approve_results, form=forms.NoteForm, target=(Campaign, "pk"), preview=previews.result, done=change_url, back=campaign_url,
    title=lambda campaign: gettext("Approve the result: %(campaign)s") % {"campaign": campaign},
)  # fmt: skip
approve_exits = ActionScreen(
    services.approve_exits, form=forms.NoteForm, target=(Campaign, "pk"), preview=previews.exits, done=change_url, back=campaign_url,
    danger=True, title=lambda campaign: gettext("Approve the exits: %(campaign)s") % {"campaign": campaign},
)  # fmt: skip


def asked_area(request: HttpRequest, campaign: Campaign) -> Mapping[str, Any]:
    """The places of the campaign, or the one that the link named."""
    number = whole_number(request.GET.get("area", ""))
    return {"areas": [number] if number else list(campaign.area_ids)}


enrol_selected = ActionScreen(
    services.enrol_selected, form=forms.AreasForm, target=(Campaign, "pk"), preview=previews.enrolment, initial=asked_area,
    done=change_url, back=campaign_url, title=lambda campaign: gettext("Enrol the selected: %(campaign)s") % {"campaign": campaign},
    lead=_("Only those with a valid recipient and a payment point become active. The others stay potential."),
)  # fmt: skip
fill_places = ActionScreen(
    services.fill_places, form=forms.AreasForm, target=(Campaign, "pk"), preview=previews.filling, initial=asked_area,
    done=change_url, back=campaign_url, title=lambda campaign: gettext("Fill free places: %(campaign)s") % {"campaign": campaign},
    lead=_("Places that became free go to the next of the waiting list of the same place."),
)  # fmt: skip
to_enrol = ListScreen(
    tables.ToEnrolTable,
    title=lambda campaign: gettext("To be enrolled: %(campaign)s") % {"campaign": campaign},
    lead=_("The selected who are not active yet, and what is missing: name a recipient, or let a payment point serve the place."),
    owner=Owner(Campaign, "targeting.view_campaign", "group__campaign_change__campaign"),
    empty=EmptyState(_("Nobody is left to be enrolled")),
)
