"""Names of the people of Sanzira: French, Portuguese and local given names, and surnames with accents, apostrophes and hyphens."""

WOMEN = (
    "Espérance", "Jeanne", "Béatrice", "Aline", "Godelieve", "Immaculée", "Chantal", "Marie", "Odette", "Solange", "Inês", "Conceição",
    "Ruth", "Élise", "Florida", "Annonciate", "Bernadette", "Divine", "Consolate", "Lúcia", "Seraphine", "Thérèse", "Yvonne", "Zénaïde",
    "Agathe", "Clémentine", "Domitille", "Esther", "Félicité", "Gaudence", "Hélène", "Josiane", "Léocadie", "Mélanie", "Noëlla",
    "Pélagie", "Régine", "Spéciose", "Vestine", "Fátima", "Graça", "Marie-Ange", "Anne-Lise", "Ndeya", "Assumpta", "Perpétue",
)  # fmt: skip
MEN = (
    "Jean", "Pascal", "Éric", "Désiré", "Évariste", "Gaspard", "Innocent", "Déogratias", "Fulgence", "João", "Anselmo", "Salvator",
    "Melchior", "Nestor", "Prosper", "Révérien", "Sylvestre", "Thaddée", "Venant", "Zacharie", "André", "Côme", "Donatien", "Élie",
    "Aloys", "Balthazar", "Célestin", "Damien", "Emmanuel", "Félicien", "Gédéon", "Herménégilde", "Isidore", "Joaquim", "Léonidas",
    "Macaire", "Norbert", "Onésime", "Pie", "Rémy", "Simão", "Tharcisse", "Jean-Bosco", "Anicet", "Ferdinand", "Spès",
)  # fmt: skip
SURNAMES = (
    "Nizigama", "Habarugira", "Ndayi", "Kamwenubusa", "Niyongere", "Bigirindavyi", "Sabumwe", "Ntahimpera", "Mbonimpa-Ruzi", "Gahungu",
    "Irakunda", "d'Almeida", "N'Dongo", "Manirambo", "Nkurikiye", "Bararwandi", "Havyari", "Kwizerwa", "Ruberintwa", "Sindaye",
    "Tuyaga", "Uwitonda", "Ciza", "Misigaro", "Barandaga", "Cishahure", "Dusengwa", "Furahire", "Gasirabo", "Hatungwa", "Kabondo-Nize",
    "Kaneza-Miko", "Lushimba", "Mazambo", "Mugisore", "Muhondera", "N'Kaya", "Ndoricimba", "Ngenzira", "Nshimba", "Ntakiruta",
    "Nyandera", "Rugoreka", "Rwasangwe", "Sabiyera", "Sinzoba", "Tanganire", "Twagirabe", "Vyamungo", "Zirandika", "da Costa-Luma",
    "O'Mbasa", "Kizanye", "Bukundwa", "Maronko", "Shombaye",
)  # fmt: skip
