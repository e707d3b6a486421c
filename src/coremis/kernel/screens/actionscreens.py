"""`ActionScreen`: the page of an action. It says what will happen before it happens, and does it once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.db import IntegrityError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from coremis.kernel.actions.action import Action
from coremis.kernel.actions.keys import Earlier
from coremis.kernel.actions.models import ActionKey
from coremis.kernel.approvals.services import submit, submit_request
from coremis.kernel.base.refusal import Invalid, NotPermitted, OutsidePlaces, Refusal, Stale
from coremis.kernel.screens.columns import text_of
from coremis.kernel.screens.errors import log
from coremis.kernel.screens.forms import ActionForm
from coremis.kernel.screens.preview import Preview
from coremis.kernel.screens.screen import Fetch, Screen, fetch_or_404, page_or_part, see_other, worded

OWN_FIELDS = frozenset({"csrfmiddlewaretoken", "step", "seen", "key", "version"})


@dataclass
class Attempt:
    """One person at one action screen: what it is about, the form, and the key that lets it happen only once."""

    request: HttpRequest
    target: Any
    form: ActionForm
    key: str
    problem: str = ""
    fresh: Sequence[tuple[str, str]] = ()


class ActionScreen(Screen):
    """The page of an action. Put it into `urlpatterns` under the action's name.

    `target` is (class, name of the id in the URL); the record found is given to the action as the input of its type.
    `inputs(cleaned, target)` makes the action's inputs where they are not simply the form's fields.
    `initial(request, target)` fills the form. `preview(inputs, actor)` gives a `Preview`, shown before anything is done.
    `done(result)` says where to go afterwards, `back(target)` where Cancel and a submitted approval lead,
    `said(result)` what to tell. The action's own name is the permission.
    """

    def __init__(
        self,
        action: Action[Any],
        *,
        form: type[ActionForm] = ActionForm,
        target: tuple[type[Model], str] | None = None,
        fetch: Fetch | None = None,
        title: Any = None,
        lead: Any = "",
        inputs: Callable[[dict[str, Any], Any], dict[str, Any]] | None = None,
        initial: Callable[[HttpRequest, Any], Mapping[str, Any]] | None = None,
        preview: Callable[[dict[str, Any], Any], Preview] | None = None,
        done: Callable[[Any], str] | None = None,
        back: Callable[[Any], str] | None = None,
        said: Callable[[Any], str] | None = None,
        button: Any = None,
        danger: bool = False,
        template: str = "screens/action.html",
    ) -> None:
        super().__init__(permission=action.name, title=title or action.title)
        self.action, self.form, self.target, self.fetch, self.lead = action, form, target, fetch, lead
        self.inputs, self.initial, self.preview = inputs, initial, preview
        self.done, self.back, self.said, self.button = done, back, said, button
        self.danger, self.template = danger, template
        if preview and any(isinstance(field, forms.FileField) for field in form.base_fields.values()):
            raise ValueError(f"{action.name}: a file cannot be kept between preview and confirmation.")

    def respond(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """GET shows the form; POST shows what will happen, or does it."""
        target = None
        if self.target:
            model, argument = self.target
            target = fetch_or_404(model, request.user, self.action.name, kwargs[argument], fetch=self.fetch)
        if request.method != "POST":
            return self.show_form(Attempt(request, target, self.make_form(request, target), uuid4().hex))
        attempt = Attempt(request, target, self.make_form(request, target), request.POST.get("key", "")[:100])
        if not attempt.key:
            attempt.key, attempt.problem = uuid4().hex, _("This page was too old. Check what you typed and send it again.")
            return self.show_form(attempt)
        if request.POST.get("step") == "edit":
            return self.show_form(attempt)
        return self.take(attempt)

    def make_form(self, request: HttpRequest, target: Any) -> ActionForm:
        """The form as typed, or filled with what is known."""
        about: dict[str, Any] = {"actor": request.user, "permission": self.action.name, "target": target}
        about["initial"] = dict(self.initial(request, target)) if self.initial else {}
        form = self.form(request.POST, request.FILES, **about) if request.method == "POST" else self.form(**about)
        if self.action.approvable and "note" not in form.fields:
            form.fields["approval_note"] = forms.CharField(
                label=_("Note for those who decide"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
            )
        return form

    def take(self, attempt: Attempt) -> HttpResponse:
        """Read what was sent, and show or do what it asks for; a refusal is a sentence on the same page."""
        if not attempt.form.is_valid():
            return self.finish_earlier(attempt) or self.show_form(attempt, status=422)
        try:
            inputs = self.inputs_of(attempt)
            if not self.earlier(attempt):
                self.check_version(attempt)
                if (page := self.show_preview(attempt, inputs)) is not None:
                    return page
            return self.run(attempt, inputs)
        except (NotPermitted, OutsidePlaces):
            raise
        except Stale as problem:
            attempt.fresh = self.fresh_values(attempt)
            attempt.problem = str(problem)
        except Invalid as problem:
            attempt.form.take_over(problem.errors)
            attempt.problem = "" if problem.errors else str(problem)
        except Refusal as problem:
            attempt.problem = str(problem)
        except IntegrityError:  # two people at once, and the database let one of them through
            log.exception("The database refused %s", self.action.name)
            attempt.problem = _("What somebody saved at the same moment contradicts this. Look at it again, and send it once more.")
        return self.show_form(attempt, status=422)

    def inputs_of(self, attempt: Attempt) -> dict[str, Any]:
        """The action's inputs by name, from the form and the target."""
        cleaned = {name: value for name, value in attempt.form.cleaned_data.items() if name != "approval_note"}
        target = attempt.target
        if self.inputs:
            return self.inputs(cleaned, target)
        found = {}
        for name, parameter in self.action.parameters.items():
            if name in cleaned:
                value = cleaned[name]
                if value is None and not parameter.optional and not parameter.required:
                    continue
                found[name] = None if value == "" and parameter.optional else value
            elif target is not None and isinstance(target, parameter.type):
                found[name] = target
        return found

    def check_version(self, attempt: Attempt) -> None:
        """Refuse what was typed about values that somebody else has changed since."""
        seen = attempt.request.POST.get("version", "")
        now = getattr(attempt.target, "version", None)
        if now is not None and seen and seen != str(now):
            raise Stale(_("Somebody else changed this meanwhile. Look at the new values and send it again."))

    def fresh_values(self, attempt: Attempt) -> list[tuple[str, str]]:
        """What the record holds now, for the fields of the form that are filled from it."""
        if attempt.target is not None and self.fetch is None:
            attempt.target.refresh_from_db()
        now = self.make_form(attempt.request, attempt.target).initial
        fields = attempt.form.fields
        return [(str(fields[name].label or name), text_of(value)) for name, value in now.items() if name in fields]

    def earlier(self, attempt: Attempt) -> ActionKey | None:
        """What this person already did with this key."""
        names = (self.action.name, submit_request.name)
        person: Any = attempt.request.user
        return ActionKey.objects.filter(actor_id=person.pk, action__in=names, key=attempt.key).first()

    def finish_earlier(self, attempt: Attempt) -> HttpResponse | None:
        """Where the same page was sent before and can no longer be read (its record moved on): go where it went then."""
        if attempt.request.POST.get("step") != "confirm" or (taken := self.earlier(attempt)) is None:
            return None
        result = Earlier(taken.result).result()
        return self.leave(attempt, result) if taken.action == self.action.name else self.leave_submitted(attempt)

    def show_preview(self, attempt: Attempt, inputs: dict[str, Any]) -> HttpResponse | None:
        """What will happen, until the person has confirmed exactly that; None when it may be done, or was done a moment ago."""
        if self.preview is None:
            return None
        preview = self.preview(inputs, attempt.request.user)
        seen, now = attempt.request.POST.get("seen", ""), preview.fingerprint()
        if attempt.request.POST.get("step") == "confirm" and (seen == now and not preview.blocked() or self.earlier(attempt)):
            return None
        if seen and seen != now:
            attempt.problem = _("The figures have changed since you looked. Check them again.")
        typed = [(name, text) for name, texts in attempt.request.POST.lists() if name not in OWN_FIELDS for text in texts]
        typed += attempt.form.carried()
        confirm = preview.button or self.confirm_text(attempt)
        context = {**self.frame(attempt), "preview": preview.ready(), "typed": typed, "seen": now, "confirm": confirm}
        return page_or_part(attempt.request, self.template, "screens/_action.html", context)

    def run(self, attempt: Attempt, inputs: dict[str, Any]) -> HttpResponse:
        """Do it, or send it to those who must agree; the same key does it once."""
        user: Any = attempt.request.user
        if not self.action.approvable:
            return self.leave(attempt, self.action(actor=user, key=attempt.key, **inputs))
        cleaned = attempt.form.cleaned_data
        note = cleaned.get("approval_note") or cleaned.get("note") or ""
        outcome = submit(self.action, inputs, actor=user, note=note, key=attempt.key)
        return self.leave(attempt, outcome.result) if outcome.request is None else self.leave_submitted(attempt)

    def leave(self, attempt: Attempt, result: Any) -> HttpResponse:
        """Say that it is done and go on."""
        messages.success(attempt.request, self.said(result) if self.said else _("Done: %(title)s.") % {"title": self.title_for(attempt)})
        return see_other(self.done(result) if self.done else self.back_url(attempt))

    def leave_submitted(self, attempt: Attempt) -> HttpResponse:
        """Say that it waits for others and go back."""
        messages.success(attempt.request, _("Sent for approval. You will find it under “My work”."))
        return see_other(self.back_url(attempt))

    def show_form(self, attempt: Attempt, status: int = 200) -> HttpResponse:
        """The form with everything that was typed."""
        context = {**self.frame(attempt), "form": attempt.form, "confirm": self.confirm_text(attempt)}
        response = page_or_part(attempt.request, self.template, "screens/_action.html", context)
        response.status_code = status
        return response

    def frame(self, attempt: Attempt) -> dict[str, Any]:
        """What form and preview have in common."""
        return {
            "title": self.title_for(attempt), "about": self.about_text(attempt),
            "lead": worded(self.lead, *self._about(attempt)), "target": attempt.target,
            "key": attempt.key, "version": getattr(attempt.target, "version", ""), "problem": attempt.problem,
            "fresh": attempt.fresh, "danger": self.danger, "approvable": self.action.approvable,
            "previews": self.preview is not None, "back": self.back_url(attempt),
        }  # fmt: skip

    def title_for(self, attempt: Attempt) -> str:
        """The title of the page, for its target."""
        return worded(self.title, *self._about(attempt))

    def about_text(self, attempt: Attempt) -> str:
        """Which record the page is about, where neither its title nor its lead says so."""
        target, kind = attempt.target, cast(Any, type(attempt.target))
        if target is None or kind.__str__ is Model.__str__:
            return ""
        about, title, lead = str(target), self.title_for(attempt), worded(self.lead, *self._about(attempt))
        return "" if about in title or about in lead or lead and lead in about else about

    def confirm_text(self, attempt: Attempt) -> str:
        """The words on the button that does it."""
        return worded(self.button, *self._about(attempt)) if self.button else self.title_for(attempt)

    def back_url(self, attempt: Attempt) -> str:
        """Where Cancel leads."""
        return self.back(attempt.target) if self.back else reverse("screens:home")

    def _about(self, attempt: Attempt) -> list[Any]:
        return [attempt.target] if self.target else []
