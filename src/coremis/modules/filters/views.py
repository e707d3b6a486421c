"""The pages of filters: the list, one filter, and the editor."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.refusal import NotPermitted, Refusal
from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.columns import Status
from coremis.kernel.screens.details import DetailScreen, Fact
from coremis.kernel.screens.facts import Known, Subject, subjects
from coremis.kernel.screens.lists import COUNT_UP_TO, EmptyState, ListScreen
from coremis.kernel.screens.screen import ActionLink, Screen, buttons, fetch_or_404, page_or_part, see_other, whole_number
from coremis.modules.filters import services
from coremis.modules.filters.choosing import Drawing
from coremis.modules.filters.draft import FIELD, Draft, Part, apply, draft_of, read_draft
from coremis.modules.filters.forms import CopyForm, KeepForm
from coremis.modules.filters.lists import keep_draft, kept_draft, listed
from coremis.modules.filters.models import SavedFilter
from coremis.modules.filters.queries import SEES, checked, matching, words
from coremis.modules.filters.tables import SavedFilterTable, subject_title

NEW = ActionLink(_("New filter"), "filters:edit_filter", SEES, tone="primary")


@dataclass
class Visit:
    """One visit of the editor."""

    request: HttpRequest
    subject: Subject
    draft: Draft
    saved: SavedFilter | None = None
    problem: str = ""


class Editor(Screen):
    """Put a filter together. Every step is a form that is sent; scripts only make it quicker."""

    def respond(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """GET opens an empty, kept or saved filter; POST takes one step, shows the list, or keeps the filter."""
        if request.method != "POST":
            return self.show(self.opened(request))
        saved = self.saved(request, request.POST.get("filter", ""))
        subject = self.subject(request, request.POST.get("about", ""))
        fields = {name: [str(one) for one in values] for name, values in request.POST.lists() if FIELD.fullmatch(name)}
        visit = Visit(request, subject, read_draft(subject.code, subject.scope, fields), saved)
        do = request.POST.get("do", "")
        try:
            if do in ("list", "keep", "change"):
                return self.leave(visit, do, fields)
        except NotPermitted:
            raise
        except Refusal as problem:
            visit.problem = str(problem)
            return self.show(visit, 422)
        apply(visit.draft, do)
        return self.show(visit)

    def opened(self, request: HttpRequest) -> Visit:
        """What the address asks for."""
        saved = self.saved(request, request.GET.get("filter", ""))
        if saved is not None:
            subject = subjects().get(saved.subject)
            if subject is None:
                raise Http404
            return Visit(request, subject, draft_of(saved.condition, subject.scope, Known()), saved)
        subject = self.subject(request, request.GET.get("about", ""))
        number = whole_number(request.GET.get("draft", ""))
        kept = kept_draft(request.user, number) if number else None
        if kept is not None and kept.about == subject.code:
            return Visit(request, subject, kept)
        return Visit(request, subject, Draft(subject.code, subject.scope, Part("group")).place())

    def saved(self, request: HttpRequest, number: str) -> SavedFilter | None:
        """The saved filter that is looked at; 404 where it is not shared with the reader."""
        found: SavedFilter | None = fetch_or_404(SavedFilter, request.user, SEES, whole_number(number) or 0) if number else None
        return found

    def subject(self, request: HttpRequest, code: str) -> Subject:
        """What is filtered: only what the reader may see."""
        mine = {name: subject for name, subject in subjects().items() if request.user.has_perm(subject.permission)}
        if (code and code not in mine) or not mine:
            raise Http404
        return mine[code] if code else next(iter(mine.values()))

    def leave(self, visit: Visit, do: str, fields: dict[str, list[str]]) -> HttpResponse:
        """Go to the list with this filter, or keep it under its name."""
        tree, user = visit.draft.tree(visit.request.user, visit.subject.permission), visit.request.user
        if do == "list":
            if not checked(tree, user=user):
                raise Refusal(_("This filter holds no condition yet. Add one first."))
            return see_other(listed(visit.subject, f"d{keep_draft(user, visit.subject.code, fields)}"))
        given = {"name": visit.request.POST.get("name", "")[:200], "shared": shared_of(visit.request.POST.get("shared", ""))}
        if do == "change" and visit.saved is not None:
            kept = services.change_filter(saved=visit.saved, condition=tree, actor=user, **given)
        else:
            kept = services.save_filter(condition=tree, actor=user, **given)
        messages.success(visit.request, gettext("The filter “%(name)s” is kept.") % {"name": kept.name})
        return see_other(reverse("filters:saved_filter_detail", kwargs={"pk": kept.pk}))

    def show(self, visit: Visit, status: int = 200) -> HttpResponse:
        """The page, or its part for HTMX."""
        response = page_or_part(visit.request, "filters/editor.html", "filters/_editor.html", self.context(visit))
        response.status_code = status
        return response

    def context(self, visit: Visit) -> dict[str, Any]:
        """The parts of the draft, what it says, and how many it finds."""
        request, subject, post = visit.request, visit.subject, visit.request.POST
        told = self.told(visit)
        do, _colon, picking = post.get("do", "").partition(":")
        asked = picking if do == "pick" else post.get("picking", "") if do == "find" else ""
        about = [(one.code, one.title, one.code == subject.code) for one in subjects().values() if request.user.has_perm(one.permission)]
        drawing = Drawing(visit.draft, request.user, subject.permission, asked, post.get("find", "")[:100], bool(visit.problem))
        return {
            "title": visit.saved.name if visit.saved else gettext("New filter"), "subject": subject, "about": about,
            "root": drawing.part(visit.draft.root), "picking": asked, "saved": visit.saved, "problem": visit.problem,
            "empty": not visit.draft.root.parts, **told, **self.keeping(visit),
        }  # fmt: skip

    def keeping(self, visit: Visit) -> dict[str, Any]:
        """The part in which the filter gets its name."""
        user, post, saved = visit.request.user, visit.request.POST, visit.saved
        own = saved if saved is not None and saved.owner_id == user.pk and saved.is_active else None
        shared = post.get("shared") or (own.shared if own else SavedFilter.Shared.ME)
        return {
            "name": post.get("name", own.name if own else ""),
            "shared": [(code, title, code == shared) for code, title in SavedFilter.Shared.choices],
            "may_keep": user.has_perm(services.save_filter.name),
            "may_change": own is not None and user.has_perm(services.change_filter.name),
        }

    def told(self, visit: Visit) -> dict[str, Any]:
        """The sentence and the bounded count; or what is missing before there can be any."""
        user: Any = visit.request.user
        try:
            tree = visit.draft.tree(user, visit.subject.permission)
            tree = checked(tree, user=user)
            rows = matching(visit.subject.model.objects.visible_to(user, visit.subject.permission), tree, timezone.localdate(), user)  # type: ignore[attr-defined]
            found = rows.order_by().values("pk")[: COUNT_UP_TO + 1].count()
        except Refusal as problem:
            return {"missing": str(problem), "count": "", "sentence": ""}
        text = number_format(min(found, COUNT_UP_TO), use_l10n=True, force_grouping=True) + ("+" if found > COUNT_UP_TO else "")
        return {"missing": "", "count": text, "sentence": words(tree) if tree else ""}


def shared_of(text: str) -> SavedFilter.Shared:
    """With whom a filter is shared, as sent by the form."""
    try:
        return SavedFilter.Shared(text or "ME")
    except ValueError:
        raise Refusal(_("Choose with whom the filter is shared.")) from None


def detail_facts(request: HttpRequest, saved: SavedFilter) -> list[Fact]:
    """What a filter says, about whom, and who made it."""
    try:
        sentence = words(saved.condition)
    except Refusal as problem:
        sentence = str(problem)
    return [
        Fact(_("About"), subject_title(saved.subject)), Fact(_("Finds"), sentence), Fact(_("Made by"), str(saved.owner)),
        Fact(_("Shared with"), saved.get_shared_display()),
    ]  # fmt: skip


def address(name: str) -> Any:
    """The address of a page about one filter."""
    return lambda saved: reverse(name, kwargs={"pk": saved.pk})


def list_address(saved: SavedFilter) -> str:
    """The list with this filter."""
    return listed(subjects()[saved.subject], str(saved.pk))


class FilterScreen(DetailScreen):
    """The page of a filter; it leads to the list for whoever may see those people."""

    def head(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        """The button of the list first."""
        found, subject = super().head(request, record), subjects().get(record.subject)
        if subject and record.is_active:
            link = ActionLink(_("Show the list"), list_address, subject.permission, tone="primary")
            found["actions"] = [*buttons([link], request.user, record), *found["actions"]]
        return found


in_use = lambda saved: saved.is_active  # noqa: E731
detail = address("filters:saved_filter_detail")
edit_filter = Editor(permission=SEES, title=_("New filter"))
saved_filter_list = ListScreen(
    SavedFilterTable,
    title=_("Filters"),
    lead=_("Questions about people that you kept, or that others share with you."),
    actions=[NEW],
    empty=EmptyState(_("No filters yet"), _("Put conditions together once and use them in lists, enrolment and payrolls."), NEW),
)
saved_filter_detail = FilterScreen(
    SavedFilter,
    permission=SEES,
    title=lambda saved: saved.name,
    subtitle=lambda saved: subject_title(saved.subject),
    status=lambda saved: Status("good", _("in use")) if saved.is_active else Status("off", _("retired")),
    facts=detail_facts,
    actions=[
        ActionLink(_("Look at the conditions"), lambda saved: f"{reverse('filters:edit_filter')}?filter={saved.pk}", SEES),
        ActionLink(_("Rename or share"), "filters:change_filter", services.change_filter.name, show=in_use),
        ActionLink(_("Copy a filter"), "filters:copy_filter", services.copy_filter.name),
        ActionLink(_("Retire"), "filters:retire_filter", services.retire_filter.name, show=in_use, tone="danger"),
    ],
    prepare=lambda rows: rows.select_related("owner"),
)
change_filter = ActionScreen(
    services.change_filter,
    form=KeepForm,
    target=(SavedFilter, "pk"),
    title=_("Rename or share"),
    initial=lambda request, saved: {"name": saved.name, "shared": saved.shared},
    button=_("Keep"),
    done=detail,
    back=detail,
)
copy_filter = ActionScreen(
    services.copy_filter,
    form=CopyForm,
    target=(SavedFilter, "pk"),
    initial=lambda request, saved: {"name": saved.name},
    done=detail,
    back=detail,
)
retire_filter = ActionScreen(services.retire_filter, target=(SavedFilter, "pk"), danger=True, done=detail, back=detail)
