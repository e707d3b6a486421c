"""The tree of Sanzira: levels and administrative units under invented names."""

LEVELS = [
    {"en": "Country", "fr": "Pays", "pt": "País"},
    {"en": "Province", "fr": "Province", "pt": "Província"},
    {"en": "Commune", "fr": "Commune", "pt": "Comuna"},
    {"en": "Zone", "fr": "Zone", "pt": "Zona"},
    {"en": "Hill", "fr": "Colline", "pt": "Colina"},
]
COMMUNES = {
    "Mirango": ["Tavuna", "Keshari"],
    "Olumbe": ["Sirwana", "Bugesha"],
    "Nyakora": ["Rutimba", "Macanda"],
    "Zambwe": ["Itaba-Sud", "Kivuma"],
    "Lacunda": ["Mpanzi", "Serenga"],
}
ZONES = ["Haut", "Bas"]
HILLS = ["Murembe", "Kagoma", "Ruhinga"]
CURRENCY = "SZF"


def units() -> list[dict[str, str]]:
    """Every unit below the country: code, name, and the code of the unit above (empty for a province)."""
    found = []
    for p, (province, communes) in enumerate(COMMUNES.items(), start=1):
        found.append({"code": f"{p:02d}", "name": province, "parent": ""})
        for c, commune in enumerate(communes, start=1):
            above = f"{p:02d}{c:02d}"
            found.append({"code": above, "name": commune, "parent": f"{p:02d}"})
            for z, zone in enumerate(ZONES, start=1):
                found.append({"code": f"{above}{z}", "name": f"{commune} {zone}", "parent": above})
                found += [
                    {"code": f"{above}{z}{h}", "name": f"{hill} {z}" if z > 1 else hill, "parent": f"{above}{z}"}
                    for h, hill in enumerate(HILLS, start=1)
                ]
    return found


def hills(commune_code: str) -> list[str]:
    """The codes of all hills of a commune."""
    return [unit["code"] for unit in units() if unit["code"].startswith(commune_code) and len(unit["code"]) == 6]
