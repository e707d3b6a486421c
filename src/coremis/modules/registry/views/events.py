"""Pages about what happens to households: births, moves, partings, merges, papers, visits, records made by mistake."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.parameters import Secret
from coremis.kernel.screens.actionscreens import ActionScreen, Attempt
from coremis.kernel.screens.each import EachScreen
from coremis.kernel.screens.lists import EmptyState, ListScreen
from coremis.kernel.screens.screen import ActionLink
from coremis.modules.registry import event_forms, event_previews, forms, services
from coremis.modules.registry.models import Household, HouseholdMove, Membership, Person, Photo
from coremis.modules.registry.services.moves import DECIDED, ELSEWHERE, OWN_MOVE
from coremis.modules.registry.services.papers import KeptPaper
from coremis.modules.registry.tables import MoveTable, household_url, person_url


class PaperScreen(ActionScreen):
    """An action that a paper proves: the paper is stored in the same transaction, once, and then given to the action."""

    def __init__(self, action: Any, *, household: Callable[[Any], Household | None], about: Any = None, **options: Any) -> None:
        super().__init__(action, **options)
        self.household, self.about = household, about or action.title

    def run(self, attempt: Attempt, inputs: dict[str, Any]) -> HttpResponse:
        """First the paper, then the action; both or none."""
        if (page := self.finish_earlier(attempt)) is not None:
            return page  # sent twice: whoever died or left is no longer there, so the page cannot be read the same way again
        kept, user = inputs.get("paper"), attempt.request.user
        if not isinstance(kept, KeptPaper):
            return super().run(attempt, {name: value for name, value in inputs.items() if name != "paper" or value is not None})
        with transaction.atomic():
            household = self.household(attempt.target)
            paper = services.add_paper(household=household, file=Secret(kept), about=str(self.about), actor=user, key=attempt.key)
            return super().run(attempt, {**inputs, "paper": paper})


def home_of(person: Person) -> Household | None:
    """The household in which somebody lives."""
    lived = Membership.objects.filter(person=person, left_on=None).select_related("household").first()
    return lived.household if lived else None


def to_household(record: Any) -> str:
    """The household's page, from the household itself or what belongs to it."""
    return household_url(record.pk if isinstance(record, Household) else record.household_id)


def to_moves(record: Any) -> str:
    """The list of moves."""
    return reverse("registry:moves")


record_birth_page = ActionScreen(
    services.record_birth, form=event_forms.RecordBirthForm, target=(Household, "pk"), preview=event_previews.birth,
    done=to_household, back=to_household,
)  # fmt: skip

move_person_page = PaperScreen(
    services.move_person,
    household=lambda membership: membership.household,
    form=event_forms.MovePersonForm,
    target=(Membership, "pk"),
    title=lambda row: gettext("%(name)s moves to another household") % {"name": row.person.full_name},
    inputs=lambda cleaned, row: {
        "membership": row, "relationship": cleaned["relationship"] or "not_related",
        **{name: cleaned.get(name) for name in ("target", "on", "new_head", "new_recipient", "paper")},
        **{name: cleaned[name] for name in ("address", "reason")},
    },
    preview=event_previews.person_move,
    done=to_household,
    back=to_household,
)  # fmt: skip

split_household_page = ActionScreen(
    services.split_household,
    form=event_forms.SplitHouseholdForm,
    target=(Household, "pk"),
    lead=_("Some members found a household of their own. Programmes and payments stay with the primary recipient."),
    inputs=lambda cleaned, record: {
        "household": record, "leaving": list(cleaned["leaving"]), "relationships": forms.relationships_of(cleaned),
        **{name: cleaned[name] for name in ("head", "recipient", "new_head", "address", "on", "reason")},
    },
    preview=event_previews.split,
    done=to_household,
    back=to_household,
    said=lambda made: gettext("The new household has the number %(number)s.") % {"number": made.number_text},
)  # fmt: skip

merge_persons_page = ActionScreen(
    services.merge_persons,
    form=event_forms.MergePersonsForm,
    target=(Person, "pk"),
    lead=lambda record: (
        gettext("This record stays in use: %(number)s, %(name)s.") % {"number": record.number_text, "name": record.full_name}
    ),
    inputs=lambda cleaned, record: {"survivor": record, "other": cleaned["other"], "reason": cleaned["reason"]},
    preview=event_previews.merge,
    danger=True,
    done=lambda record: person_url(record.pk),
    back=lambda record: person_url(record.pk),
)

merge_households_page = ActionScreen(
    services.merge_households,
    form=event_forms.MergeHouseholdsForm,
    target=(Household, "pk"),
    lead=lambda record: gettext("This household stays in use: %(household)s.") % {"household": record},
    inputs=lambda cleaned, record: {
        "survivor": record, "other": cleaned["other"], "relationships": cleaned["relationships"], "reason": cleaned["reason"],
    },
    preview=event_previews.merge,
    danger=True,
    done=to_household,
    back=to_household,
)  # fmt: skip


def merged_person(user: Any, key: Any) -> Person | None:
    """A record of a person that this reader may see, also where it was merged."""
    rows: Any = Person.everything
    found: Person | None = rows.visible_to(user, services.undo_merge_of_persons.name).select_related("merged_into").filter(pk=key).first()
    return found


def merged_household(user: Any, key: Any) -> Household | None:
    """A household that this reader may see, also where it was merged."""
    rows: Any = Household.everything
    seen = rows.visible_to(user, services.undo_merge_of_households.name).select_related("merged_into")
    found: Household | None = seen.filter(pk=key).first()
    return found


undo_merge_of_persons_page = ActionScreen(
    services.undo_merge_of_persons, form=forms.ReasonForm, target=(Person, "pk"), fetch=merged_person,
    inputs=lambda cleaned, record: {"other": record, **cleaned}, preview=event_previews.unmerging, danger=True,
    done=lambda record: person_url(record.pk), back=lambda record: person_url(record.merged_into_id or record.pk),
)  # fmt: skip
undo_merge_of_households_page = ActionScreen(
    services.undo_merge_of_households, form=forms.ReasonForm, target=(Household, "pk"), fetch=merged_household,
    inputs=lambda cleaned, record: {"other": record, **cleaned}, preview=event_previews.unmerging, danger=True,
    done=to_household, back=lambda record: to_household(record.merged_into or record),
)  # fmt: skip

moves = ListScreen(
    MoveTable,
    title=_("Moves between places"),
    lead=_("Households that leave your places or arrive there."),
    empty=EmptyState(_("No moves yet"), _("A move is proposed on the page of the household.")),
    bulk=[
        ActionLink(_("Accept"), "registry:accept_chosen_moves", services.accept_move.name, "primary"),
        ActionLink(_("Reject"), "registry:reject_chosen_moves", services.reject_move.name, "danger"),
    ],
)


def against_moves(chosen: list[HouseholdMove], actor: Any) -> dict[int, str]:
    """Why the reader does not decide some of these moves; one statement."""
    may = dict(MoveTable.visible(actor).filter(pk__in=[move.pk for move in chosen]).values_list("pk", "may_accept"))
    return {move.pk: str(_why_not(move, actor)) for move in chosen if not may.get(move.pk)}


def _why_not(move: HouseholdMove, actor: Any) -> Any:
    if move.state != HouseholdMove.State.PROPOSED:
        return DECIDED
    return OWN_MOVE if move.proposed_by == actor.pk else ELSEWHERE


accept_chosen_moves = EachScreen(
    services.accept_move, table=MoveTable, input="move", against=against_moves, back="registry:moves", form=event_forms.DecisionForm,
    title=_("Accept the chosen moves"),
)  # fmt: skip
reject_chosen_moves = EachScreen(
    services.reject_move, table=MoveTable, input="move", against=against_moves, back="registry:moves", form=event_forms.RejectionForm,
    title=_("Reject the chosen moves"), danger=True,
)  # fmt: skip

propose_move_page = ActionScreen(
    services.propose_move,
    form=event_forms.ProposeMoveForm,
    target=(Household, "pk"),
    lead=_("Those who look after the new place accept or reject it. Until then nothing changes."),
    inputs=lambda cleaned, record: {
        "household": record, **{name: cleaned[name] for name in ("to_area_id", "address", "reason")},
    },
    preview=event_previews.proposal,
    done=to_household,
    back=to_household,
)  # fmt: skip

accept_move_page = ActionScreen(
    services.accept_move, form=event_forms.DecisionForm, target=(HouseholdMove, "pk"), preview=event_previews.arrival,
    done=to_household, back=to_moves,
)  # fmt: skip

reject_move_page = ActionScreen(
    services.reject_move, form=event_forms.RejectionForm, target=(HouseholdMove, "pk"), preview=event_previews.arrival,
    done=to_moves, back=to_moves,
)  # fmt: skip

recall_move_page = ActionScreen(
    services.recall_move, form=event_forms.DecisionForm, target=(HouseholdMove, "pk"), done=to_moves, back=to_moves
)

record_visit_page = ActionScreen(
    services.record_visit, form=event_forms.VisitForm, target=(Household, "pk"), done=to_household, back=to_household,
    lead=_("Why did an alternate collect again and again? Write what you found; the count begins anew."),
)  # fmt: skip

add_paper_page = ActionScreen(
    services.add_paper,
    form=event_forms.AddPaperForm,
    target=(Household, "pk"),
    inputs=lambda cleaned, record: {"household": record, "file": Secret(cleaned["paper"]), "about": cleaned["about"]},
    done=to_household,
    back=to_household,
)

set_photo_page = ActionScreen(
    services.set_photo,
    form=event_forms.SetPhotoForm,
    target=(Person, "pk"),
    title=lambda record: gettext("Photo of %(name)s") % {"name": record.full_name},
    inputs=lambda cleaned, record: {"person": record, "picture": Secret(cleaned["picture"])},
    button=_("Add a photo"),
    done=lambda photo: person_url(photo.person_id),
    back=lambda record: person_url(record.pk),
)

remove_photo_page = ActionScreen(
    services.remove_photo, form=forms.ReasonForm, target=(Photo, "pk"),
    done=lambda photo: person_url(photo.person_id), back=lambda photo: person_url(photo.person_id),
)  # fmt: skip

print_card_page = ActionScreen(
    services.print_card,
    form=event_forms.PrintCardForm,
    target=(Person, "pk"),
    lead=lambda record: gettext("A PDF with the card of %(name)s.") % {"name": record.full_name},
    done=lambda file: reverse("files:download_attachment", args=[file.pk]),
    back=lambda record: person_url(record.pk),
)

print_cards_page = ActionScreen(
    services.print_cards,
    form=event_forms.PrintCardsForm,
    lead=_("Cards of those who collect in a place; the PDF files lie under “My work”."),
    done=lambda job: reverse("administration:my_work"),
    back=lambda target: reverse("registry:persons"),
)

withdraw_person_page = ActionScreen(
    services.withdraw_person, form=forms.ReasonForm, target=(Person, "pk"), danger=True,
    lead=_("For a record that should never have been made. It leaves every list, and can be restored."),
    done=lambda record: person_url(record.pk), back=lambda record: person_url(record.pk),
)  # fmt: skip

withdraw_household_page = ActionScreen(
    services.withdraw_household, form=forms.ReasonForm, target=(Household, "pk"), danger=True,
    lead=_("For a household that should never have been made. It leaves every list with everybody in it, and can be restored."),
    done=to_household, back=to_household,
)  # fmt: skip


def withdrawn(model: Any, permission: str) -> Callable[[Any, Any], Any]:
    """Finds a record that is not in use any more."""
    return lambda user, key: model.everything.visible_to(user, permission).filter(pk=key, retired_on__isnull=False).first()


restore_person_page = ActionScreen(
    services.restore_person, target=(Person, "pk"), fetch=withdrawn(Person, services.restore_person.name),
    lead=lambda record: gettext("%(name)s is in use again afterwards.") % {"name": record.full_name},
    done=lambda record: person_url(record.pk), back=lambda record: person_url(record.pk),
)  # fmt: skip

restore_household_page = ActionScreen(
    services.restore_household, target=(Household, "pk"), fetch=withdrawn(Household, services.restore_household.name),
    lead=_("The household and everybody in it are in use again afterwards, with the same roles."),
    done=to_household, back=to_household,
)  # fmt: skip
