"""`ListScreen`: a list with search, filters, sort, honest count, keyset pages and export."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from coremis.kernel.actions.models import Record
from coremis.kernel.base.refusal import NotPermitted, Refusal
from coremis.kernel.screens.columns import Column
from coremis.kernel.screens.exports import AT_ONCE, FORMATS, export_list, file_response, may_export, revealed_in
from coremis.kernel.screens.filters import Filter, Given
from coremis.kernel.screens.keyset import Order, Page, Place, in_order, page_of
from coremis.kernel.screens.screen import (
    ActionLink,
    Screen,
    Text,
    buttons,
    fetch_or_404,
    page_or_part,
    see_other,
    wants_part,
    whole_number,
    worded,
)  # fmt: skip
from coremis.kernel.screens.selection import RESERVED, Selection, address_of, given_filters, read_selection
from coremis.kernel.screens.tables import Table, cells_of, file_rows, order_of
from coremis.kernel.screens.ticked import chosen_filter, keep_ticked

COUNT_UP_TO = 10_000
KEPT_LISTS = 30
FEW_FILTERS = 4


@dataclass(frozen=True)
class EmptyState:
    """What a list says while nothing is in it: a title, what the page is for, and the first thing to do."""

    title: Text
    sentence: Text = ""
    first_step: ActionLink | None = None


@dataclass(frozen=True)
class Owner:
    """The one record whose rows a list shows: the lines of a payroll. Fetched under `permission` by the id in the URL.

    `through` is the path from a row to it; `argument` is its name in the URL pattern.
    """

    model: type[Record]
    permission: str
    through: str
    argument: str = "pk"
    prepare: Callable[[QuerySet[Any]], QuerySet[Any]] | None = None


@dataclass(frozen=True)
class Asked:
    """One request for a list, read: whose rows, which filters, which order, which page."""

    owner: Any
    query: dict[str, list[str]]
    filters: list[Filter]
    columns: list[Column]
    given: Given
    selection: Selection
    order: Order
    sort: str
    place: Place
    lost: bool


class ListScreen(Screen):
    """The page of a `Table`. Put it into `urlpatterns` as the view.

    `title` and `lead` are text, or functions of the owner. `actions` lead to action screens; those that carry filters
    get the list's address. `bulk` leads to action screens about the ticked rows or all that the list shows; they read
    them with `asked_rows`. `exports=False` takes the export away.
    """

    def __init__(
        self,
        table: type[Table],
        *,
        title: Any,
        lead: Any = "",
        owner: Owner | None = None,
        actions: Sequence[ActionLink] = (),
        bulk: Sequence[ActionLink] = (),
        empty: EmptyState | None = None,
        exports: bool = True,
        template: str = "screens/list.html",
    ) -> None:
        super().__init__(permission=table.permission, title=title)
        self.table, self.lead, self.owner, self.actions = table, lead, owner, actions
        self.bulk, self.empty, self.exports, self.template = bulk, empty, exports, template

    def respond(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The page or its part; a POST is a search to be kept, or an export."""
        if request.method == "POST" and request.POST.get("do") == "export":
            return self.export(request, kwargs, query_of(request))
        if request.method == "POST" and request.POST.get("do") == "chosen":
            return self.take_chosen(request, kwargs)
        if request.method == "POST":
            return self.keep_typed(request)
        if "clear" in request.GET or not request.GET:
            return self.return_to_last(request) or self.show(request, kwargs)
        if self._private_in(request):
            return self.keep_typed(request)
        return self.show(request, kwargs)

    def show(self, request: HttpRequest, kwargs: Mapping[str, Any]) -> HttpResponse:
        """The page of a GET."""
        asked = self.read(request.user, query_of(request), kwargs)
        self._remember(request)
        response = page_or_part(request, self.template, "screens/_list.html", self.context(request, asked))
        if wants_part(request):
            response["HX-Push-Url"] = request.get_full_path()
        return response

    def read(self, user: Any, query: dict[str, list[str]], kwargs: Mapping[str, Any]) -> Asked:
        """Understand an address for one reader; what cannot be understood becomes a sentence in `selection.problems`."""
        owner = None
        if self.owner:
            key = kwargs[self.owner.argument]
            owner = fetch_or_404(self.owner.model, user, self.owner.permission, key, self.owner.prepare)
        filters = self.table.filters_for(user)
        given, selection = _selected(self.table, [*filters, chosen_filter(self.table.label())], query, user)
        sort = query.get("sort", [""])[0]
        order = order_of(self.table, user, sort)
        if order is None:
            selection.problems.append(_("This list cannot be sorted by “%(column)s”.") % {"column": sort[:40]})
        place = Place(_id(query, "after"), _id(query, "before"))
        return Asked(
            owner, query, filters, self.table.columns_for(user), given, selection, order or Order(),
            sort=sort or self.table.default_sort, place=place,
            lost=place == Place() and bool({"after", "before"} & set(query)),
        )  # fmt: skip

    def visible(self, user: Any, owner: Any) -> QuerySet[Any]:
        """Every row of this list that the user may see."""
        rows = self.table.visible(user)
        return rows.filter(**{self.owner.through: owner}) if self.owner else rows

    def rows(self, user: Any, asked: Asked) -> QuerySet[Any]:
        """The rows that were asked for, in no order."""
        return asked.selection.apply(self.visible(user, asked.owner))

    def context(self, request: HttpRequest, asked: Asked) -> dict[str, Any]:
        """Everything the templates print, preformatted."""
        user, about = request.user, [asked.owner] if self.owner else []
        rows = self.rows(user, asked)
        page = page_of(rows, self.visible(user, asked.owner), asked.order, asked.place, self.table.page_size)
        filtered = bool(asked.selection.chosen or asked.selection.problems)
        return {
            "title": self.title_for(asked.owner),
            "lead": worded(self.lead, *about),
            "owner": asked.owner,
            "heads": self._heads(asked),
            "rows": cells_of(self.table, asked.columns, page.rows, user),
            "pages": self._pages(asked, page),
            "lost": page.lost or asked.lost,
            "count": self._count(request, rows, asked, page),
            "problems": asked.selection.problems,
            "chips": self._chips(asked),
            "filters": lambda: self._filters(asked, user),
            "actions": buttons(self.actions, user, asked.owner, _address(_kept(asked.query))),
            "formats": FORMATS if self.exports and may_export(user) else (),
            "bulk": (bulk := buttons(self.bulk, user, asked.owner)),
            "chosen": bool(bulk or (self.exports and may_export(user))),
            "address": _address(_kept(asked.query)),
            "filtered": filtered,
            "empty": self._empty(user, asked) if not filtered else None,
        }

    def keep_typed(self, request: HttpRequest) -> HttpResponse:
        """Go to the address of what was typed; names, phones and document numbers stay on the server."""
        given = request.POST if request.method == "POST" else request.GET
        typed = {name: [str(text).replace("\x00", "\ufffd")[:500] for text in values] for name, values in given.lists()}
        filters, search = self.table.filters_for(request.user), self.table.search
        if search and request.method == "POST" and "q" in typed:  # the search box of the top bar
            typed.setdefault(search.name, typed["q"])
        query = address_of(self.table.label(), filters, typed, request.user)
        if sort := request.GET.get("sort"):
            query["sort"] = [sort]
        return see_other(request.path + (_address(query) if query else "?clear=1"))

    def return_to_last(self, request: HttpRequest) -> HttpResponse | None:
        """Come back to the filters with which this person left the list, unless they are to be cleared."""
        if "clear" in request.GET:
            request.session["lists"] = {path: last for path, last in _lists(request).items() if path != request.path}
            return None
        last = _lists(request).get(request.path)
        return see_other(request.path + last) if last else None

    def take_chosen(self, request: HttpRequest, kwargs: Mapping[str, Any]) -> HttpResponse:
        """Go on with the ticked rows, or with everything that the list shows: to an action, or into a file."""
        query = _kept(query_of(request))
        try:
            if not request.POST.get("everything"):
                query = keep_ticked(request.user, self.table.label(), dict(request.POST.lists()))
        except Refusal as problem:
            messages.error(request, str(problem))
            return see_other(request.path + (_address(query) if query else "?clear=1"))
        if request.POST.get("format"):
            return self.export(request, kwargs, query)
        owner = self.read(request.user, query, kwargs).owner
        offered = {link["url"]: link for link in buttons(self.bulk, request.user, owner)}
        if request.POST.get("then") not in offered:
            raise PermissionDenied
        return see_other(request.POST["then"] + (_address(query) if query else "?clear=1"))

    def export(self, request: HttpRequest, kwargs: Mapping[str, Any], query: dict[str, list[str]]) -> HttpResponse:
        """The file, or the promise of it where it is long."""
        user = request.user
        asked = self.read(user, query, kwargs)
        back = request.path + _address(_kept(query))
        columns = self.table.file_columns_for(user)
        try:
            if asked.selection.problems:
                raise Refusal(" ".join(asked.selection.problems))
            job = export_list(
                list_title=self.title_for(asked.owner), address=back, file_format=request.POST.get("format", ""),
                row_count=self.rows(user, asked).order_by().count(), revealed=revealed_in(columns, user), actor=user,
            )  # fmt: skip
        except NotPermitted:
            raise
        except Refusal as problem:
            messages.error(request, str(problem))
            return see_other(back)
        if job is not None:
            messages.success(request, _("The file is being made. You will find it under “My work”."))
            return see_other(back)
        rows = list(in_order(self.table.prepare_file(self.rows(user, asked)), asked.order)[:AT_ONCE])
        cells = file_rows(self.table, columns, rows, user)
        title = self.title_for(asked.owner)
        return file_response(request.POST["format"], title, self.table.export_name or title, columns, cells)

    def title_for(self, owner: Any) -> str:
        """The title of the page, for one owner."""
        return worded(self.title, *([owner] if self.owner else []))

    def _remember(self, request: HttpRequest) -> None:
        """Keep the filters of this list for when the person comes back; pages are not kept, only what was asked."""
        query = _kept(query_of(request))
        lists, now = _lists(request), _address(query) if query else ""
        if len(now) < 2000 and lists.get(request.path, "") != now:
            lists = {path: last for path, last in lists.items() if path != request.path}
            request.session["lists"] = dict([*lists.items(), (request.path, now)][-KEPT_LISTS:])

    def _private_in(self, request: HttpRequest) -> bool:
        private = {name for filter in self.table.filters_for(request.user) if filter.private for name in filter.names()}
        return bool(private & set(request.GET))

    def _heads(self, asked: Asked) -> list[dict[str, str]]:
        heads = []
        for column in asked.columns:
            mine = asked.sort.removeprefix("-") == column.name
            rising = mine and not asked.sort.startswith("-")
            turned = f"-{column.name}" if rising else column.name
            heads.append({
                "title": str(column.title), "css": column.kind, "help": str(column.help),
                "sorted": ("ascending" if rising else "descending") if mine else "",
                "sort_url": _address({**_kept(asked.query), "sort": [turned]}) if column.sort is not None else "",
            })  # fmt: skip
        return heads

    def _filters(self, asked: Asked, user: Any) -> dict[str, Any]:
        """The filters as the template prints them: the chief ones at once, more of them on demand."""
        few = len(asked.filters) <= FEW_FILTERS
        chief = [filter for filter in asked.filters if few or filter.kind in ("search", "area")]
        ready = [(filter in chief, filter.control(asked.given, user, self.table.permission)) for filter in asked.filters]
        return {
            "chief": [control for first, control in ready if first],
            "more": [control for first, control in ready if not first],
            "open": any(filter in asked.filters and filter not in chief for filter, _value in asked.selection.chosen),
        }

    def _pages(self, asked: Asked, page: Page) -> dict[str, str]:
        base = _kept(asked.query)
        return {
            "first": _address(base) if page.previous else "",
            "previous": _address({**base, "before": [str(page.previous)]}) if page.previous else "",
            "next": _address({**base, "after": [str(page.next)]}) if page.next else "",
        }

    def _count(self, request: HttpRequest, rows: QuerySet[Any], asked: Asked, page: Page) -> dict[str, Any]:
        """How many rows: exact on money pages, on request, and up to 10,000; else "10,000+" and where to ask."""
        if asked.place == Place() and page.next is None:
            found = len(page.rows)
        elif self.table.exact or request.GET.get("count") == "exact":
            found = rows.order_by().count()
        else:
            found = rows.order_by().values("pk")[: COUNT_UP_TO + 1].count()
            if found > COUNT_UP_TO:
                text = number_format(COUNT_UP_TO, use_l10n=True, force_grouping=True) + "+"
                return {"text": text, "exact_url": _address({**asked.query, "count": ["exact"]})}
        return {"text": number_format(found, use_l10n=True, force_grouping=True), "number": found, "exact_url": ""}

    def _chips(self, asked: Asked) -> list[dict[str, str]]:
        """The filters in force in words, each with the address that takes it away."""
        chips = []
        for (filter, _value), words in zip(asked.selection.chosen, asked.selection.words(), strict=True):
            left = {name: values for name, values in _kept(asked.query).items() if name not in filter.names()}
            if filter.private:
                left.pop("q", None)
            chips.append({"words": words, "url": _address(left) if left else "?clear=1"})
        return chips

    def _empty(self, user: Any, asked: Asked) -> dict[str, Any]:
        empty = self.empty or EmptyState(_("Nothing here yet"))
        steps = buttons([empty.first_step], user, asked.owner) if empty.first_step else []
        return {"title": str(empty.title), "sentence": str(empty.sentence), "steps": steps}


def asked_rows(table: type[Table], request: HttpRequest) -> QuerySet[Any]:
    """For an action page that was opened with a list's filters: the rows they choose, none where they are not understood."""
    user, filters = request.user, [*table.filters_for(request.user), chosen_filter(table.label())]
    _given, selection = _selected(table, filters, query_of(request), user)
    return selection.apply(table.visible(user))


def chosen_ids(table: type[Table], request: HttpRequest, most: int, **within: Any) -> str:
    """For the field of an action page about many (`RowsField`): the ids of the rows it was opened with, one more than may be taken.

    ``within`` names the record whose rows they are, where the list is one of a record.
    """
    found = asked_rows(table, request).filter(**within).order_by("pk").values_list("pk", flat=True)[: most + 1]
    return " ".join(str(number) for number in found) if request.GET else ""


def _selected(table: type[Table], filters: list[Filter], query: dict[str, list[str]], user: Any) -> tuple[Given, Selection]:
    given, problems = given_filters(table.label(), filters, query, user)
    selection = read_selection(filters, given, user, table.permission)
    selection.problems.extend(problems)
    return given, selection


def query_of(request: HttpRequest) -> dict[str, list[str]]:
    """The parameters of an address, each with all its values."""
    return {name: [str(text) for text in values] for name, values in request.GET.lists()}


def _kept(query: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The part of an address that says what is listed, without where in it we are."""
    return {name: values for name, values in query.items() if name in ("sort", "q") or name not in RESERVED}


def _address(query: Mapping[str, list[str]]) -> str:
    return "?" + urlencode(query, doseq=True)


def _id(query: Mapping[str, list[str]], name: str) -> int | None:
    return whole_number(query.get(name, [""])[0])


def _lists(request: HttpRequest) -> dict[str, str]:
    kept = request.session.get("lists", {})
    return kept if isinstance(kept, dict) else {}
