"""Texts are found in code and templates, merged, checked, compiled and marked."""

from gettext import GNUTranslations
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from django.utils.translation import gettext, ngettext, override

from coremis.project.messages.catalogues import compile_all, french, path_of, read, update_all
from coremis.project.messages.check import problem_of, problems, same_blanks
from coremis.project.messages.pseudo import marked, pseudo_language
from coremis.project.messages.sources import collected, packages

CODE = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
title = _("Pay%(nothing)s list")
count = ngettext("%(count)s family", "%(count)s families", 2)
month = pgettext("month", "May")
"""
PAGE = """{% load i18n %}
<h1>{% translate "Families' list" %}</h1>
    <p title="{% translate 'Open it' context 'button' %}">{{ name|default:_("No name") }}</p>
  {# Translators: shown to the payer #}
{% blocktranslate trimmed count counter=n with name=person.name %}
    {{ counter }} family of {{ name }}
{% plural %}
    {{ counter }} families of {{ name }}
{% endblocktranslate %}
<p>it's (an odd "quote</p>
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "fields"
    (folder / "templates" / "fields").mkdir(parents=True)
    (folder / "tests").mkdir()
    (folder / "__init__.py").write_text(CODE)
    (folder / "tests" / "test_x.py").write_text('_("not for readers")')
    (folder / "templates" / "fields" / "list.html").write_text(PAGE)
    return folder


def fill(package: Path, language: str, old: str, new: str) -> None:
    path = path_of(package, language)
    path.write_text(path.read_text().replace(old, new, 1))


def test_it_works(package: Path) -> None:
    """Every text of the code and of the page is collected, and nothing else."""
    found = {(message.context, message.id) for message in collected(package) if message.id}
    assert found == {
        (None, "Pay%(nothing)s list"),
        (None, ("%(count)s family", "%(count)s families")),
        ("month", "May"),
        (None, "Families' list"),
        ("button", "Open it"),
        (None, "No name"),
        (None, ("%(counter)s family of %(name)s", "%(counter)s families of %(name)s")),
    }


def test_update_keeps_translations_and_changes_nothing_twice(package: Path) -> None:
    assert len(update_all([package])) == 2
    fill(package, "fr", 'msgid "No name"\nmsgstr ""', 'msgid "No name"\nmsgstr "Sans nom"')
    assert update_all([package]) == []
    assert read(path_of(package, "fr"), "fr").get("No name").string == "Sans nom"


def test_check_names_what_is_missing_or_differs(package: Path) -> None:
    update_all([package])
    assert len(problems([package])) == 14
    fill(package, "pt", 'msgid "Pay%(nothing)s list"\nmsgstr ""', 'msgid "Pay%(nothing)s list"\nmsgstr "Lista"')
    assert any("the blanks differ" in problem for problem in problems([package]))


def test_the_same_text_is_translated_in_one_way(package: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "__init__.py").write_text('_("No name")')
    update_all([package, other])
    fill(package, "fr", 'msgid "No name"\nmsgstr ""', 'msgid "No name"\nmsgstr "Sans nom"')
    fill(other, "fr", 'msgid "No name"\nmsgstr ""', 'msgid "No name"\nmsgstr "Anonyme"')
    assert any("translated differently" in problem for problem in problems([package, other]))


def test_a_known_translation_is_used_in_the_next_package(package: Path, tmp_path: Path) -> None:
    update_all([package])
    fill(package, "fr", 'msgid "No name"\nmsgstr ""', 'msgid "No name"\nmsgstr "Sans nom"')
    other = tmp_path / "other"
    other.mkdir()
    (other / "__init__.py").write_text('_("No name")')
    update_all([package, other])
    assert read(path_of(other, "fr"), "fr").get("No name").string == "Sans nom"


def test_compile_makes_what_gettext_reads(package: Path) -> None:
    update_all([package])
    fill(package, "fr", 'msgid "No name"\nmsgstr ""', 'msgid "No name"\nmsgstr "Sans nom"')
    assert compile_all([package]) == 2
    assert compile_all([package]) == 0
    with path_of(package, "fr").with_suffix(".mo").open("rb") as file:
        assert GNUTranslations(file).gettext("No name") == "Sans nom"


def test_blanks_are_compared() -> None:
    assert same_blanks(Message("{name} of %(place)s", "%(place)s : {name}"), Message("x", "%(place)s : {name}"))
    plural = Message(("%(n)s family", "%(n)s families"), ("", ""))
    assert same_blanks(plural, Message(plural.id, ("une famille", "%(n)s familles")))
    assert not same_blanks(plural, Message(plural.id, ("%(n)s famille", "des familles")))
    assert list(problem_of(plural, None, "registry (fr)")) == ["registry (fr): no translation of “%(n)s family” ()"]


def test_pseudo_language_marks_every_text(tmp_path: Path) -> None:
    assert marked('Save <a href="x">%(name)s</a>') == '⟦Sávé <a href="x">%(name)s</a>⟧'
    message = next(message for package in packages() for message in collected(package) if isinstance(message.id, str) and message.id)
    with pseudo_language(tmp_path) as language, override(language):
        assert gettext(message.id) == marked(message.id) or message.context
        assert ngettext("no such %(n)s", "no such %(n)ss", 2) == "no such %(n)ss"


@pytest.mark.parametrize(("typed", "printed"), [
    ("l'année d'avant", "l’année d’avant"), ("Lignes : %(count)s", "Lignes\u00a0: %(count)s"), ("Qui ? « %(who)s » !", "Qui\u00a0? «\u00a0%(who)s\u00a0»\u00a0!"),
    ("relationship != 'head', age: 5", "relationship != 'head', age: 5"), ("https://un.example : 12:30", "https://un.example\u00a0: 12:30"),
])  # fmt: skip
def test_french_as_it_is_printed(typed: str, printed: str) -> None:
    """Apostrophes and blanks are set when texts are compiled; formulas and times stay as they are."""
    assert french(typed) == printed == french(printed)


def test_compiled_french_is_set(package: Path) -> None:
    """The file of the translators stays as it was typed."""
    update_all([package])
    fill(package, "fr", 'msgid "No name"\nmsgstr ""', 'msgid "No name"\nmsgstr "Pas d\'autre nom : aucun"')
    compile_all([package])
    with path_of(package, "fr").with_suffix(".mo").open("rb") as file:
        assert GNUTranslations(file).gettext("No name") == "Pas d’autre nom\u00a0: aucun"
    assert "d'autre nom :" in path_of(package, "fr").read_text()
