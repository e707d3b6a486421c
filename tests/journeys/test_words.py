"""No text without a translation: read in a made-up language, in French and in Portuguese, by every seat, on every page."""

import json
import re
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from coremis.project.messages.pseudo import CLOSE, OPEN
from coremis.project.messages.sources import collected, packages
from tests.journeys.crawl import Visitor
from tests.journeys.house import PSEUDO, House, serving

pytestmark = pytest.mark.browser
SEATS = ("manager", "data", "commune", "payments", "approver", "accountant", "auditor", "it", "guest")
MARKED = re.compile(rf"{OPEN}[^{OPEN}{CLOSE}]*({CLOSE}|$)|^[^{OPEN}{CLOSE}]*{CLOSE}")
WORD = re.compile(r"[^\W\d_]{2,}")
# What people and countries named themselves, by table and column; everything else on a page is ours to translate.
DATA = {
    "access_user": ("username", "name"), "areas_area": ("name", "code"), "areas_arealevel": ("names",), "access_profile": ("code", "names"),
    "registry_person": ("given_names", "surname", "full_name", "phone"), "registry_household": ("head_name", "address"),
    "registry_variabledefinition": ("code", "names", "choices"), "exchange_batch": ("name", "headers"), "files_attachment": ("name",),
    "programmes_programme": ("code", "names", "currency"), "payments_cycle": ("names",), "payments_fund": ("code", "names"),
    "points_paymentpoint": ("code", "name", "address", "note"), "filters_savedfilter": ("name", "description"),
    "approvals_request": ("note",), "approvals_decision": ("note",), "payments_incident": ("note", "reason", "what", "explanation", "told"), "payments_payroll": ("note",), "benefits_benefitrule": ("code", "names", "component"), "benefits_ruleversion": ("definition",), "payments_flaggroup": ("reason",),
    "payments_flagmember": ("reason",), "payments_hold": ("reason", "note"), "payments_resultfile": ("name", "headers"), "ledger_account": ("owner_name",), "ledger_posting": ("proof",),
    "programmes_enrolment": ("status_note",), "programmes_groupchange": ("note",), "programmes_waitingplace": ("note",),
    "targeting_campaign": ("code", "names"), "targeting_stagerun": ("note",), "targeting_stageentry": ("note",), "targeting_quota": ("source",),
    "scoring_scoreformula": ("code", "names", "source"), "scoring_formulaversion": ("definition",),
    "simulation_simulation": ("title",), "simulation_comparison": ("title",),
    "geography_figurekind": ("code", "names", "unit"), "geography_areafigure": ("source",), "geography_areashape": ("source",),
}  # fmt: skip
# The product's name, languages in their own words, file formats, names of fields that a condition is written with, the demo's files and
# keys, and what stands in the cells of the file that waits to be corrected.
OURS = r"CORE-MIS|EN-XA|English|Français|Português|Anglais|Pseudo|Excel|CSV|XLSX|SVG|UTF-?8|UTF-16|\d+\.\d+\.\d+(\.dev\d+|rc\d+)?|Windows-1252|XOF|FR|EN|PT|[a-z]+(_[a-z]+)+|[HPERT]-[\d-]+|PP-\d+|(SZ|NEW|KES|TAV)\d+(-\d+)?|sanzira-[\w-]+\.csv|(\d+ )?[A-Z][a-z]{2} \d{4}|All households|[\d.,]+ [KMG]B|file(?= SZ|$)|own|(yes|no|male|female|head|spouse|child)( · (yes|no|male|female|head|spouse|child|\?))*"
# Under a portrait without a picture stand the first letters of the names; names in several languages stand with their codes.
INITIALS, CODES = re.compile(r"[A-Z]{1,2}"), re.compile(r" \((?:en|fr|pt)\)")
# Sentences of Django, which brings their translations itself.
DJANGO = {
    "This field is required.", "Your password can’t be too similar to your other personal information.",
    "Your password must contain at least 10 characters.", "Your password can’t be a commonly used password.",
}  # fmt: skip


def stored_words(folder: Path) -> set[str]:
    """All that was typed in by people, also the single texts inside lists and languages."""
    with sqlite3.connect(folder / "coremis.sqlite3") as database:
        found: set[str] = set()
        for table, columns in DATA.items():
            present = {row[1] for row in database.execute(f"pragma table_info({table})")}
            for column in [name for name in columns if name in present]:
                found |= {str(row[0]) for row in database.execute(f"select distinct {column} from {table}") if row[0]}
    inner = {part for text in found if text[:1] in "[{" for part in re.findall(r'"((?:[^"\\]|\\.)*)"', text)}
    return {json.loads(f'"{text}"') if "\\u" in text and '"' not in text else text for text in found | inner}


def without(words: Iterable[str]) -> "re.Pattern[str]":
    """Finds any of these, the longest first, as whole words."""
    return re.compile(rf"(?<!\w)(?:{OURS}|{'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})(?!\w)")


@pytest.fixture(scope="module")
def data(demo_folder: Path) -> "re.Pattern[str]":
    return without(stored_words(demo_folder))


def test_it_works(demo_folder: Path, data: "re.Pattern[str]") -> None:
    """In the made-up language every text is in marks, on lists, details, tabs, action pages and the sentences of empty forms."""
    wrong: dict[str, str] = {}
    met: set[str] = set(DJANGO)  # most texts stand on many pages
    with serving(demo_folder, worker=False, server=PSEUDO) as house:
        for seat in SEATS:
            for path, page in Visitor(house.url, seat, "en-xa").pages():
                for text in set(page.texts) - met:
                    if not INITIALS.fullmatch(text) and WORD.search(data.sub(" ", CODES.sub("", unmarked(text)))):
                        wrong[text] = f"{seat} {path}"
                met.update(page.texts)
    assert not wrong, "\n".join(f"{place}: {text}" for text, place in wrong.items())


def unmarked(text: str) -> str:
    """The text without what stands in marks, also in marks within marks."""
    before = ""
    while before != text:
        before, text = text, MARKED.sub(" ", text)
    return text


@pytest.mark.parametrize("language", ["fr", "pt"])
def test_no_english_is_left(demo: House, language: str, data: "re.Pattern[str]") -> None:
    """No page in French or Portuguese shows a text as it stands in English."""
    same = same_words(language)
    english = {form for package in packages() for message in collected(package) if message.id for form in forms_of(message.id)}
    wrong: dict[str, str] = {}
    for seat in ("data", "payments", "auditor", "it"):
        for path, page in Visitor(demo.url, seat, language).pages(of_each_kind=1):
            for text in (set(page.texts) & english) - same:
                if WORD.search(data.sub(" ", text)):
                    wrong.setdefault(text, f"{seat} {path}")
    assert not wrong, "\n".join(f"{place}: {text}" for text, place in wrong.items())


def forms_of(text: Any) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def same_words(language: str) -> set[str]:
    """Texts that are the same in both languages, as their translators wrote them down."""
    found = set()
    for package in packages():
        path = Path(package) / "locale" / language / "LC_MESSAGES" / "django.po"
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        found |= {one for one, other in re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', text, re.M) if one == other}
    return found
