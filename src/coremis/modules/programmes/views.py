"""The pages of programmes, beneficiaries and group changes."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coremis.kernel.areas.models import Area
from coremis.kernel.screens.actionscreens import ActionScreen
from coremis.kernel.screens.columns import Status as Word
from coremis.kernel.screens.details import Attention, DetailScreen, Fact
from coremis.kernel.screens.lists import EmptyState, ListScreen, chosen_ids
from coremis.kernel.screens.screen import ActionLink, whole_number
from coremis.kernel.screens.timeline import Timeline
from coremis.modules.programmes import forms, panels, previews, services, tables
from coremis.modules.programmes.conditions import names_for
from coremis.modules.programmes.models import OPEN, Enrolment, GroupChange, Programme, Status, WaitingPlace
from coremis.modules.programmes.queries import free_places
from coremis.modules.programmes.reached import ReachedTable
from coremis.modules.registry.models import Household, Person, VariableDefinition
from coremis.modules.registry.queries import data_of, shown_data, variable_name


def programme_url(programme: Programme) -> str:
    """The page of a programme."""
    return reverse("programmes:programme_detail", kwargs={"pk": programme.pk})


def enrolment_url(enrolment: Enrolment) -> str:
    """The page of a beneficiary."""
    return reverse("programmes:enrolment_detail", kwargs={"pk": enrolment.pk})


def group_url(group: GroupChange) -> str:
    """The page of a group change."""
    return reverse("programmes:group_change_detail", kwargs={"pk": group.pk})


NEW_PROGRAMME = ActionLink(_("Create a programme"), "programmes:create_programme", "programmes.create_programme", tone="primary")
programme_list = ListScreen(
    tables.ProgrammeTable,
    title=_("Programmes"),
    actions=[NEW_PROGRAMME],
    empty=EmptyState(_("No programmes yet"), _("A programme says whom it helps, since when, and for how many."), NEW_PROGRAMME),
)


def programme_facts(request: HttpRequest, programme: Programme) -> list[Fact]:
    """What a programme is."""
    facts = [
        Fact(_("Code"), programme.code), Fact(_("Helps"), programme.get_unit_display()), Fact(_("Currency"), programme.currency),
        Fact(_("Starts on"), programme.starts_on), Fact(_("Ends on"), programme.ends_on),
        Fact(_("Number of places"), programme.max_beneficiaries if programme.max_beneficiaries is not None else _("no limit")),
    ]  # fmt: skip
    if (free := free_places(programme)) is not None:
        facts.append(Fact(_("Places left"), free))
    return [*facts, *([Fact(_("Description"), programme.description)] if programme.description else [])]


programme_detail = DetailScreen(
    Programme,
    permission="programmes.view_programme",
    title=str,
    subtitle=lambda programme: programme.code,
    facts=programme_facts,
    actions=[
        ActionLink(_("Enrol those who match"), "programmes:enrol_matching", "programmes.enrol_matching", tone="primary"),
        ActionLink(_("Change status of many"), "programmes:change_status_matching", "programmes.change_status_matching"),
        ActionLink(_("Move up from the waiting list"), "programmes:promote_waiting", "programmes.promote_waiting"),
        ActionLink(_("Usual criteria"), "programmes:store_criteria", "programmes.store_criteria"),
        ActionLink(_("Change the programme"), "programmes:change_programme", "programmes.change_programme"),
    ],
)
create_programme = ActionScreen(
    services.create_programme, form=forms.NewProgrammeForm, done=programme_url, back=lambda target: reverse("programmes:programme_list")
)


def programme_now(request: HttpRequest, programme: Programme) -> dict[str, Any]:
    """What the form of a change starts from."""
    return {name: getattr(programme, name) for name in ("names", "starts_on", "ends_on", "max_beneficiaries", "description")}


change_programme = ActionScreen(
    services.change_programme, form=forms.ProgrammeForm, target=(Programme, "pk"), initial=programme_now,
    preview=previews.changed_programme, done=programme_url, back=programme_url,
)  # fmt: skip


def names_in_words(programme: Programme) -> str:
    """Which names a condition may use."""
    return gettext("A condition may use: %(names)s.") % {"names": ", ".join(sorted(names_for(programme.unit)))}


store_criteria = ActionScreen(
    services.store_criteria,
    title=lambda programme: gettext("Usual criteria: %(programme)s") % {"programme": programme},
    form=forms.CriteriaForm, target=(Programme, "pk"), lead=names_in_words, done=lambda criteria: programme_url(criteria.programme),
    back=programme_url, inputs=lambda cleaned, programme: {"programme": programme, **cleaned},
)  # fmt: skip


def usual(request: HttpRequest, programme: Programme) -> dict[str, Any]:
    """The usual criteria that the link named, as the form of an enrolment starts from them."""
    number = whole_number(request.GET.get("criteria", ""))
    criteria = programme.criteria.filter(pk=number).first() if number else None
    if criteria is None:
        return {}
    return {"filter": f"usual-{criteria.status}" if criteria.filter else "", "condition": criteria.condition}


enrol_matching = ActionScreen(
    services.enrol_matching,
    title=lambda programme: gettext("Enrol those who match: %(programme)s") % {"programme": programme},
    form=forms.EnrolMatchingForm, target=(Programme, "pk"), lead=names_in_words, initial=usual,
    preview=previews.group_enrolment, done=group_url, back=programme_url,
)  # fmt: skip
change_status_matching = ActionScreen(
    services.change_status_matching,
    title=lambda programme: gettext("Change status of many: %(programme)s") % {"programme": programme},
    form=forms.ChangeStatusMatchingForm, target=(Programme, "pk"), lead=names_in_words,
    preview=previews.group_status, done=group_url, back=programme_url, danger=True,
)  # fmt: skip

promote_waiting = ActionScreen(
    services.promote_waiting,
    title=lambda programme: gettext("Move up from the waiting list: %(programme)s") % {"programme": programme},
    form=forms.PromoteForm, target=(Programme, "pk"), preview=previews.promotion, done=group_url, back=programme_url,
)  # fmt: skip

NOBODY = _("Households and persons come in from the page of a programme, or from their own page.")


BENEFICIARIES: dict[str, type[tables.EnrolmentTable]] = {
    "all": tables.EnrolmentTable, "potential": tables.PotentialTable, "active": tables.ActiveTable,
    "suspended": tables.SuspendedTable, "graduated": tables.GraduatedTable, "exited": tables.ExitedTable,
}  # fmt: skip
CHANGEABLE, WAITS = ("all", "potential", "active", "suspended"), ("all", "potential")


def for_chosen(title: Any, name: str, which: str, tone: str = "") -> ActionLink:
    """A button for those who are ticked in one of the lists."""
    address = f"programmes:{name}" if which == "all" else f"programmes:{name}_{which}"
    return ActionLink(title, address, f"programmes.{name}", tone=tone)


def beneficiaries(which: str, title: Any, empty: Any) -> ListScreen:
    """One list of beneficiaries, with what may be done about those who are ticked there."""
    bulk = [for_chosen(_("Change the status"), "change_status_of_chosen", which, "primary")] if which in CHANGEABLE else []
    if which in WAITS:
        bulk.append(for_chosen(_("Put on the waiting list"), "put_chosen_on_waiting_list", which))
    return ListScreen(BENEFICIARIES[which], title=title, bulk=bulk, empty=EmptyState(empty, NOBODY))


enrolment_list = beneficiaries("all", _("Beneficiaries"), _("No beneficiaries yet"))
potential_list = beneficiaries("potential", _("Potential beneficiaries"), _("No potential beneficiaries"))
active_list = beneficiaries("active", _("Active beneficiaries"), _("No active beneficiaries"))
suspended_list = beneficiaries("suspended", _("Suspended beneficiaries"), _("No suspended beneficiaries"))
graduated_list = beneficiaries("graduated", _("Graduated beneficiaries"), _("No graduated beneficiaries"))
exited_list = beneficiaries("exited", _("Exited beneficiaries"), _("No exited beneficiaries"))


def those_chosen(request: HttpRequest, _target: None) -> dict[str, Any]:
    """The beneficiaries with whom the page was opened from a list."""
    which = request.resolver_match.kwargs["which"] if request.resolver_match else "all"
    return {"enrolments": chosen_ids(BENEFICIARIES[which], request, services.MOST_CHOSEN)}


def all_beneficiaries(_target: None) -> str:
    """Where Cancel leads from what is done about those who are ticked."""
    return reverse("programmes:enrolment_list")


change_status_of_chosen = ActionScreen(
    services.change_status_of_chosen, title=_("Change the status of those chosen"), form=forms.ChosenStatusForm,
    initial=those_chosen, preview=previews.chosen_status, done=group_url, back=all_beneficiaries, danger=True,
)  # fmt: skip
put_chosen_on_waiting_list = ActionScreen(
    services.put_chosen_on_waiting_list, form=forms.ChosenWaitForm, initial=those_chosen, preview=previews.chosen_waiting,
    done=lambda programme: f"{reverse('programmes:waiting_list')}?programme={programme.pk}&waiting=yes", back=all_beneficiaries,
)  # fmt: skip


waiting_list = ListScreen(
    tables.WaitingTable,
    title=_("Waiting lists"),
    empty=EmptyState(_("Nobody waits"), _("Those for whom no place was left are put here when a group is enrolled, or one by one.")),
)


reached_list = ListScreen(
    ReachedTable,
    title=_("Persons in beneficiary households"),
    lead=_("Everybody who lives in a household that benefits now, and persons who benefit themselves."),
    empty=EmptyState(_("Nobody yet"), _("They appear as soon as beneficiaries are active.")),
)


def enrolment_facts(request: HttpRequest, enrolment: Enrolment) -> list[Fact]:
    """Who, where, since when and why."""
    who, kind = enrolment.who, "household" if enrolment.household_id else "person"
    sees = request.user.has_perm(f"registry.view_{kind}")
    label = _("Household") if enrolment.household_id else _("Person")
    return [
        Fact(_("Number"), enrolment.number_text), Fact(label, str(who), reverse(f"registry:{kind}", kwargs={"pk": who.pk}) if sees else ""),
        Fact(_("Place"), enrolment.area.name), Fact(_("Programme"), str(enrolment.programme), programme_url(enrolment.programme)),
        Fact(_("Status since"), enrolment.status_since), Fact(_("Reason"), enrolment.get_status_reason_display()),
        Fact(_("Note"), enrolment.status_note), Fact(_("Enrolled on"), enrolment.enrolled_on),
    ]  # fmt: skip


def waiting_place(enrolment: Enrolment) -> WaitingPlace | None:
    """The rank that counts today, if any."""
    return WaitingPlace.objects.waiting(timezone.localdate()).filter(enrolment=enrolment).first()  # type: ignore[no-any-return]


def enrolment_attention(request: HttpRequest, enrolment: Enrolment) -> list[Attention]:
    """That it waits, or that a person decided for this one."""
    place = waiting_place(enrolment) if enrolment.status == Status.POTENTIAL else None
    if place is not None:
        words = gettext("On the waiting list of %(place)s with rank %(rank)s.") % {"place": place.area.name, "rank": place.rank}
        return [Attention("info", words)]
    if enrolment.set_by_hand and enrolment.status in OPEN:
        return [Attention("info", _("A person set this status for this one. Group changes leave it alone."))]
    return []


def has_variables(enrolment: Enrolment) -> bool:
    """Whether anything can be asked about enrolments."""
    return VariableDefinition.objects.filter(subject=VariableDefinition.Subject.ENROLMENT, is_active=True).exists()


def has_masked(enrolment: Enrolment) -> bool:
    """Whether anything about enrolments is masked."""
    return VariableDefinition.objects.filter(subject=VariableDefinition.Subject.ENROLMENT, is_active=True, masked=True).exists()


enrolment_detail = DetailScreen(
    Enrolment,
    permission="programmes.view_enrolment",
    title=lambda enrolment: enrolment.who.head_name if enrolment.household_id else enrolment.who.full_name,
    subtitle=lambda enrolment: f"{enrolment.number_text} · {enrolment.programme}",
    status=tables.status_word,
    facts=enrolment_facts,
    attention=enrolment_attention,
    actions=[
        ActionLink(
            _("Change the status"),
            "programmes:change_status",
            "programmes.change_status",
            tone="primary",
            show=lambda row: row.status in OPEN,
        ),
        ActionLink(
            _("Undo the last change"), "programmes:undo_last_change", "programmes.undo_last_change", show=lambda row: row.version > 1
        ),
        ActionLink(_("Change the facts"), "programmes:change_enrolment", "programmes.change_enrolment", show=has_variables),
        ActionLink(_("Reveal what is masked"), "programmes:reveal_enrolment", "programmes.reveal_enrolment", show=has_masked),
        ActionLink(
            _("Put on the waiting list"),
            "programmes:put_on_waiting_list",
            "programmes.put_on_waiting_list",
            show=lambda row: row.status == Status.POTENTIAL and waiting_place(row) is None,
        ),
        ActionLink(
            _("Take off the waiting list"),
            "programmes:take_off_waiting_list",
            "programmes.take_off_waiting_list",
            show=lambda row: row.status == Status.POTENTIAL and waiting_place(row) is not None,
        ),
    ],
    timeline=Timeline(key_label=lambda _field, code: variable_name(code)),
    prepare=lambda rows: rows.select_related("programme", "household", "person", "area"),
)
change_status = ActionScreen(
    services.change_status, form=forms.ChangeStatusForm, target=(Enrolment, "pk"), preview=previews.one_status,
    title=lambda enrolment: gettext("Change the status of %(who)s") % {"who": enrolment.who}, done=enrolment_url, back=enrolment_url,
)  # fmt: skip
change_enrolment = ActionScreen(
    services.change_enrolment, form=forms.EnrolmentFactsForm, target=(Enrolment, "pk"), preview=previews.changed_facts,
    initial=lambda request, row: shown_data(row, request.user, *forms.EnrolmentFactsForm.subjects, programme=row.programme_id),
    inputs=lambda cleaned, row: {"enrolment": row, "data": data_of(cleaned)}, done=enrolment_url, back=enrolment_url,
)  # fmt: skip
reveal_enrolment = ActionScreen(
    services.reveal_enrolment, form=forms.RevealForm, target=(Enrolment, "pk"), done=enrolment_url, back=enrolment_url,
    lead=_("Say why you need to see it. You then see it for 15 minutes, and the history keeps who, when and why."),
)  # fmt: skip
put_on_waiting_list = ActionScreen(
    services.put_on_waiting_list, form=forms.WaitForm, target=(Enrolment, "pk"), done=lambda place: enrolment_url(place.enrolment),
    back=enrolment_url,
)  # fmt: skip
take_off_waiting_list = ActionScreen(
    services.take_off_waiting_list, form=forms.TakeOffForm, target=(Enrolment, "pk"), preview=previews.taking_off,
    done=lambda place: enrolment_url(place.enrolment), back=enrolment_url,
)  # fmt: skip
undo_last_change = ActionScreen(
    services.undo_last_change, form=forms.UndoForm, target=(Enrolment, "pk"), preview=previews.one_undoing,
    done=enrolment_url, back=enrolment_url,
)  # fmt: skip
enrol_household = ActionScreen(
    services.enrol_one, form=forms.EnrolOneForm, target=(Household, "pk"), preview=previews.one_enrolment,
    done=enrolment_url, back=lambda household: reverse("registry:household", kwargs={"pk": household.pk}),
)  # fmt: skip
enrol_person = ActionScreen(
    services.enrol_one, form=forms.EnrolOneForm, target=(Person, "pk"), preview=previews.one_enrolment,
    done=enrolment_url, back=lambda person: reverse("registry:person", kwargs={"pk": person.pk}),
)  # fmt: skip


def group_facts(request: HttpRequest, group: GroupChange) -> list[Fact]:
    """What was decided, for whom, and how far it is."""
    places = Area.objects.filter(pk__in=group.area_ids).values_list("name", flat=True)
    facts = [
        Fact(_("Programme"), str(group.programme), programme_url(group.programme)), Fact(_("Change of status"), tables.change_words(group)),
        Fact(_("Places"), ", ".join(places)), Fact(_("Condition"), group.condition),
        Fact(_("Filter"), group.filter_words), Fact(_("Reason"), group.get_reason_display()),
        Fact(_("Note"), group.note), Fact(_("Beneficiaries"), group.count if group.state != GroupChange.State.PREPARING else None),
    ]  # fmt: skip
    if group.undoes:
        facts.append(Fact(_("Undoes"), group.undoes.get_what_display(), group_url(group.undoes)))
    return facts


def group_attention(request: HttpRequest, group: GroupChange) -> list[Attention]:
    """How far the work is, while it is not done."""
    job = panels.work_of(group) if group.state == GroupChange.State.PREPARING else None
    if job is None:
        return []
    if job.problem:
        return [Attention("bad", job.problem_text)]
    done = gettext("%(state)s: %(done)s of %(total)s.") % {"state": job.get_state_display(), "done": job.done, "total": job.total or "–"}
    return [Attention("info", done)]


def with_group(rows: "QuerySet[Any]") -> "QuerySet[Any]":
    """What the page of a group change names."""
    return rows.select_related("programme", "area", "undoes")


group_change_detail = DetailScreen(
    GroupChange,
    permission="programmes.view_groupchange",
    title=lambda group: group.get_what_display().capitalize(),
    subtitle=lambda group: group.programme,
    status=lambda group: Word(tables.STATE_TONES[group.state], group.get_state_display()),
    facts=group_facts,
    attention=group_attention,
    actions=[
        ActionLink(
            _("Undo this"), "programmes:undo_status_change", "programmes.undo_status_change", tone="danger",
            show=lambda group: group.state == GroupChange.State.DONE and group.what != GroupChange.What.UNDO,
        )
    ],
    prepare=with_group,
)  # fmt: skip
undo_status_change = ActionScreen(
    services.undo_status_change, form=forms.UndoForm, target=(GroupChange, "pk"), preview=previews.group_undoing,
    done=group_url, back=group_url, danger=True,
)  # fmt: skip
