"""The planted cases: families whose story is fixed. Demo, tests and guide read this one table.

They are the first families of the file, so that a family of serial 7 is household 7 of the register however many are loaded.
"""

from dataclasses import dataclass

from coremis.kernel.base.numbers import number_text, with_check
from coremis.modules.registry.models import Household


@dataclass(frozen=True)
class Planted:
    """One family: its place in the file (from 1), its hill (the commune and the how many-th of its settled hills), its story."""

    serial: int
    hill: tuple[int, int]
    story: str
    recipient: tuple[str, str] = ("", "")
    man: bool = False  # a man alone, who collects himself
    poorest: bool = False  # in the worst dwelling there is, so that it is selected in any village
    phone: str = ""
    born: str = ""
    without: str = ""  # a fact that nobody wrote down

    @property
    def key(self) -> str:
        """Its household key in the file."""
        return f"SZ{self.serial:06d}"

    @property
    def number(self) -> str:
        """Its number in the register, as people read it."""
        return number_text(Household.number_prefix, with_check(self.serial))


# One phone with six payees of one village is normal, one with two payees of two communes is not.
VILLAGE_PHONE, FAR_PHONE = "+99900000066", "+99900000077"
FIRST, SECOND, OTHER_COMMUNE, THIRD_COMMUNE = (0, 0), (0, 1), (1, 1), (2, 0)

ESPERANCE = Planted(1, FIRST, "selected, with the last place but two of her village", ("Espérance", "Nizigama"))
NEIGHBOUR = Planted(2, FIRST, "waits: a little better off than Espérance, next door", ("Godelieve", "Habarugira"))
TIE_IN = Planted(3, FIRST, "a tie at the last place: selected by the published rule", ("Aline", "Bigirindavyi"))
TIE_OUT = Planted(4, FIRST, "a tie at the last place: waits by the published rule", ("Solange", "Sindaye"))
NOT_ASSESSED = Planted(5, FIRST, "could not be assessed: nobody counted the rooms", ("Odette", "Misigaro"), without="rooms")
PROMOTED = Planted(6, SECOND, "moved up from the waiting list when another family left", ("Béatrice", "Ciza"))
DIED_AFTER = Planted(7, SECOND, "the recipient died after the data freeze", ("Thérèse", "Gahungu"), poorest=True)
NO_RECIPIENT = Planted(8, SECOND, "no valid recipient: she died, and nobody is named in her place", ("Yvonne", "Ruberintwa"), poorest=True)
UNDONE = Planted(9, SECOND, "suspended by mistake, and the suspension undone", ("Consolate", "Havyari"), poorest=True)
PAID_AGAIN = Planted(10, SECOND, "did not collect in cycle 4, and was paid after a re-issue", ("Lúcia", "Manirambo"), poorest=True)
APOSTROPHE = Planted(11, THIRD_COMMUNE, "a name that begins with an apostrophe", ("’Ndiaye", "Kwizerwa"), poorest=True)
FAR_ONE = Planted(
    12, OTHER_COMMUNE, "shares a phone with a payee of another commune", ("Bernadette", "Ntahimpera"), poorest=True, phone=FAR_PHONE
)
FAR_TWO = Planted(13, THIRD_COMMUNE, "shares a phone with a payee of another commune", ("Divine", "Tuyaga"), poorest=True)
TWICE_ONE = Planted(
    14, OTHER_COMMUNE, "the same man in two households", ("Évariste", "Mbonimpa-Ruzi"), man=True, poorest=True, born="1969-04-11"
)
TWICE_TWO = Planted(
    15, OTHER_COMMUNE, "the same man in two households", ("Évariste", "Mbonimpa-Ruzi"), man=True, poorest=True, born="1969-04-11"
)
VILLAGE = tuple(
    Planted(serial, (2, 1), "one of six payees of one village with one phone: normal", poorest=True, phone=VILLAGE_PHONE)
    for serial in range(16, 22)
)
PLANTED = (
    ESPERANCE, NEIGHBOUR, TIE_IN, TIE_OUT, NOT_ASSESSED, PROMOTED, DIED_AFTER, NO_RECIPIENT, UNDONE, PAID_AGAIN, APOSTROPHE, FAR_ONE,
    FAR_TWO,    TWICE_ONE, TWICE_TWO, *VILLAGE,
)  # fmt: skip
BY_SERIAL = {one.serial: one for one in PLANTED}
