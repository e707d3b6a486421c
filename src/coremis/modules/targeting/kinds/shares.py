"""Quotas by category (requirement TGT-11): so many places of each area are for those who fit, a reserve is kept, the others go by rank.

A share is a percentage of each area's places, or the same number in each area. Percentages and reserve together never pass 100, and
no area promises more places than it has. Each place belongs to one category; whoever fits several comes in by the first of them.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from django.utils.formats import number_format
from django.utils.text import slugify
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.text import label
from coremis.modules.filters.queries import checked, words
from coremis.modules.programmes.queries import used_names
from coremis.modules.targeting.formulas import by_category
from coremis.modules.targeting.kinds.stagework import Settings, only_known, wrong
from coremis.modules.targeting.models import Campaign, StageRun

MOST_SHARES, MOST_PLACES, WHOLE = 4, 10**6, 100
CODE = re.compile(r"[a-z][a-z0-9-]{0,39}")
Shares = Sequence[Mapping[str, Any]]


def checked_shares(given: Any, reserve: Any, campaign: Campaign, actor: Any) -> tuple[list[dict[str, Any]], str]:
    """The categories as they are stored, each with ``code``, ``names``, ``filter``, ``condition``, ``share`` or ``number``; the reserve."""
    if not isinstance(given, list) or len(given) > MOST_SHARES:
        raise wrong(shares=_("A stage has at most %(most)s categories.") % {"most": MOST_SHARES})
    found = [_one(share, place, campaign, actor) for place, share in enumerate(given, start=1)]
    codes = [share["code"] for share in found]
    if len(set(codes)) < len(codes):
        raise wrong(shares=_("Two categories have the same name. Give each its own."))
    kept = "" if reserve in ("", None) else str(_percent(reserve, "reserve"))
    asked = sum((percent_of(share["share"]) for share in found if share["share"]), percent_of(kept))
    if asked > WHOLE:
        sentence = _("Categories and reserve are %(asked)s %% together. They may never pass 100 %%.")
        raise wrong(shares=sentence % {"asked": percent_text(asked)})
    return found, kept


def _one(given: Any, place: int, campaign: Campaign, actor: Any) -> dict[str, Any]:
    blank: dict[str, Any] = {"code": "", "names": {}, "filter": {}, "condition": "", "share": "", "number": None}
    share = {**blank, **only_known(given if isinstance(given, Mapping) else {}, *blank)}
    names = {language: str(text).strip() for language, text in share["names"].items() if str(text).strip()}
    if not names:
        raise wrong(shares=_("Give category %(place)s a name.") % {"place": place})
    code = share["code"] or code_of(names, place)
    if not CODE.fullmatch(code):
        raise wrong(shares=_("Use up to 40 small letters, figures and hyphens."))
    tree = checked(share["filter"] or {}, user=actor)
    used_names(share["condition"], campaign.programme.unit, actor)
    if not tree and not share["condition"].strip():
        raise wrong(shares=_("“%(name)s”: choose a filter or write a condition.") % {"name": label(names, get_language() or "en")})
    number = share["number"]
    if (share["share"] in ("", None)) == (number is None):
        raise wrong(shares=_("“%(name)s”: give a percentage or a number.") % {"name": label(names, get_language() or "en")})
    if number is not None and (isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= MOST_PLACES):
        raise wrong(shares=_("Places are whole numbers from zero upwards."))
    percent = "" if number is not None else str(_percent(share["share"], "shares"))
    return {"code": code, "names": names, "filter": tree, "condition": share["condition"], "share": percent, "number": number}


def code_of(names: Mapping[str, str], place: int) -> str:
    """A code from a name; where that gives none, from the place in the order."""
    found = slugify(names.get("en") or next(iter(names.values())))[:40].replace("_", "-").strip("-")
    return found if CODE.fullmatch(found) else f"category-{place}"


def _percent(value: Any, field: str) -> Decimal:
    try:
        found = Decimal(str(value)).quantize(Decimal("0.01"))
    except InvalidOperation:
        found = Decimal(0)
    if not 0 < found <= WHOLE:
        raise wrong(**{field: _("Give a percentage above 0 and up to 100.")})
    return found


def percent_of(text: str) -> Fraction:
    """A stored percentage as an exact number; nothing is zero."""
    return Fraction(Decimal(text)) if text else Fraction(0)


def percent_text(value: Fraction) -> str:
    """A percentage as people write it."""
    return str(number_format(Decimal(value.numerator) / Decimal(value.denominator), use_l10n=True))


def divided(settings: Settings, places: int) -> tuple[dict[str, int], int]:
    """The places of one area by the code of the category, and its reserve. ValueError where it promises more than it has."""
    shares = settings.get("shares", [])
    asked = [percent_of(share["share"]) if share["share"] else int(share["number"]) for share in shares]
    found, reserved = by_category(places, asked, percent_of(settings.get("reserve", "")))
    return {share["code"]: count for share, count in zip(shares, found, strict=True)}, reserved


def divided_for(settings: Settings, quotas: Sequence[tuple[str, int]]) -> dict[int, tuple[dict[str, int], int]]:
    """``divided`` by the number of places, for the quotas (name of the area, places) of a stage; the first that has too few is named."""
    found: dict[int, tuple[dict[str, int], int]] = {}
    for name, places in quotas:
        try:
            found[places] = found[places] if places in found else divided(settings, places)
        except ValueError:
            sentence = _("%(place)s has %(places)s places, fewer than its categories and the reserve ask for. Change one of them.")
            raise wrong(shares=sentence % {"place": name, "places": places}) from None
    return found


def with_names(settings: Settings, unit: str, actor: Any) -> list[dict[str, Any]]:
    """The categories of a run, each with the kinds of the names in its condition, so that their meaning stays."""
    return [{**share, "known": used_names(share["condition"], unit, actor)} for share in settings["shares"]]


def rule_of(share: Mapping[str, Any]) -> dict[str, Any]:
    """A category as ``categorical.fits`` takes it."""
    return {"filter": share["filter"], "condition": share["condition"], "names": share.get("known", {})}


def name_of(settings: Settings, code: str) -> str:
    """The name of a category in the reader's language."""
    names = {share["code"]: share["names"] for share in settings.get("shares", [])}
    return label(names[code], get_language() or "en") if code in names else code


def came_in_by(run: StageRun | None, code: str) -> str:
    """By what somebody was selected, in words: a category of the quota stage, or the rank; nothing where it had no categories."""
    if run is None or not run.settings.get("shares"):
        return ""
    return gettext("category “%(name)s”") % {"name": name_of(run.settings, code)} if code else gettext("rank")


def said(settings: Settings) -> list[str]:
    """The categories in words, in their order, and the reserve."""
    parts = []
    for share in settings.get("shares", []):
        what = share["condition"].strip() or (words(share["filter"]) if share["filter"] else "")
        how = percent_text(percent_of(share["share"])) + " %" if share["share"] else number_format(share["number"], force_grouping=True)
        parts.append(f"{label(share['names'], get_language() or 'en')}: {how} ({what})")
    if settings.get("reserve"):
        parts.append(gettext("reserve %(share)s %%") % {"share": percent_text(percent_of(settings["reserve"]))})
    return parts
