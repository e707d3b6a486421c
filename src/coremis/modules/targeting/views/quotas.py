"""The table of quotas, typed with the keyboard, and their computation."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coremis.kernel.areas.models import Area
from coremis.kernel.areas.queries import below
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.screens.actionscreens import ActionScreen, Attempt
from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.screen import fetch_or_404, see_other, wants_part, whole_number
from coremis.modules.targeting import forms, previews, services
from coremis.modules.targeting.kinds.quota import places_to_give, planned
from coremis.modules.targeting.models import Quota, Stage
from coremis.modules.targeting.services.quotas import areas_of
from coremis.modules.targeting.ties import in_words
from coremis.modules.targeting.views.addresses import stage_url

MOST_LINES = 400  # on one page; a larger campaign is typed place by place


class QuotaScreen(ActionScreen):
    """All places of one level with a box for each: Enter goes to the next, and the sum stands above."""

    def respond(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """GET shows the table as planned; POST keeps it."""
        stage = fetch_or_404(
            Stage, request.user, self.action.name, kwargs["pk"], lambda rows: rows.select_related("campaign__programme", "campaign__area")
        )
        if request.method != "POST":
            return self.page(request, stage)
        try:
            typed = typed_places(request.POST)
            services.set_quotas(
                stage=stage, places=typed, multiplier=request.POST.get("multiplier", "").replace(",", ".").strip(), actor=request.user,
                key=request.POST.get("key", "")[:100] or None,
            )  # fmt: skip
        except Refusal as problem:
            sentences = [str(one) for found in getattr(problem, "errors", {}).values() for one in found]
            return self.page(request, stage, " ".join(sentences) or str(problem), 422)
        messages.success(request, gettext("The quotas are kept."))
        return see_other(stage_url(stage))

    def page(self, request: HttpRequest, stage: Stage, problem: str = "", status: int = 200) -> HttpResponse:
        """The whole page, with what was typed."""
        attempt = Attempt(request, stage, self.form(actor=request.user, permission=self.action.name, target=stage), "")
        context = {**self.frame(attempt), "problem": problem, "stage": stage, **table_context(request, stage)}
        template = "targeting/_quotas.html" if wants_part(request) else "targeting/quotas.html"
        return render(request, template, context, status=status)


def typed_places(post: Any) -> dict[str, Any]:
    """The boxes of the page: nothing typed is no place."""
    found: dict[str, Any] = {}
    for name in post:
        if name.startswith("q") and name[1:].isdigit():
            text = post.get(name, "").strip().replace(" ", "").replace("\u202f", "")
            if text and not (text.isascii() and text.isdigit() and len(text) < 10):
                raise Refusal(_("“%(value)s” is not a whole number."), value=text[:20])
            found[name[1:]] = int(text or 0)
    return found


def table_context(request: HttpRequest, stage: Stage) -> dict[str, Any]:
    """The places to type: those of one level, or those below one place where they are too many."""
    campaign = stage.campaign
    held = dict(Quota.objects.filter(stage=stage.pk, run=None).values_list("area_id", "places"))
    factor = planned(stage.pk).values_list("multiplier", flat=True).first() if held else None
    level, chosen = whole_number(request.GET.get("level", "")), whole_number(request.GET.get("area", ""))
    if level is None and held:
        level = Area.objects.filter(pk__in=[key for key, count in held.items() if count]).values_list("level__position", flat=True).first()
    areas = areas_of(campaign, level)
    if chosen:
        inside = set(below([chosen]))
        areas = [area for area in areas if area.pk in inside]
    post = request.POST
    rows = [{"area": area, "value": post.get(f"q{area.pk}", held.get(area.pk) or "")} for area in areas[:MOST_LINES]]
    multiplier = stage.settings.get("multiplier", "2") if factor is None and not held else "" if factor is None else str(factor)
    limit = places_to_give(campaign)
    levels = Area.objects.filter(pk__in=below(campaign.area_ids), valid_until=None).values_list("level__position", flat=True).distinct()
    return {
        "rows": rows, "left": max(0, len(areas) - MOST_LINES), "multiplier": post.get("multiplier", multiplier),
        "total": text_of(sum(held.values())), "limit": text_of(limit) if limit is not None else "",
        "parents": Area.objects.filter(parent__in=campaign.area_ids, valid_until=None).order_by("search_name"), "chosen": chosen,
        "levels": forms.levels_of(sorted(set(levels))), "level": level,
        "ties": in_words(campaign.programme.unit, stage.settings.get("ties", []), stage.settings.get("seed", 1)),
    }  # fmt: skip


set_quotas = QuotaScreen(
    services.set_quotas,
    target=(Stage, "pk"),
    back=stage_url,
    title=lambda stage: gettext("Quotas: %(campaign)s") % {"campaign": stage.campaign},
)
reallocate_quotas = ActionScreen(
    services.reallocate_quotas, form=forms.NoteForm, target=(Stage, "pk"), preview=previews.reallocation, done=stage_url, back=stage_url,
    title=lambda stage: gettext("Move unused places: %(campaign)s") % {"campaign": stage.campaign},
    lead=_("Places that nobody took go to areas where somebody waits. The stage is then carried out again."),
)  # fmt: skip
compute_quotas = ActionScreen(
    services.compute_quotas, form=forms.ComputeForm, target=(Stage, "pk"), preview=previews.computing, done=stage_url, back=stage_url,
    title=lambda stage: gettext("Compute quotas: %(campaign)s") % {"campaign": stage.campaign},
    lead=_("Places are divided by households times poverty rate, by largest remainder. The sum is exact."),
    initial=lambda request, stage: {"multiplier": stage.settings.get("multiplier") or None, "minimum": 0},
)  # fmt: skip
