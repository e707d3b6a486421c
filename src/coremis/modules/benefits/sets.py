"""The same computation as ``formulas.reckon``, for many beneficiaries in one query.

The query is a chain of stages. The first three read the database, each once and in the given key range: the facts, the members by one
grouped join, and what earlier payments left. All later stages compute with whole numbers from columns of the stage before, so that
nothing is computed twice. User texts never enter the SQL: formulas are compiled, codes stand in parameters, columns are numbered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet

from coremis.kernel.base.formula import Formula, Kind
from coremis.kernel.expressions.chain import Chain, Sql, compiled_sql, sql_of
from coremis.kernel.expressions.compiler import compile_condition, compile_value
from coremis.kernel.expressions.written import Written
from coremis.modules.benefits.definition import formulas_of
from coremis.modules.benefits.formulas import BACKLOG, CAP, CAP_CYCLE, CAP_TOTAL, GIVEN_BACK, MOST, RECOVERY, WHOLE, Part, PartKind, Rule
from coremis.modules.benefits.names import FROM_MEMBERS, alive, member_column, member_fact, unit_column, with_members
from coremis.modules.programmes.models import Enrolment

LEAST = {"postgresql": "LEAST", "sqlite": "MIN"}
GREATEST = {"postgresql": "GREATEST", "sqlite": "MAX"}
AMOUNTS = ("amount_minor", "carried_minor", "entitled_minor", "backlog_minor", "recovered_minor")
ONCE = "'1'"
PAST = ("used_cycle", "used_total", "payments", "backlog", "to_recover")


@dataclass(frozen=True)
class SetRule:
    """A rule, applied to beneficiaries of one kind of unit as they were on a day."""

    rule: Rule
    unit: str
    day: date
    names: Mapping[str, str]
    members: Mapping[str, str]

    def chain(
        self, rows: "QuerySet[Enrolment]", base: "QuerySet[Enrolment]", keep: Sequence[str], past: Sequence["QuerySet[Any]"] = (),
        beside: Mapping[str, "QuerySet[Any]"] | None = None,
    ) -> Chain:  # fmt: skip
        """Everything about ``rows``, which carry ``left_out`` and the columns to keep.

        ``base`` are the same beneficiaries, or more, by nothing but their key range: their members are counted. ``past`` yields
        a key and the columns of PAST. ``beside`` adds columns from tables by a kept one: "column by kept" and (key, value).
        """
        chain = Chain()
        own = [name for name in self.used() if name not in FROM_MEMBERS or self.unit != "household"]
        annotated = rows.annotate(
            **{f"fact_{place}": unit_column(name, self.names[name], self.unit, self.day) for place, name in enumerate(own)}
        )
        facts = annotated.order_by().values_list("pk", "left_out", *keep, *(f"fact_{place}" for place in range(len(own))))
        chain.add("facts", *sql_of(facts), columns=["id", "reason", *keep, *(f"x_{name}" for name in own)])
        joined = self._join_members(chain, base) + _join_past(chain, past)
        columns = ["facts.*", *(column for _table, column in joined)]
        tables = [f"{table} ON {table}.id = facts.id" for table in dict.fromkeys(table for table, _column in joined)]
        for place, (added, values) in enumerate((beside or {}).items()):
            column, key = added.split(" by ")
            chain.add(f"beside_{place}", *sql_of(values), columns=["id", column])
            columns.append(f"beside_{place}.{column}")
            tables.append(f"beside_{place} ON beside_{place}.id = facts.{key}")
        chain.add("known", f"SELECT {', '.join(columns)} FROM facts{''.join(f' LEFT JOIN {table}' for table in tables)}")
        self._parts(chain)
        self._limits(chain, bool(past))
        return chain

    def used(self) -> list[str]:
        """The names that stand in formulas over the unit, and those the kinds of parts need."""
        found = {name for formula in formulas_of(self.rule) for name in formula.names_used}
        return sorted(found | ({"size"} if any(part.kind is PartKind.SIZE for part in self.rule.parts) else set()))

    def totals(self) -> list[tuple[str, str]]:
        """The code of every part, own ones too, with the column that holds its amount."""
        own = [
            (CAP, "- cut_1"),
            (CAP_CYCLE, "- cut_2"),
            (CAP_TOTAL, "- cut_3"),
            (BACKLOG, "backlog_minor"),
            (RECOVERY, f"{LEAST[connection.vendor]}(- recovered_minor, 0)"),
            (GIVEN_BACK, f"{GREATEST[connection.vendor]}(- recovered_minor, 0)"),
        ]
        return [(part.code, f"p_{place}") for place, part in enumerate(self.rule.parts)] + own

    def _join_members(self, chain: Chain, base: "QuerySet[Enrolment]") -> list[tuple[str, str]]:
        if self.unit != "household":
            return []
        facts = [name for name in self.used() if name in FROM_MEMBERS]
        counted = [place for place, part in enumerate(self.rule.parts) if part.kind is PartKind.MEMBER]
        if not facts and not counted:
            return []
        found = {f"fact_{name}": member_fact(name, self.day) for name in facts}
        found |= {f"count_{place}": Count("lived_here__pk", filter=self._member(self.rule.parts[place])) for place in counted}
        grouped = with_members(base, self.day).order_by().values("pk").annotate(**found).values_list("pk", *found)
        columns = [*(f"x_{name}" for name in facts), *(f"n_{place}" for place in counted)]
        chain.add("members", *sql_of(grouped), columns=["id", *columns])
        return [("members", f"members.{column}") for column in columns]

    def _member(self, part: Part) -> Any:
        if part.member is None:
            return alive(self.day)
        columns = {name: member_column(name, self.members[name], self.day) for name in part.member.names_used}
        return alive(self.day) & Q(compile_condition(part.member, columns))

    def _parts(self, chain: Chain) -> None:
        parts = self.rule.parts
        raw = {f"w_{place}": self._number(part.formula) for place, part in enumerate(parts) if part.formula is not None}
        chain.compute("raw", **raw)
        plain = {f"p_{place}": self._given(part, place) for place, part in enumerate(parts) if part.kind is not PartKind.PERCENT}
        chain.compute("given", **plain)
        for place, part in enumerate(parts):
            if part.kind is PartKind.PERCENT:
                so_far = " + ".join(f"p_{before}" for before in range(place))
                chain.compute(f"share_{place}", **{f"p_{place}": self._if(part, f"({so_far}) * {part.share} / {WHOLE}")})

    def _given(self, part: Part, place: int) -> Sql:
        amount = f"CAST({part.amount} AS bigint)"
        if part.kind is PartKind.MEMBER:
            count = f"n_{place}" if part.most is None else f"{LEAST[connection.vendor]}(n_{place}, {part.most})"
            amount = f"{amount} * {count}"
        elif part.kind is PartKind.SIZE:
            cases = " ".join(f"WHEN x_size >= {least} THEN CAST({each} AS bigint)" for least, each in reversed(part.steps))
            amount = f"CASE {cases} ELSE CAST(0 AS bigint) END"
        elif part.kind is PartKind.FORMULA:
            amount = f"CASE WHEN w_{place} < 0 THEN CAST(0 AS bigint) WHEN w_{place} <= {MOST} THEN CAST(w_{place} AS bigint) END"
        elif part.kind is PartKind.IMPORTED:
            amount = "imported"
        return self._if(part, amount)

    def _if(self, part: Part, amount: str) -> Sql:
        if part.condition is None:
            return amount, ()
        sql, params = self._compiled(part.condition)
        return f"CASE WHEN {sql} THEN {amount} ELSE CAST(0 AS bigint) END", params

    def _number(self, formula: Formula) -> Sql:
        columns = {name: Written(f"x_{name}", kind=Kind(self.names[name])) for name in formula.names_used}
        scale = 10.0**self.rule.decimals
        template = f"floor(floor({{0}} * {scale} * 1e6 + 0.5) / 1e6 + 0.5)"
        return compiled_sql(Written(template, compile_value(formula, columns), kind=Kind.NUMBER))

    def _compiled(self, formula: Formula) -> Sql:
        columns = {name: Written(f"x_{name}", kind=Kind(self.names[name])) for name in formula.names_used}
        return compiled_sql(compile_condition(formula, columns))

    def _limits(self, chain: Chain, looks_back: bool) -> None:
        rule, least, greatest = self.rule, LEAST[connection.vendor], GREATEST[connection.vendor]
        counting = [f"p_{place}" for place, part in enumerate(rule.parts) if part.counting]
        chain.compute("summed", gross=" + ".join(f"p_{place}" for place in range(len(rule.parts))), counting=" + ".join(counting) or "0")
        chain.compute("capped", cut_1="0" if rule.cap is None else f"{greatest}(counting - {rule.cap}, 0)")
        for stage, cap, used, sum_now in (
            (2, rule.cap_cycle, "used_cycle", "gross - cut_1"), (3, rule.cap_total, "used_total", "gross - cut_1 - cut_2"),
        ):  # fmt: skip
            left = f"{greatest}({cap} - COALESCE({used}, 0), 0)"
            chain.compute(f"capped_{stage}", **{f"cut_{stage}": "0" if cap is None else f"{greatest}({sum_now} - {left}, 0)"})
        backlog = f"{greatest}(COALESCE(backlog, 0), 0)" if rule.takes_backlog else "0"
        chain.compute("entitled", entitled_minor="gross - cut_1 - cut_2 - cut_3", backlog_minor=backlog)
        recovered = f"{least}(COALESCE(to_recover, 0), (entitled_minor + backlog_minor) * {rule.recovery_share} / {WHOLE})"
        chain.compute("reduced", recovered_minor=recovered if looks_back else "0")
        chain.compute("rounded", amount_minor=f"(entitled_minor + backlog_minor - recovered_minor) / {rule.coin} * {rule.coin}")
        chain.compute(
            "judged",
            left_out=self._left_out(),
            is_held="0" if rule.maximum is None else f"CASE WHEN amount_minor > {rule.maximum} THEN 1 ELSE 0 END",
        )
        chain.compute("closed", carried_minor=(
            "CASE left_out WHEN '' THEN entitled_minor + backlog_minor - recovered_minor - amount_minor"
            " WHEN 'BELOW_MINIMUM' THEN entitled_minor ELSE 0 END"
        ), parts=self._listed())  # fmt: skip

    def _left_out(self) -> str:
        rule = self.rule
        paid_out = "" if rule.max_payments is None else f" WHEN COALESCE(payments, 0) >= {rule.max_payments} THEN 'MAX_PAYMENTS'"
        if any(part.kind is PartKind.IMPORTED for part in rule.parts):
            paid_out += " WHEN imported IS NULL THEN 'NO_AMOUNT'"
        return (
            f"CASE WHEN reason <> '' THEN reason{paid_out} WHEN gross IS NULL THEN 'MISSING_FACT'"
            " WHEN entitled_minor + backlog_minor = 0 AND gross > 0 THEN 'CAP_REACHED'"
            f" WHEN entitled_minor + backlog_minor = 0 THEN 'ZERO' WHEN amount_minor < {max(rule.minimum or 0, 1)} THEN 'BELOW_MINIMUM'"
            " ELSE '' END"
        )

    def _listed(self) -> Sql:
        """The parts as JSON text: [code, amount, count], those without amount left out."""
        counts = {place: self._count(part, place) for place, part in enumerate(self.rule.parts)}
        texts = [
            f"CASE WHEN ({column}) <> 0 THEN %s || CAST({column} AS text) || ', ' || {counts.get(place, ONCE)} || ']' ELSE '' END"
            for place, (_code, column) in enumerate(self.totals())
        ]
        return f"'[' || substr({' || '.join(texts)}, 3) || ']'", tuple(f', ["{code}", ' for code, _column in self.totals())

    def _count(self, part: Part, place: int) -> str:
        if part.kind is PartKind.MEMBER:
            return f"CAST({f'n_{place}' if part.most is None else f'{LEAST[connection.vendor]}(n_{place}, {part.most})'} AS text)"
        return "CAST(CAST(x_size AS bigint) AS text)" if part.kind is PartKind.SIZE else ONCE


def _join_past(chain: Chain, past: "Sequence[QuerySet[Any]]") -> list[tuple[str, str]]:
    """One row for each beneficiary out of what several queries say about earlier payments."""
    if not past:
        return []
    read = [sql_of(rows) for rows in past]
    union = " UNION ALL ".join(sql for sql, _params in read)
    chain.add("each_past", union, [each for _sql, params in read for each in params], ["id", *PAST])
    summed = ", ".join(f"CAST(SUM({name}) AS bigint) AS {name}" for name in PAST)
    chain.add("past", f"SELECT id, {summed} FROM each_past GROUP BY id")
    return [("past", f"past.{name}") for name in PAST]
