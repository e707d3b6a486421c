"""How well a rule of selection finds the poor: the measures of rulebook 2.2.7, by arithmetic alone.

Two conventions are in use, and a figure means nothing without its convention. *Rates* have the poor or the selected as their
whole (most programmes); *shares* have all households as their whole (Schreiner's scorecards).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LEAST_DISPARITY = 0.8


@dataclass(frozen=True)
class Accuracy:
    """The four fields of the table, in households; estimated ones may be fractions. Rates are fractions of one, None without a whole.

    ``poor_chosen`` (inclusion), ``poor_missed`` (undercoverage), ``others_chosen`` (leakage), ``others_left`` (exclusion).
    """

    poor_chosen: float
    poor_missed: float
    others_chosen: float
    others_left: float

    @property
    def households(self) -> float:
        """All of whom it is known, or estimated, whether they are poor."""
        return self.poor_chosen + self.poor_missed + self.others_chosen + self.others_left

    @property
    def poor(self) -> float:
        """The poor, selected or not."""
        return self.poor_chosen + self.poor_missed

    @property
    def chosen(self) -> float:
        """The selected, poor or not."""
        return self.poor_chosen + self.others_chosen

    @property
    def coverage(self) -> float | None:
        """The part of the poor that is selected: TP / (TP + FN)."""
        return ratio(self.poor_chosen, self.poor)

    @property
    def undercoverage(self) -> float | None:
        """The part of the poor that is missed, the exclusion error: FN / (TP + FN)."""
        return ratio(self.poor_missed, self.poor)

    @property
    def leakage(self) -> float | None:
        """The part of the selected that is not poor, the inclusion error: FP / (TP + FP)."""
        return ratio(self.others_chosen, self.chosen)

    @property
    def poor_among_chosen(self) -> float | None:
        """The part of the selected that is poor: TP / (TP + FP)."""
        return ratio(self.poor_chosen, self.chosen)

    @property
    def hit_rate(self) -> float | None:
        """The part of all that is treated rightly: (TP + TN) / all."""
        return ratio(self.poor_chosen + self.others_left, self.households)

    @property
    def bpac(self) -> float | None:
        """The balanced poverty accuracy criterion, in points: (TP - |FN - FP|) x 100 / (TP + FN)."""
        gap = abs(self.poor_missed - self.others_chosen)
        found = ratio(self.poor_chosen - gap, self.poor)
        return None if found is None else found * 100

    @property
    def incidence(self) -> float | None:
        """Poor selected for each other household selected: TP / FP."""
        return ratio(self.poor_chosen, self.others_chosen)

    @property
    def shares(self) -> tuple[float, float, float, float] | None:
        """Inclusion, undercoverage, leakage and exclusion as fractions of all households."""
        whole = self.households
        if not whole:
            return None
        return (self.poor_chosen / whole, self.poor_missed / whole, self.others_chosen / whole, self.others_left / whole)


@dataclass(frozen=True)
class Count:
    """Counted households: all, those selected, of whom it is known whether they are poor, and the poor; estimates may be fractions."""

    households: int = 0
    chosen: int = 0
    known: int = 0
    known_chosen: int = 0
    poor: float = 0
    poor_chosen: float = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(
            self.households + other.households, self.chosen + other.chosen, self.known + other.known,
            self.known_chosen + other.known_chosen, self.poor + other.poor, self.poor_chosen + other.poor_chosen,
        )  # fmt: skip

    def values(self) -> tuple[float, ...]:
        """In the order in which they are stored."""
        return (self.households, self.chosen, self.known, self.known_chosen, self.poor, self.poor_chosen)

    @property
    def accuracy(self) -> Accuracy:
        """Among those of whom it is known."""
        others_chosen = self.known_chosen - self.poor_chosen
        return Accuracy(
            self.poor_chosen, self.poor - self.poor_chosen, others_chosen, self.known - self.known_chosen - (self.poor - self.poor_chosen)
        )

    @property
    def rate(self) -> float | None:
        """The part of all households that is selected."""
        return ratio(self.chosen, self.households)


@dataclass(frozen=True)
class Band:
    """Households between two cut-offs, in the order of selection: up to ``edge``, and after the band before."""

    edge: float
    households: int
    known: float
    poor: float


def ratio(part: float, whole: float) -> float | None:
    """A fraction; None where there is no whole."""
    return part / whole if whole else None


def cutoff_table(bands: Sequence[Band]) -> list[tuple[float, Accuracy]]:
    """For the edge of every band, what selecting everybody up to it would do. Bands are in the order of selection."""
    known, poor = sum(band.known for band in bands), sum(band.poor for band in bands)
    rows, known_chosen, poor_chosen = [], 0.0, 0.0
    for band in bands:
        known_chosen, poor_chosen = known_chosen + band.known, poor_chosen + band.poor
        missed, others = poor - poor_chosen, known_chosen - poor_chosen
        rows.append((band.edge, Accuracy(poor_chosen, missed, others, known - known_chosen - missed)))
    return rows


def expected_poor(score: float, likelihoods: Sequence[tuple[float, float]]) -> float | None:
    """How likely a household of this score is poor, as a fraction: the percent of the highest ``from`` not above the score.

    ``likelihoods`` are pairs (from, percent) in rising order; None below the first.
    """
    fitting = [percent for start, percent in likelihoods if start <= score]
    return fitting[-1] / 100 if fitting else None


def disparity(rate: float | None, reference: float | None) -> float | None:
    """The selection rate of a group beside that of the reference group (rulebook 2.2.7); below ``LEAST_DISPARITY`` it needs a look."""
    return None if rate is None or not reference else rate / reference


def added(counts: Iterable[Count]) -> Count:
    """All of them together."""
    return sum(counts, Count())
