"""The meaning of a filter, computed slowly in Python for one row at a time: what the database is compared with."""

from datetime import date, timedelta

from coremis.kernel.areas.models import AreaTree
from coremis.kernel.base.dates import years_between
from coremis.kernel.base.text import fold
from coremis.modules.registry.models import Household, Membership, Person, Recipient


class World:
    """All rows, read once, as of a day."""

    def __init__(self, day):
        self.day = day
        self.above = {}
        for row in AreaTree.objects.all():
            self.above.setdefault(row.descendant_id, set()).add(row.ancestor_id)
        self.households = {row.pk: row for row in Household.objects.all()}
        self.persons = {row.pk: row for row in Person.objects.all()}
        self.memberships, self.recipients = list(Membership.objects.all()), list(Recipient.objects.all())

    def fits(self, node, row, about):
        """Whether a row (with what is known beside it) meets a part of a tree."""
        if "not" in node:
            return not self.fits(node["not"], row, about)
        if "all" in node:
            return all(self.fits(part, row, about) for part in node["all"])
        if "any" in node:
            return any(self.fits(part, row, about) for part in node["any"])
        if "link" in node:
            linked = self.linked(node["link"], row)
            count = sum("where" not in node or self.fits(node["where"], one, None) for one in linked)
            return count >= node["count"] if node["count"] else count == 0
        label, _dot, code = node["fact"].rpartition(".")
        return self.met(self.value(row[label], code), node["is"], node.get("value"), code)

    def linked(self, name, row):
        """The linked rows of a row."""
        mine = next(iter(row.values()))
        if name == "registry.person:home":
            rows = [one for one in self.memberships if one.person_id == row["registry.person"].pk and self.lives(one)]
            return [{"registry.household": self.households[one.household_id], "registry.membership": one} for one in rows]
        home = row["registry.household"].pk if "registry.household" in row else mine.pk
        if name == "registry.household:members":
            rows = [one for one in self.memberships if one.household_id == home and self.lives(one) and not self.dead(one)]
            return [{"registry.person": self.persons[one.person_id], "registry.membership": one} for one in rows]
        rows = [one for one in self.recipients if one.household_id == home and one.valid_from <= self.day]
        rows = [one for one in rows if one.valid_until is None or one.valid_until >= self.day]
        return [{"registry.recipient": one, "registry.person": self.persons[one.person_id]} for one in rows]

    def lives(self, membership):
        return membership.joined_on <= self.day and (membership.left_on is None or membership.left_on > self.day)

    def dead(self, membership):
        died = self.persons[membership.person_id].death_date
        return died is not None and died <= self.day

    def value(self, record, code):
        """One fact of a record; None where it is not known."""
        if code.startswith("var_"):
            return record.data.get(code.removeprefix("var_"))
        if code == "age":
            born, died = record.birth_date, record.death_date
            known = born is not None and born <= self.day and (died is None or died > self.day)
            return years_between(born, self.day) if known else None
        if code == "has_phone":
            return record.phone != ""
        if code == "area":
            return self.above[record.area_id]
        if code == "name":
            return record.search_name or None
        found = getattr(record, code)
        return None if found == "" else found

    def met(self, value, is_, wanted, code):
        """One operator."""
        if is_ in ("known", "unknown"):
            return (value is not None) == (is_ == "known")
        if value is None:
            return False
        if code == "area":
            return bool(value & set(wanted)) == (is_ == "in")
        if code == "var_visit":
            value = date.fromisoformat(value)
        if isinstance(value, date):
            return self.met_day(value, is_, wanted)
        if is_ in ("in", "not_in"):
            return (str(value) in wanted) == (is_ == "in")
        if is_ in ("yes", "no"):
            return value == (is_ == "yes")
        if is_ == "has":
            return all(word in fold(value) for word in fold(wanted).split())
        if isinstance(value, str):
            return fold(value) == fold(wanted)
        if is_ == "between":
            return wanted[0] <= value <= wanted[1]
        return {"equal": value == wanted, "unequal": value != wanted, "least": value >= wanted, "most": value <= wanted}[is_]

    def met_day(self, value, is_, wanted):
        """An operator on days."""
        if is_ in ("last", "next"):
            low, high = (-wanted, 0) if is_ == "last" else (0, wanted)
            return self.day + timedelta(low) <= value <= self.day + timedelta(high)
        if is_ == "between":
            return date.fromisoformat(wanted[0]) <= value <= date.fromisoformat(wanted[1])
        day = date.fromisoformat(wanted)
        return {"on": value == day, "before": value < day, "after": value > day}[is_]
