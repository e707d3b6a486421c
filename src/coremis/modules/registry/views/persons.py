"""Pages about persons."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coremis.kernel.actions.parameters import Secret
from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.columns import Status
from coremis.kernel.screens.details import DetailScreen
from coremis.kernel.screens.lists import EmptyState, ListScreen
from coremis.kernel.screens.screen import ActionLink
from coremis.modules.registry import forms, leaving, panels, previews, services
from coremis.modules.registry.attention import person_attention
from coremis.modules.registry.dictionary import OF_PERSONS
from coremis.modules.registry.models import Document, Person
from coremis.modules.registry.sight import PHONE, Sight
from coremis.modules.registry.tables import PersonTable, person_url
from coremis.modules.registry.views.events import PaperScreen, home_of
from coremis.modules.registry.words import born

REVEALING = _("Say why you need to see it. You then see it for 15 minutes, and the history keeps who, when and why.")
REGISTER = ActionLink(_("Register a person"), "registry:register_person", "registry.register_person")


def back_to_person(record: Any) -> str:
    """The person's page, from the person or what belongs to them."""
    return person_url(record.pk if isinstance(record, Person) else record.person_id)


def known_facts(request: HttpRequest, person: Person) -> dict[str, Any]:
    """What a form about somebody begins with, as far as the reader may see it."""
    reader: Any = request.user
    names = ("given_names", "surname", "sex", "phone_owner", *(("phone",) if Sight(reader, person).reveals(PHONE) else ()))
    return {
        **{name: getattr(person, name) for name in names},
        "birth": born(person),
        "area": person.area,
        **forms.shown_data(person, reader, *OF_PERSONS),
    }


def person_inputs(cleaned: dict[str, Any]) -> dict[str, Any]:
    """The inputs about a person that all actions share."""
    return {
        **{name: cleaned[name] for name in ("given_names", "surname", "phone")}, "birth": cleaned["birth"],
        "phone_owner": cleaned["phone_owner"] or None, "data": forms.data_of(cleaned),
    }  # fmt: skip


persons = ListScreen(
    PersonTable,
    title=_("Persons"),
    actions=[REGISTER, ActionLink(_("Print cards"), "registry:print_cards", "registry.print_cards")],
    empty=EmptyState(_("Nobody is registered yet"), _("Persons appear here when their household is registered or imported."), REGISTER),
)


def any_person(user: Any, key: Any) -> Person | None:
    """The person of this id, also a record that was merged or withdrawn."""
    rows: Any = Person.everything
    found: Person | None = rows.visible_to(user, "registry.view_person").select_related("area").filter(pk=key).first()
    return found


person = DetailScreen(
    Person,
    permission="registry.view_person",
    fetch=any_person,
    title=lambda record: record.full_name,
    subtitle=lambda record: f"{record.number_text} · {record.area.name}",
    status=lambda record: (
        Status("off", _("in use no more") if record.retired_on else _("died")) if record.death_date or record.retired_on else None
    ),
    facts=panels.facts_of_person,
    attention=person_attention,
    actions=[
        ActionLink(_("Change"), "registry:change_person", "registry.change_person", "primary"),
        ActionLink(_("Add a document"), "registry:add_document", "registry.add_document"),
        ActionLink(_("Reveal what is masked"), "registry:reveal_person", "registry.reveal_person", "more"),
        ActionLink(_("Record a death"), "registry:record_death", "registry.record_death", "more", show=lambda one: one.death_date is None),
        ActionLink(_("Print a card"), "registry:print_card", "registry.print_card", show=lambda one: one.death_date is None),
        ActionLink(_("Merge"), "registry:merge_persons", "registry.merge_persons", "more"),
        ActionLink(_("Withdraw"), "registry:withdraw_person", "registry.withdraw_person", "more"),
    ],
    timeline=panels.PERSON_TIMELINE,
)

register_person_page = ActionScreen(
    services.register_person,
    form=forms.RegisterPersonForm,
    lead=_("For somebody who belongs to no household. Members are registered with their household."),
    inputs=lambda cleaned, target: {**person_inputs(cleaned), "area": cleaned["area"], "sex": cleaned["sex"] or "unknown"},
    done=back_to_person,
)

change_person_page = ActionScreen(
    services.change_person,
    form=forms.ChangePersonForm,
    target=(Person, "pk"),
    initial=known_facts,
    inputs=lambda cleaned, record: {
        **person_inputs(cleaned), "person": record, "area": cleaned.get("area"), "sex": cleaned["sex"] or None,
        "birth_unknown": cleaned["birth_unknown"],
    },
    preview=previews.person_change,
    done=back_to_person,
    back=back_to_person,
)  # fmt: skip

reveal_person_page = ActionScreen(
    services.reveal_person,
    form=forms.ReasonForm,
    target=(Person, "pk"),
    lead=REVEALING,
    done=back_to_person,
    back=back_to_person,
    said=lambda record: gettext("For 15 minutes you see what is masked to others. The history says so."),
)

record_death_page = PaperScreen(
    services.record_death,
    household=home_of,
    form=leaving.RecordDeathForm,
    target=(Person, "pk"),
    title=lambda record: gettext("%(name)s has died") % {"name": record.full_name},
    preview=previews.death,
    button=_("Record the death"),
    danger=True,
    done=back_to_person,
    back=back_to_person,
)

add_document_page = ActionScreen(
    services.add_document,
    form=forms.AddDocumentForm,
    target=(Person, "pk"),
    inputs=lambda cleaned, record: {
        "person": record, "kind": cleaned["kind"], "number": Secret(cleaned["number"]), "valid_until": cleaned["valid_until"],
    },
    done=back_to_person,
    back=back_to_person,
)  # fmt: skip

end_document_page = ActionScreen(
    services.end_document,
    form=forms.ReasonForm,
    target=(Document, "pk"),
    lead=lambda row: gettext("This document will no longer identify %(name)s.") % {"name": row.person.full_name},
    done=back_to_person,
    back=back_to_person,
)
