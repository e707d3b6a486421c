"""My work, and the pages on which people decide."""

from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from coremis.kernel.access.models import User
from coremis.kernel.actions.action import find_action
from coremis.kernel.approvals.models import Request
from coremis.kernel.approvals.queries import waiting_for
from coremis.kernel.approvals.routes import approvable
from coremis.kernel.approvals.services import (
    approve_request,
    may_decide,
    reason_against,
    reasons_against,
    recall_request,
    reject_request,
    return_request,
)
from coremis.kernel.base.money import Money
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.columns import Status, text_of
from coremis.kernel.screens.details import DetailScreen, Fact
from coremis.kernel.screens.each import EachScreen
from coremis.kernel.screens.forms import ActionForm
from coremis.kernel.screens.lists import ListScreen
from coremis.kernel.screens.preview import shown_to
from coremis.kernel.screens.screen import ActionLink
from coremis.modules.administration import forms, tables
from coremis.modules.administration.deciders import deciders
from coremis.modules.administration.views.links import to
from coremis.modules.administration.work import MyWork

my_work = MyWork(permission=None, title=_("My work"))
requests = ListScreen(
    tables.RequestTable, title=_("Approvals"), lead=_("Everything that was submitted for approval, in your places."),
    bulk=[
        ActionLink(_("Approve"), "administration:approve_chosen", approve_request.name, "primary"),
        ActionLink(_("Reject"), "administration:reject_chosen", reject_request.name, "danger"),
        ActionLink(_("Return for correction"), "administration:return_chosen", return_request.name),
    ],
)  # fmt: skip


def visible_request(reader: User, key: int) -> Request | None:
    """A request in the reader's places, one's own, or one that waits for the reader or was decided by the reader."""
    found = Request.objects.select_related("maker", "area", "level_profile").filter(pk=key).first()
    if found is None or found.maker_id == reader.pk or waiting_for(reader).filter(pk=key).exists():
        return found
    own = found.decisions.filter(person=reader).exists()
    return found if own or reader.may("approvals.view_request", [found.area_id]) else None


class RequestScreen(DetailScreen):
    """The page of a request: like the action page it came from, plus who asked, why, and what the others said."""

    def tab_context(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        """The preview of the action, made afresh, the decisions so far, and the key for the one taken here."""
        reader: Any = request.user
        decisions = record.decisions.select_related("person").order_by("pk")
        may = may_decide(record, reader)
        people = [] if may else deciders(record)
        return {
            **super().tab_context(request, record), **what_was_asked(record, reader), "decisions": decisions,
            "may_decide": may, "barred": why_not(record, reader), "key": uuid4().hex,
            "deciders": people, "nobody": record.state == Request.State.PENDING and not may and not people,
        }  # fmt: skip


def why_not(asked: Request, reader: User) -> str:
    """Why somebody whose level it is does not decide this one request."""
    return reason_against(asked, reader) if waiting_for(reader).filter(pk=asked.pk).exists() else ""


def what_was_asked(asked: Request, reader: User) -> dict[str, Any]:
    """The preview as on the action's own page, and where the thing itself is; a sentence where it cannot be made any more.

    It counts what the maker may do, and tells of masked and sensitive facts only what the reader may see.
    """
    try:
        item = find_action(asked.action)
        values, declared = item.from_stored(asked.inputs), approvable(item)
        page = declared.page(values) if declared.page else ""
        with shown_to(reader):
            preview = declared.preview(values, asked.maker) if declared.preview else None
            if preview and asked.state not in (Request.State.PENDING, Request.State.RETURNED):
                preview.changes, preview.table, preview.problem = (), None, ""  # they would compare with what holds now
            return {"preview": preview.ready() if preview else None, "page": page if opens(page, reader) else ""}
    except (Refusal, ObjectDoesNotExist) as problem:
        return {"problem": str(problem) if asked.state == Request.State.PENDING else ""}


def opens(page: str, reader: User) -> bool:
    """Whether somebody has the right to the page that a request is about; nothing leads where one is refused."""
    if not page:
        return False
    try:
        permission = getattr(resolve(urlsplit(page).path).func, "permission", None)
    except Resolver404:
        return True
    return permission is None or reader.has_perm(permission)


request = RequestScreen(
    Request,
    permission=None,  # type: ignore[arg-type]
    fetch=visible_request,
    title=lambda asked: tables.action_title(asked.action),
    subtitle=lambda asked: _("asked by %(name)s on %(day)s") % {"name": asked.maker, "day": text_of(localdate(asked.submitted_at))},
    status=lambda asked: Status(tables.REQUEST_TONES.get(asked.state, "off"), asked.get_state_display()),
    facts=lambda http, asked: [
        Fact(_("Place"), asked.area.name),
        Fact(_("Amount"), Money(asked.amount_minor, asked.currency) if asked.amount_minor is not None else None),
        Fact(_("Waits for"), asked.level_profile),
    ],
    timeline=None,
    template="administration/request.html",
)


def deciding(action: Any, form: Any, **options: Any) -> ActionScreen:
    """One of the answers a checker can give."""
    return ActionScreen(
        action,
        form=form,
        target=(Request, "pk"),
        fetch=visible_request,
        title=lambda asked: f"{action.title}: {tables.action_title(asked.action)}",
        back=to("request"),
        done=lambda result: reverse("administration:my_work"),
        said=lambda result: _("Decided: %(state)s.") % {"state": result.get_state_display()},
        button=action.title,
        **options,
    )


approve_page = deciding(approve_request, forms.NoteForm)
reject_page = deciding(reject_request, forms.ReasonForm, danger=True)
return_page = deciding(return_request, forms.ReasonForm)
recall_page = deciding(recall_request, ActionForm)


def deciding_each(action: Any, form: Any, **options: Any) -> EachScreen:
    """The same answer to each of the requests that were ticked, with one reason."""
    return EachScreen(
        action, table=tables.RequestTable, input="request", against=reasons_against, back="administration:requests", form=form,
        said=lambda result: _("Decided: %(state)s.") % {"state": result.get_state_display()}, **options,
    )  # fmt: skip


approve_chosen = deciding_each(approve_request, forms.NoteForm, title=_("Approve those chosen"))
reject_chosen = deciding_each(reject_request, forms.ReasonForm, title=_("Reject those chosen"), danger=True)
return_chosen = deciding_each(return_request, forms.ReasonForm, title=_("Return those chosen for correction"))
