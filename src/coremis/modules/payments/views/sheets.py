"""Typing a signed list: all lines in the order of the paper, saved while typing, sent to be confirmed by another person."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coremis.kernel.base.refusal import Refusal
from coremis.kernel.files.storage import files_of, keep
from coremis.kernel.screens.actionscreens import ActionScreen, Attempt
from coremis.kernel.screens.columns import money_text, text_of
from coremis.kernel.screens.screen import fetch_or_404, see_other, wants_part
from coremis.modules.payments import services
from coremis.modules.payments.forms import StartSheetForm
from coremis.modules.payments.models import Payroll, ResultFile
from coremis.modules.payments.services.entry import SHEET_FIELDS
from coremis.modules.payments.sheets import PageTotals, is_on_sheet, listed, money_in, page_totals, sheet_lines, totals_of, typed
from coremis.modules.payments.states import AWAITING_LINES, Collector, FileKind, FileState, UnpaidReason
from coremis.modules.payments.views.addresses import file_url, payroll_url

# A field of the page, by the letter before the line's id.
LETTERS = {"r": "reason", "a": "amount", "b": "by", "n": "receipt"}
MOST_ERRORS = 10
REASONS = [one for one in UnpaidReason if one not in (UnpaidReason.NO_PROOF, UnpaidReason.NOT_IN_FILE)]

start_sheet = ActionScreen(
    services.start_sheet, form=StartSheetForm, target=(Payroll, "pk"), done=file_url, back=payroll_url,
    lead=gettext_lazy("Choose the payment point or place whose signed list lies before you."), button=gettext_lazy("Open the list"),
    said=lambda file: str(_("Type what the paper says. Everything is saved as you go.")),
)  # fmt: skip


class SheetScreen(ActionScreen):
    """The page on which a signed list is typed. It saves the draft, keeps scanned pages, and sends."""

    def respond(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """GET shows the list as typed; POST saves, attaches or sends, and keeps everything typed whatever happens."""
        file = fetch_or_404(ResultFile, request.user, self.action.name, kwargs["pk"], prepare=with_names)
        self.check_lines(request, file)
        if request.method != "POST":
            return self.page(request, file)
        step = request.POST.get("step", "")
        if step == "confirm":
            return self.send(request, file)
        try:
            return self.save(request, file)
        except Refusal as problem:
            return self.page(request, file, problem=str(problem), status=422)

    def check_lines(self, request: HttpRequest, file: ResultFile) -> None:
        """Names of other places are not shown, whoever may see a part of the payroll."""
        places = listed(file.payroll, file.point, file.place).order_by().values_list("area_id", flat=True)
        user: Any = request.user
        if file.kind_of == FileKind.SHEET and not user.may(self.action.name, sorted(set(places))):
            raise Http404

    def save(self, request: HttpRequest, file: ResultFile) -> HttpResponse:
        """The draft, and a scanned page where one was chosen; the totals for a page with scripts."""
        fresh = services.save_sheet(file=file, draft=drafted(request.POST, file), actor=request.user)
        if wants_part(request):
            return render(request, "payments/_sheet_totals.html", totals_context(fresh))
        if scan := request.FILES.get("page"):
            opened: Any = scan.file
            content = keep(opened)
            services.attach_page(file=fresh, name=scan.name, sha256=content.sha256, size=content.size, actor=request.user)
        messages.success(request, _("Saved."))
        return see_other(request.path)

    def send(self, request: HttpRequest, file: ResultFile) -> HttpResponse:
        """Send it; what is not complete is marked, and stays as typed."""
        draft = drafted(request.POST, file)
        key = request.POST.get("key", "")[:100]
        try:
            sent = services.send_sheet(file=file, draft=draft, actor=request.user, key=key or None)
        except Refusal as problem:
            if file.state == FileState.NEW:
                file.draft = services.save_sheet(file=file, draft=draft, actor=request.user).draft
            return self.page(request, file, getattr(problem, "errors", {}), str(problem), 422)
        messages.success(request, _("The list is sent. Another person confirms it."))
        return see_other(file_url(sent))

    def page(
        self, request: HttpRequest, file: ResultFile, errors: Mapping[str, Any] | None = None, problem: str = "", status: int = 200
    ) -> HttpResponse:
        """The whole page, or its part."""
        attempt = Attempt(request, file, self.form(actor=request.user, permission=self.action.name, target=file), "")
        errors = {name: str(sentences[0]) for name, sentences in (errors or {}).items()}
        typing = file.kind_of == FileKind.SHEET and file.state == FileState.NEW
        context = {
            **self.frame(attempt), "problem": problem, "errors": errors,
            "first_errors": list(errors.values())[:MOST_ERRORS], "file": file, "typing": typing, "key": file_key(file),
            "reasons": REASONS, "collectors": Collector.choices, "draft": file.draft, "pages": list(files_of(file)),
            "payroll": file.payroll, "blank_reasons": reason_options(), **(totals_context(file, errors) if typing else {}),
        }  # fmt: skip
        template = "payments/_sheet.html" if wants_part(request) else "payments/sheet.html"
        return render(request, template, context, status=status)


def with_names(files: Any) -> Any:
    """What the page needs of the list."""
    return files.select_related("payroll__cycle__programme", "point", "place")


def reason_options() -> Any:
    """The choice of reasons with none chosen, written once for all lines."""
    options = format_html_join("", '<option value="{}">{}</option>', ((one.value, one.label) for one in REASONS))
    return format_html('<option value=""></option>{}', options)


def file_key(file: ResultFile) -> str:
    """One key for one list: sent twice, it is sent once."""
    return f"sheet-{file.pk}"


def drafted(post: Any, file: ResultFile) -> dict[str, Any]:
    """The draft from the fields of the page; a line whose fields did not come keeps what was typed before."""
    lines = dict(file.draft.get("lines", {}))
    for name in post:
        if name.startswith("r") and name[1:].isdigit():
            line = name[1:]
            said: dict[str, Any] = {word: post.get(letter + line, "") for letter, word in LETTERS.items()}
            lines[line] = said if post.get("p" + line) else {**said, "paid": False}
    return {**{name: post.get(name, file.draft.get(name, "")) for name in SHEET_FIELDS}, "lines": lines}


def totals_context(file: ResultFile, errors: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The lines and what they add up to, beside the totals of the paper."""
    lines = sheet_lines(file)
    found = totals_of(file, lines)
    rows = [
        {
            "number": number, "line": line, "said": typed(file, line), "paid": typed(file, line).get("paid", True),
            "open": line.state in AWAITING_LINES, "on": is_on_sheet(file, number, line), "error": (errors or {}).get(str(line.pk), ""),
            "amount": money_text(line.amount), "key": str(line.pk),
        }
        for number, line in lines
    ]  # fmt: skip
    return {
        "rows": rows, "by_page": page_rows(file, page_totals(file, lines)),
        "agrees": found.agrees(), "paid_count": text_of(found.paid_count),
        "paid_amount": money_text(money_in(file, found.paid_minor)), "unpaid_count": text_of(found.unpaid_count),
        "unpaid_amount": money_text(money_in(file, found.unpaid_minor)),
    }  # fmt: skip


def page_rows(file: ResultFile, pages: list[PageTotals]) -> list[list[str]]:
    """For each page of the paper, as text: its number, its lines, due, paid, not paid."""
    return [
        [text_of(place), f"{page.first}–{page.last}"] + [
            f"{text_of(count)} · {money_text(money_in(file, minor))}" for count, minor in (
                (page.due_count, page.due_minor), (page.typed.paid_count, page.typed.paid_minor),
                (page.typed.unpaid_count, page.typed.unpaid_minor),
            )
        ]
        for place, page in enumerate(pages, start=1)
    ]  # fmt: skip


send_sheet = SheetScreen(
    services.send_sheet, target=(ResultFile, "pk"), title=lambda file: _("Signed list: %(name)s") % {"name": file.name},
    back=lambda file: payroll_url(file.payroll),
)  # fmt: skip
