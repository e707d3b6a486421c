"""`EachScreen`: one action for each of the rows that were ticked in a list, every one decided and recorded on its own."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coremis.kernel.actions.action import Action
from coremis.kernel.actions.models import ActionKey
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.screens.actionscreens import ActionScreen, Attempt
from coremis.kernel.screens.columns import Column, text_of
from coremis.kernel.screens.forms import ActionForm, RowsField
from coremis.kernel.screens.lists import chosen_ids
from coremis.kernel.screens.preview import Preview
from coremis.kernel.screens.screen import page_or_part
from coremis.kernel.screens.tables import Table, small_table

CHOSEN = "chosen"
MOST = 200  # decided while somebody waits
Answers = Mapping[int, str]


class EachScreen(ActionScreen):
    """The page of an action about one row, for all rows ticked in a list. What is typed holds for each of them.

    `input` is the input that takes the row. `against(rows, actor)` says why some are left alone, by id, before anything is done;
    what the action itself refuses is told afterwards, row by row. `each(typed, row)` makes the inputs of one, where they are not
    simply what was typed. `within` names the field with the `target` whose rows these are, where the list is one of a record.
    `said(result)` tells what came of one. `back` is a URL name. The same page sent twice does each row once.
    """

    def __init__(
        self, action: Action[Any], *, table: type[Table], input: str, against: Callable[[list[Any], Any], Answers], back: str,
        within: str = "", form: type[ActionForm] = ActionForm, each: Callable[[dict[str, Any], Any], dict[str, Any]] | None = None,
        **options: Any,
    ) -> None:  # fmt: skip
        if action.approvable:
            raise ValueError(f"{action.name} waits for approval, so it is not done row by row.")
        chosen = RowsField(table.model, table.permission, most=MOST, label=gettext_lazy("Chosen rows"))
        made: Any = type(form)
        super().__init__(
            action, form=made(form.__name__, (form,), {CHOSEN: chosen, "field_order": [CHOSEN]}), preview=self.look,
            initial=lambda request, target: {CHOSEN: chosen_ids(table, request, MOST, **({within: target} if within else {}))},
            back=lambda target: reverse(back, kwargs={"pk": target.pk} if target else None), **options,
        )  # fmt: skip
        self.table, self.input, self.against, self.each = table, input, against, each

    def inputs_of(self, attempt: Attempt) -> dict[str, Any]:
        """The rows, and what was typed for all of them."""
        return dict(attempt.form.cleaned_data)

    def look(self, inputs: dict[str, Any], actor: Any) -> Preview:
        """Which rows it will be done to, and why not to the others."""
        rows, barred = inputs[CHOSEN], self.against(inputs[CHOSEN], actor)
        count = len(rows) - len(barred)
        facts = [(self.form.base_fields[name].label, value) for name, value in inputs.items() if name != CHOSEN]
        return Preview(
            facts=[(label or "", value) for label, value in facts], count=count, left_out=sorted(Counter(barred.values()).items()),
            button=f"{self.action.title}: {text_of(count)}",
            table=self.told(rows, dict.fromkeys((row.pk for row in rows), _("Will be done")) | dict(barred), actor),
        )  # fmt: skip

    def told(self, rows: Sequence[Any], answers: Answers, actor: Any) -> dict[str, Any]:
        """The rows as their list shows them, with an answer beside each."""
        first, *others = self.table.columns
        answer = Column("what_came", _("Result"), show=lambda row: answers.get(row.pk, ""))
        shown: Any = type(self.table.__name__, (self.table,), {"columns": [first, answer, *others]})
        found = shown.prepare(self.table.visible(actor).filter(pk__in=[row.pk for row in rows])).order_by("pk")
        return small_table(shown, list(found), actor)

    def earlier(self, attempt: Attempt) -> ActionKey | None:
        """Whether this page was sent before: the first of its rows that was done then."""
        found: ActionKey | None = self.done_before(attempt).first()
        return found

    def done_before(self, attempt: Attempt) -> Any:
        """The keys of the rows that were done with this page."""
        person: Any = attempt.request.user
        return ActionKey.objects.filter(actor_id=person.pk, action=self.action.name, key__startswith=f"{attempt.key}-")

    def finish_earlier(self, attempt: Attempt) -> HttpResponse | None:
        """What can no longer be read is said on the page: the rows may have left the reader's list."""
        return None

    def run(self, attempt: Attempt, inputs: dict[str, Any]) -> HttpResponse:
        """One after the other, each with its own right, entry in the history and key; then what came of each."""
        user: Any = attempt.request.user
        rows, typed = inputs[CHOSEN], {name: value for name, value in inputs.items() if name != CHOSEN}
        before = set(self.done_before(attempt).values_list("key", flat=True))
        answers = dict(self.against([row for row in rows if f"{attempt.key}-{row.pk}" not in before], user))
        done = 0
        for row in rows:
            if row.pk not in answers:
                answers[row.pk], was_done = self.one(attempt, row, typed)
                done += was_done
        return self.answered(attempt, rows, answers, done)

    def one(self, attempt: Attempt, row: Any, typed: dict[str, Any]) -> tuple[str, bool]:
        """What came of one row, and whether it was done."""
        user: Any = attempt.request.user
        given = self.each(typed, row) if self.each else {**typed, self.input: row}
        try:
            result = self.action(actor=user, key=f"{attempt.key}-{row.pk}", **given)
        except Refusal as problem:
            return str(problem), False
        return (self.said(result) if self.said else _("Done.")), True

    def answered(self, attempt: Attempt, rows: Sequence[Any], answers: Answers, done: int) -> HttpResponse:
        """The page that says what came of each row."""
        left = len(rows) - done
        sentence = ngettext("Done for %(count)s row.", "Done for %(count)s rows.", done) % {"count": text_of(done)}
        refused = ngettext("%(count)s row was left alone.", "%(count)s rows were left alone.", left) % {"count": text_of(left)}
        context = {
            "title": self.title_for(attempt), "done": sentence if done else "", "left": refused if left else "",
            "table": self.told(rows, answers, attempt.request.user), "back": self.back_url(attempt),
        }  # fmt: skip
        return page_or_part(attempt.request, "screens/each.html", "screens/_each.html", context)
