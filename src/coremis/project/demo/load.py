"""Loading the demo through the same actions and jobs as a user's: from an empty installation to a payroll that waits for approval."""

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from coremis.kernel.access.models import User
from coremis.kernel.approvals.services import approve_request, submit
from coremis.kernel.areas.models import Area
from coremis.kernel.areas.queries import country
from coremis.kernel.base.money import Money
from coremis.kernel.base.numbers import number_text
from coremis.kernel.exchange.applying import submit_batch
from coremis.kernel.exchange.checking import check_batch
from coremis.kernel.exchange.models import Batch
from coremis.kernel.exchange.services import send_file
from coremis.kernel.files.storage import keep
from coremis.modules.administration.services import first_run
from coremis.modules.benefits.models import BenefitRule, RuleVersion
from coremis.modules.benefits.services import activate_version, save_example, save_part, save_rule
from coremis.modules.intake.imports import PERSONS
from coremis.modules.ledger.queries import accounts_of
from coremis.modules.ledger.services import receive_funds
from coremis.modules.payments.findings import NEEDS_VERDICT
from coremis.modules.payments.models import Cycle, FlagGroup, Fund, Payroll, PayrollLine, ResultFile
from coremis.modules.payments.module import TWO_LEVELS_FROM
from coremis.modules.payments.services import (
    approve_payroll,
    check_results,
    close_payroll,
    confirm_results,
    decide_flag,
    generate_payroll,
    release_payroll,
    save_cycle,
    save_fund,
    upload_results,
    verify_payroll,
    void_lines,
)  # fmt: skip
from coremis.modules.payments.states import AWAITING_LINES
from coremis.modules.programmes.models import Enrolment, Programme, Reason, Status
from coremis.modules.programmes.services import change_status, create_programme, enrol_matching
from coremis.modules.registry.models import VariableDefinition
from coremis.modules.registry.services import define_variable
from coremis.project.demo import more, people, places
from coremis.project.demo.country import CURRENCY, LEVELS, units
from coremis.project.demo.seats import ADMINISTRATORS, PASSWORD, agreed, decide, make_seats, seat, work_off

PARTS: tuple[dict[str, Any], ...] = (
    {"code": "base", "kind": "FLAT", "amount": 30_000, "names": {"en": "Base amount", "fr": "Montant de base", "pt": "Montante de base"}},
    {
        "code": "children", "kind": "MEMBER", "member": "age < 18", "amount": 5_000, "most": 3,
        "names": {"en": "Children under 18", "fr": "Enfants de moins de 18 ans", "pt": "Crianças com menos de 18 anos"},
    },
)  # fmt: skip
EXAMPLES: tuple[tuple[str, list[dict[str, Any]], dict[str, int]], ...] = (
    ("Without children", [{"age": 63, "relationship": "head"}], {"base": 30_000}),
    ("Two children", [{"age": 34, "relationship": "head"}, {"age": 8}, {"age": 17}], {"base": 30_000, "children": 10_000}),
    ("Five children", [{"age": 34, "relationship": "head"}, *({"age": age} for age in range(5))], {"base": 30_000, "children": 15_000}),
)
ROOFS = [
    {"code": "straw", "names": {"en": "straw", "fr": "paille", "pt": "palha"}},
    {"code": "tiles", "names": {"en": "tiles", "fr": "tuiles", "pt": "telhas"}},
    {"code": "iron", "names": {"en": "iron sheets", "fr": "tôles", "pt": "chapas de zinco"}},
]
VARIABLES: tuple[tuple[str, str, dict[str, str], list[dict[str, Any]]], ...] = (
    ("rooms", "NUMBER", {"en": "Rooms", "fr": "Pièces", "pt": "Divisões"}, []),
    ("roof", "CHOICE", {"en": "Roof", "fr": "Toit", "pt": "Telhado"}, ROOFS),
    ("rural", "BOOLEAN", {"en": "Rural", "fr": "Rural", "pt": "Rural"}, []),
)


def is_loaded() -> bool:
    """Whether there is somebody already."""
    return User.objects.exists()


def load(households: int, say: Callable[[str], None]) -> None:
    """Everything, in the order of the delivery chain."""
    say("Setting up the country, its people and their rights ...")
    set_up()
    say(f"Importing {households} households ...")
    import_households(households)
    say("Drawing the map ...")
    places.fill_places()
    say("Enrolling families in a programme ...")
    programme = run_programme()
    say("Paying the first cycle, and preparing the second ...")
    fund, rule = fill_fund(programme), write_rule(programme)
    more.make_points()
    first = pay_first_cycle(programme, fund, rule)
    say("Paying again what was not collected ...")
    more.pay_again(first)
    more.dispute_one(first)
    second = prepare_second_cycle(programme, fund, rule)
    more.plan_calendar(programme, second.cycle.ends_on)
    say("Looking for possible duplicates, filling waiting lists ...")
    surround()
    prepare_files()


def surround() -> None:
    """A saved filter, a programme with waiting lists, and the search for possible duplicates."""
    root = country()
    assert root is not None
    more.keep_filter()
    more.fill_waiting_lists(root)
    more.look_around()


def set_up() -> None:
    """The first-run assistant, the seats, and three variables of dwellings."""
    inputs = {
        "name": "Sanzira", "code": "SZ", "levels": LEVELS, "units": units(),
        "settings": {
            "country.name": "Sanzira", "country.languages": ["en", "fr", "pt"],
            "country.currency": CURRENCY, "country.decimals": 0,
        },
    }  # fmt: skip
    first_run(
        country_inputs=inputs,
        administrators=[{"username": name, "name": text, "password": PASSWORD} for name, text in ADMINISTRATORS.items()],
    )
    root = country()
    if root is not None:
        make_seats(root, Area.objects.get(code="0101"))
    for position, (code, kind, names, choices) in enumerate(VARIABLES):
        define_variable(
            subject=VariableDefinition.Subject.DWELLING, code=code, names=names, kind=VariableDefinition.Kind(kind), choices=choices,
            filterable=True, position=position, actor=seat("data"),
        )  # fmt: skip


def import_households(households: int) -> Batch:
    """A file of persons, sent by the data officer and taken in after the manager agrees."""
    root = country()
    assert root is not None
    file = io.BytesIO(csv_of(people.rows(households, timezone.localdate())))
    batch = send_file(file, "sanzira-households.csv", kind=PERSONS.name, area=root, actor=seat("data"))
    check_batch(batch=batch, mapping=batch.mapping, options=batch.options, actor=seat("data"))
    work_off()
    decide(submit_batch(Batch.objects.get(pk=batch.pk), actor=seat("data")), seat("manager"))
    work_off()
    return batch


def csv_of(rows: Any) -> bytes:
    """Rows as a spreadsheet would save them."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(people.COLUMNS.values())
    writer.writerows([row[name] for name in people.COLUMNS] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def run_programme() -> Programme:
    """A programme for families in small dwellings; a few of them are suspended with a reason."""
    manager = seat("manager")
    programme = create_programme(
        code="filet", names={"en": "Family safety net", "fr": "Filet social", "pt": "Rede de proteção familiar"},
        unit=Programme.Unit.HOUSEHOLD,
        currency=CURRENCY, starts_on=timezone.localdate() - timedelta(days=200), actor=manager,
    )  # fmt: skip
    root = country()
    asked = {"programme": programme, "areas": [root], "status": Status.ACTIVE, "reason": Reason.SELECTED, "condition": "rooms <= 3"}
    agreed(enrol_matching, asked, manager, seat("approver"))
    work_off()
    for enrolment in Enrolment.objects.filter(programme=programme).order_by("number")[:40:8]:
        agreed(change_status, {"enrolment": enrolment, "status": Status.SUSPENDED, "reason": Reason.ABSENT}, manager, seat("approver"))
    return programme


def fill_fund(programme: Programme) -> Fund:
    """The programme's fund, and the first money in it."""
    accountant = seat("accountant")
    fund = save_fund(
        programme=programme,
        code="filet",
        names={"en": "Family safety net fund", "fr": "Fonds du filet social", "pt": "Fundo da rede"},
        actor=accountant,
    )
    received = {
        "account": accounts_of(fund)["FUND"], "amount": Money(400_000_000, CURRENCY),
        "received_on": timezone.localdate() - timedelta(days=100),
        "proof": "Credit note 2026/041",
    }  # fmt: skip
    agreed(receive_funds, received, accountant, seat("approver"))
    return fund


def write_rule(programme: Programme) -> BenefitRule:
    """30,000 for each family and 5,000 for each child under 18, at most three; with its examples, approved."""
    manager = seat("manager")
    names = {"en": "Family allowance", "fr": "Allocation familiale", "pt": "Abono de família"}
    rule = save_rule(programme=programme, code="family", names=names, actor=manager)
    version = rule.versions.get()
    for part in PARTS:
        save_part(version=version, part=part, actor=manager)
    for name, members, expected in EXAMPLES:
        save_example(version=version, name=name, facts={"members": members}, expected=expected, actor=manager)
    agreed(activate_version, {"version": RuleVersion.objects.get(pk=version.pk)}, manager, seat("approver"))
    return rule


def new_cycle(programme: Programme, first: date, last: date) -> Cycle:
    """A cycle whose data were frozen today, because everybody was enrolled today; its other dates follow."""
    days, today = f"{first:%d/%m/%Y} – {last:%d/%m/%Y}", timezone.localdate()
    start = max(first, today)
    return save_cycle(
        programme=programme, names={"en": days}, starts_on=first, ends_on=last, freeze_on=today,
        calculate_by=start + timedelta(days=2), approve_by=start + timedelta(days=5), pay_from=start + timedelta(days=7),
        pay_until=start + timedelta(days=17), reconcile_by=start + timedelta(days=30), actor=seat("payments"),
    )  # fmt: skip


def calculated(fund: Fund, cycle: Cycle, rule: BenefitRule) -> Payroll:
    """A payroll for everybody who is active, calculated."""
    root = country()
    assert root is not None
    made = generate_payroll(cycle=cycle, areas=[root], rule=rule, fund=fund, actor=seat("payments"))
    work_off()
    judge_flags(made)
    verify_payroll(payroll=Payroll.objects.get(pk=made.pk), actor=seat("verifier"))
    return Payroll.objects.get(pk=made.pk)


def judge_flags(payroll: Payroll) -> None:
    """The verifier decides on every flagged group: in the first cycle one of two payees of two communes is held, the others are paid."""
    for group in FlagGroup.objects.filter(payroll=payroll, severity__in=NEEDS_VERDICT, verdict="").order_by("pk"):
        members = list(group.members.filter(elsewhere=False).select_related("line").order_by("pk"))
        planted = any(member.line.payee_phone == people.SHARED_PHONE for member in members)
        first = planted and group.remembered_id is None
        said = {str(member.line.number): "HOLD" if first and member is members[-1] else "PAY" for member in members}
        reason = "Two families far apart with one phone: ask the second one" if first else "Known to the chief of the hill"
        decide_flag(group=group, verdicts=said, reason=reason, actor=seat("verifier"))


def pay_first_cycle(programme: Programme, fund: Fund, rule: BenefitRule) -> Payroll:
    """Calculated, approved, sent, reconciled with three in a hundred unpaid, and closed."""
    today = timezone.localdate()
    payroll = calculated(fund, new_cycle(programme, today - timedelta(days=60), today), rule)
    agreed(approve_payroll, {"payroll": payroll}, seat("payments"), *approvers(payroll))
    work_off()
    payroll = Payroll.objects.get(pk=payroll.pk)
    if payroll.held_count:
        agreed(void_lines, {"payroll": payroll, "reason": "The phone was not hers"}, seat("payments"), seat("approver"))
    agreed(release_payroll, {"payroll": Payroll.objects.get(pk=payroll.pk)}, seat("manager"), seat("approver"))
    work_off()
    content = results_of(payroll)
    kept = keep(io.BytesIO(content))
    file = upload_results(
        payroll=Payroll.objects.get(pk=payroll.pk), name="results.csv", sha256=kept.sha256, size=kept.size, actor=seat("payments")
    )
    check_results(file=file, mapping=file.mapping, actor=seat("payments"))
    work_off()
    agreed(confirm_results, {"file": ResultFile.objects.get(pk=file.pk)}, seat("accountant"), seat("approver"))
    work_off()
    agreed(close_payroll, {"payroll": Payroll.objects.get(pk=payroll.pk)}, seat("accountant"), seat("approver"))
    work_off()
    return Payroll.objects.get(pk=payroll.pk)


def approvers(payroll: Payroll) -> list[User]:
    """One level decides, two from a certain amount on."""
    return [seat("controller"), seat("approver")] if payroll.total_minor >= TWO_LEVELS_FROM else [seat("approver")]


def results_of(payroll: Payroll, wrong: int = 0) -> bytes:
    """What a provider would send back: every 33rd payment not collected; the first ``wrong`` ones with another amount."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["payment number", "result", "amount", "receipt", "reason"])
    for place, (number, amount) in enumerate(
        PayrollLine.objects.filter(payroll=payroll, state__in=AWAITING_LINES).order_by("pk").values_list("number", "amount_minor")
    ):
        reference = number_text(PayrollLine.number_prefix, number)
        if place % 33 == 5:
            writer.writerow([reference, "uncollected", 0, "", "travelling"])
        else:
            writer.writerow([reference, "paid", amount - (1000 if place < wrong else 0), f"SZ{number}", ""])
    return text.getvalue().encode()


def prepare_second_cycle(programme: Programme, fund: Fund, rule: BenefitRule) -> Payroll:
    """A payroll of the next cycle that waits for its last approver."""
    today = timezone.localdate()
    payroll = calculated(fund, new_cycle(programme, today + timedelta(days=1), today + timedelta(days=61)), rule)
    request = submit(approve_payroll, {"payroll": payroll}, actor=seat("payments")).request
    for checker in approvers(payroll)[:-1]:
        approve_request(request=request, actor=checker)
    return payroll


def prepare_files() -> None:
    """A file with faults to import: an unknown place, a birth date to come, a household without head, a cell that begins with =."""
    rows = list(people.rows(12, timezone.localdate()))
    for row in rows:
        row["household"], row["person"] = row["household"].replace("SZ", "NEW"), row["person"].replace("SZ", "NEW")
        row["document_number"] = ""
        row["document_kind"] = ""
    rows[0]["hill"] = "999999"
    rows[5]["birth_date"] = f"{timezone.localdate().year + 1}-01-01"
    rows[8]["given_names"], rows[8]["surname"] = "", ""
    rows[11]["sex"] = "x"
    rows[14]["given_names"] = "=1+1"
    (Path(settings.DATA_DIR) / "file-with-faults.csv").write_bytes(csv_of(rows))
