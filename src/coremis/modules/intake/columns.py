"""The columns that a file of persons with a household key may bring: the fixed ones, and every variable of the data dictionary."""

from typing import Any

from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from coremis.kernel.base.text import label
from coremis.kernel.exchange.kinds import AREA, CHOICE, DATE, DECIMAL, NUMBER, PARTIAL_DATE, TEXT, YES_NO, ImportColumn
from coremis.modules.intake import words
from coremis.modules.registry.models import Consent, DocumentKind, Person, PhoneOwner, Relationship, Sex, VariableDefinition
from coremis.modules.registry.services.checks import NOT_APPLICABLE, NOT_APPLICABLE_WORDS, asked_of

PERSON, HOUSEHOLD = "person.", "household."
LONGEST_KEY = 80
PHONES, MASK = 500, "•••"
Kind, Subject = VariableDefinition.Kind, VariableDefinition.Subject
OF_PEOPLE = (Subject.PERSON, Subject.HOUSEHOLD, Subject.DWELLING)
KINDS = {Kind.NUMBER: DECIMAL, Kind.BOOLEAN: YES_NO, Kind.TEXT: TEXT, Kind.DATE: DATE, Kind.CHOICE: CHOICE}
COLLECTS = {"primary": _("primary recipient"), "alternate": _("alternate recipient"), "no": _("does not collect")}


def phones_in_use() -> list[str]:
    """A sample of phones as the register holds them: they show how long phones are here, and whether they begin with a zero."""
    return list(Person.objects.exclude(phone="").order_by("-pk").values_list("phone", flat=True)[:PHONES])


FIXED = (
    ImportColumn(
        "household_key",
        _("Household key"),
        required=True,
        longest=LONGEST_KEY,
        help=_("The same for all members of one household."),
        aliases=("hhid", "household id", "household number", "id ménage", "numéro ménage", "code ménage", "id agregado", "idhogar"),
    ),
    ImportColumn(
        "person_key",
        _("Person key"),
        longest=LONGEST_KEY,
        help=_("Different for each person; the same whenever the file comes again."),
        aliases=("person id", "individual id", "id personne", "code personne", "id pessoa", "pid"),
    ),
    ImportColumn(
        "area",
        _("Place"),
        AREA,
        help=_("The code, or the full path such as Province/Commune/Village. It may stand in several columns."),
        aliases=("area", "village", "colline", "aldeia", "localidade", "location", "area code", "pcode", "code colline"),
    ),
    ImportColumn(
        "given_names",
        _("Given names"),
        longest=120,
        aliases=("first name", "given name", "prénom", "prénoms", "nome próprio", "nomes próprios"),
    ),
    ImportColumn(
        "surname", _("Surname"), longest=120, aliases=("last name", "family name", "nom", "nom de famille", "apelido", "sobrenome")
    ),
    ImportColumn(
        "full_name",
        _("Full name"),
        longest=120,
        help=_("Where given names and surname stand in one column. It is not taken apart."),
        aliases=("name", "nom complet", "nom et prénom", "noms et prénoms", "nome", "nome completo"),
    ),
    ImportColumn(
        "sex", _("Sex"), CHOICE, choices=dict(Sex.choices), words=words.SEX, aliases=("gender", "sexe", "genre", "sexo", "género")
    ),
    ImportColumn(
        "birth",
        _("Birth date"),
        PARTIAL_DATE,
        not_future=True,
        help=_("A day, a month or the year alone."),
        aliases=("date of birth", "dob", "born", "birth year", "date de naissance", "né le", "année de naissance", "data de nascimento"),
    ),
    ImportColumn("age", _("Age in years"), NUMBER, aliases=("age", "âge", "idade")),
    ImportColumn(
        "relationship",
        _("Relation to the head"),
        CHOICE,
        choices=dict(Relationship.choices),
        words=words.RELATIONSHIP,
        aliases=("relationship", "relation", "lien de parenté", "lien avec le chef", "parentesco"),
    ),
    ImportColumn(
        "is_head", _("Is the head of household"), YES_NO, aliases=("head", "is head", "chef de ménage", "chefe do agregado", "parentesco1")
    ),
    ImportColumn(
        "collects",
        _("Collects the money"),
        CHOICE,
        choices=COLLECTS,
        words=words.COLLECTS,
        help=_("Yes for the primary recipient, or alternate."),
        aliases=("recipient", "primary recipient", "récipiendaire", "recebedor"),
    ),
    ImportColumn("collects_reason", _("Reason why a young person collects"), aliases=("recipient reason",)),
    ImportColumn(
        "phone",
        _("Phone"),
        longest=40,
        aliases=("phone number", "telephone", "téléphone", "telefone", "telemóvel", "mobile"),
        known_values=phones_in_use,
        masked=True,
    ),
    ImportColumn(
        "phone_owner", _("Whose phone"), CHOICE, choices=dict(PhoneOwner.choices), words=words.PHONE_OWNER, aliases=("phone owner",)
    ),
    ImportColumn(
        "document_kind",
        _("Kind of document"),
        CHOICE,
        choices=dict(DocumentKind.choices),
        words=words.DOCUMENT_KIND,
        aliases=("document type", "id type", "type de document", "tipo de documento"),
    ),
    ImportColumn(
        "document_number",
        _("Document number"),
        longest=60,
        secret=True,
        aliases=("national id", "id number", "nid", "cni", "numéro de document", "numéro cni", "número do documento", "bi"),
    ),
    ImportColumn("address", _("Address or landmark"), aliases=("address", "adresse", "repère", "endereço", "morada")),
    ImportColumn(
        "declared_size",
        _("Declared household size"),
        NUMBER,
        help=_("Compared with the rows of the household; not stored."),
        aliases=("household size", "taille du ménage", "tamanho do agregado", "tamhog"),
    ),
)
INTERVIEW = (
    ImportColumn(
        "consent", _("Consent of the household"), CHOICE, choices=dict(Consent.choices), words=words.CONSENT,
        aliases=("consent", "consent given", "consentement", "consentimento", "autorisation"),
    ),
    ImportColumn(
        "consent_on", _("Consent asked on"), DATE, not_future=True,
        aliases=("consent date", "date du consentement", "data do consentimento"),
    ),
    ImportColumn(
        "consent_text", _("Version of the consent text"), longest=60,
        aliases=("consent version", "consent text", "version du consentement", "texte du consentement", "versão do consentimento"),
    ),
    ImportColumn(
        "enumerator", _("Enumerator"), longest=120,
        aliases=("interviewer", "enumerator name", "enquêteur", "nom de l'enquêteur", "inquiridor", "entrevistador"),
    ),
    ImportColumn(
        "interviewed_on", _("Interviewed on"), DATE, not_future=True,
        aliases=("interview date", "date of interview", "date d'enquête", "date de l'entretien", "data da entrevista", "data do inquérito"),
    ),
)  # fmt: skip
PERSON_CONSENT = (
    ImportColumn(
        "person_consent", _("Consent of the person"), CHOICE, choices=dict(Consent.choices), words=words.CONSENT,
        help=_("Only where each person was asked."), aliases=("person consent", "consentement de la personne", "consentimento da pessoa"),
    ),
    ImportColumn("person_consent_on", _("Consent of the person asked on"), DATE, not_future=True, aliases=("person consent date",)),
)  # fmt: skip
INSTEAD = dict.fromkeys(NOT_APPLICABLE_WORDS, NOT_APPLICABLE)
OF_THE_HOUSEHOLD = ("area", "address", "declared_size", *(column.code for column in INTERVIEW))


def _label(names: dict[str, str]) -> str:
    return label(names, get_language() or "en")


names_of: Any = lazy(_label, str)


def person_columns() -> list[ImportColumn]:
    """The columns as they are now: the data dictionary may have changed."""
    return [*FIXED, *INTERVIEW, *PERSON_CONSENT, *(variable_column(variable) for variable in asked_of(*OF_PEOPLE))]


def variable_column(variable: VariableDefinition) -> ImportColumn:
    """The column of one variable; its code says whether it describes the person or the household."""
    choices: dict[str, Any] | None = None
    if variable.kind == Kind.CHOICE:
        choices = {str(choice["code"]): choice.get("names") or str(choice["code"]) for choice in variable.choices}
    return ImportColumn(
        code_of(variable), names_of(variable.names), KINDS[Kind(variable.kind)], choices=choices, help=names_of(variable.help_texts),
        masked=variable.masked or variable.sensitive,
        aliases=(variable.code, *map(str, variable.names.values())), instead=INSTEAD if variable.may_not_apply else {},
    )  # fmt: skip


def code_of(variable: VariableDefinition) -> str:
    """The code of a variable's column: ``person.schooling``, ``household.rooms``."""
    return f"{PERSON if variable.subject == Subject.PERSON else HOUSEHOLD}{variable.code}"


def describes_household(code: str) -> bool:
    """Whether all members of a household must say the same in this column."""
    return code in OF_THE_HOUSEHOLD or code.startswith(HOUSEHOLD)


def covered(code: str, text: str) -> str:
    """What a masked column held, as everybody may see it: the end of a phone, and nothing of a fact, whose end may say it all."""
    return MASK if code.startswith((PERSON, HOUSEHOLD)) else f"{MASK}{text[-2:]}"
