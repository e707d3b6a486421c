"""A small file of two households, and the way from a file to the register."""

import io

from coremis.kernel.approvals.services import approve_request
from coremis.kernel.exchange.applying import submit_batch
from coremis.kernel.exchange.checking import check_batch
from coremis.kernel.exchange.models import Batch, BatchRow
from coremis.kernel.exchange.services import send_file
from coremis.kernel.jobs.worker import run_until_idle

TITLES = (
    "Household key;Person key;Place;Given names;Surname;Sex;Birth date;Relation to the head;Collects the money;"
    "Phone;Whose phone;Kind of document;Document number;Address\n"
)
ANA = "H1;P1;N1A;Ana;Silva;F;03/05/1980;head;yes;+99912345;own;CNI;1980-0001;By the well\n"
BEN = "H1;P2;N1A;Ben;Silva;M;1978;spouse;;;;;;\n"
CLO = "H1;P3;N1A;Clô;;fille;06/2015;child;;;;;;\n"
DAN = "H2;P4;Northfield / Beech;Dan;Okoro;homme;1990-01-31;chef de ménage;yes;;;;;\n"
GOOD = ANA + BEN + CLO + DAN


def send(actor, area, text, name="persons.csv", titles=TITLES):
    return send_file(io.BytesIO((titles + text).encode()), name, kind="intake.persons", area=area, actor=actor)


def fresh(batch):
    return Batch.objects.get(pk=batch.pk)


def check(batch, actor, mapping=None, **options):
    check_batch(batch=batch, mapping=mapping or batch.mapping, options={**batch.options, **options}, actor=actor)
    run_until_idle()
    return fresh(batch)


def checked(people, area, text, name="persons.csv", titles=TITLES, **options):
    return check(send(people[0], area, text, name, titles), people[0], **options)


def take_in(batch, people):
    approve_request(request=submit_batch(batch, actor=people[0]).request, actor=people[1])
    run_until_idle()
    return fresh(batch)


def imported(people, area, text, name="persons.csv", titles=TITLES, **options):
    return take_in(checked(people, area, text, name, titles, **options), people)


def told(batch, warnings=False):
    """{row: [(column, value, sentence)]}"""
    return {
        row.number: [(p["column"], p["value"], p["text"]) for p in row.problem_texts if ("warning" in p) == warnings]
        for row in BatchRow.objects.filter(batch=batch).order_by("number")
        if any(("warning" in p) == warnings for p in row.problems)
    }
