"""The village of the journey: its file with faults, its household of six, and what pages say in French."""

import re
from datetime import date
from typing import Any

from django.utils import translation

VILLAGE, CODE = "Murembe", "01010101"
HEADS = "id ménage;code personne;colline;prénoms;nom;sexe;date de naissance;lien de parenté;récipiendaire;téléphone;nb de chambres"
# M03 names nobody who collects; the last three households have a fault each: the place, a date to come, a sex nobody understands.
ROWS = (
    f"M01;M01-1;{CODE};Espérance;Nizigama;F;03/05/1980;chef de ménage;oui;+99955500101;2",
    f"M01;M01-2;{CODE};Élie;Nizigama;M;2015;enfant;;;2",
    f"M02;M02-1;{CODE};Jean;Habarugira;M;1975;chef de ménage;;;3",
    f"M02;M02-2;{CODE};Aline;d'Almeida;F;12/1979;épouse;oui;;3",
    f"M03;M03-1;{CODE};Pascal;Ndayi;M;1969;chef de ménage;;;1",
    f"M04;M04-1;{CODE};Gaspard;Irakunda;M;1983;chef de ménage;;;2",
    f"M04;M04-2;{CODE};Chantal;Havyari;F;1987;épouse;oui;;2",
    f"M05;M05-1;{CODE};Odette;;F;1958;chef de ménage;oui;;1",
    "M06;M06-1;999999;Côme;Gahungu;M;1971;chef de ménage;oui;;2",
    f"M07;M07-1;{CODE};Divine;Ciza;F;01/01/{date.today().year + 1};chef de ménage;oui;;2",
    f"M08;M08-1;{CODE};Thaddée;Misigaro;z;1990;chef de ménage;oui;;2",
)
IMPORTED = ("Espérance Nizigama", "Jean Habarugira", "Pascal Ndayi", "Gaspard Irakunda", "Odette")
REJECTED = {
    10: ("999999", "M06"),
    11: (f"01/01/{date.today().year + 1}", "M07"),
    12: ("z", "M08"),
}  # row as a spreadsheet counts: heads are row 1
SIX = (
    ("Béatrice", "Sindaye", "female", "14/02/1982"), ("Venant", "Sindaye", "male", "1979"), ("Ruth", "Sindaye", "female", "2008"),
    ("Zacharie", "Sindaye", "male", "2011"), ("Divine", "Sindaye", "female", "07/2016"), ("Côme", "Sindaye", "male", "2021"),
)  # fmt: skip


def village_file() -> bytes:
    """As a French spreadsheet saves it."""
    return "\r\n".join((HEADS, *ROWS, "")).encode("utf-8-sig")


def said(sentence: str, **values: Any) -> str:
    """What a page says in French for this sentence, with single blanks; in English where it is not translated."""
    with translation.override("fr"):
        text = translation.gettext(sentence)
    return re.sub(r"[\s\u202f\u00a0]+", " ", text % values if values else text).strip()
