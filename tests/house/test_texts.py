"""Every text that is translated at all is translated whole: nothing was forgotten, in the code or in a catalogue.

What is still in English is on lists, which only get shorter.
"""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.template.base import Lexer, TokenType
from django.urls import URLPattern, URLResolver, get_resolver

from portal.still_english import MAILS, PAGES
from tests.support.checkout import CHECKOUT
from tests.support.texts import LANGUAGES, asked_for, catalogue, in_module, in_template

# How long they were when a page or a mail was translated for the last time. Only ever make these smaller.
MOST_PAGES, MOST_MAILS, MOST_TEMPLATES = 30, 19, 69
ENGLISH_TEMPLATES = frozenset(
    {
        "account/token_made.html",
        "account/token_new.html",
        "account/token_revoke.html",
        "account/tokens.html",
        "admin/confirm.html",
        "admin/sensors/_code.html",
        "admin/sensors/enrolment_code.html",
        "admin/sensors/form.html",
        "admin/sensors/gateway_code.html",
        "admin/sensors/sheets.html",
        "admin/sensors/sheets_choose.html",
        "allauth/elements/img.html",
        "mfa/_password.html",
        "mfa/index.html",
        "mfa/messages/recovery_codes_generated.txt",
        "mfa/messages/totp_activated.txt",
        "mfa/messages/totp_deactivated.txt",
        "mfa/recovery_codes/generate.html",
        "mfa/recovery_codes/index.html",
        "mfa/totp/activate_form.html",
        "mfa/totp/deactivate_form.html",
        "overview/_needs.html",
        "overview/overview.html",
        "people/customers.html",
        "people/invite.html",
        "people/people.html",
        "people/person.html",
        "people/remove.html",
        "sensors/_chips.html",
        "sensors/_decision.html",
        "sensors/_held.html",
        "sensors/_import_outcome.html",
        "sensors/_import_progress.html",
        "sensors/_now_body.html",
        "sensors/_sensor_body.html",
        "sensors/_sensor_list.html",
        "sensors/checklist.html",
        "sensors/closing_ask.html",
        "sensors/decision.html",
        "sensors/decision_code.html",
        "sensors/decisions.html",
        "sensors/held_key.html",
        "sensors/import_file.html",
        "sensors/import_run.html",
        "sensors/now.html",
        "sensors/records.html",
        "sensors/records_too_often.html",
        "sensors/sensor.html",
        "sensors/sensors.html",
        "sensors/sensors_too_often.html",
    }
) | {f"mail/{name}.txt" for name in MAILS}
TEMPLATES = {
    str(file.relative_to(CHECKOUT / "templates")): file.read_text()
    for file in sorted((CHECKOUT / "templates").rglob("*"))
    if file.suffix in {".html", ".txt"} and "artifacts" not in file.parts
}
# What they say stands on a translated page. Who translates a page adds its modules here.
MODULES = [
    "accounts/adapter.py",
    "accounts/language_pages.py",
    "accounts/mail_requests.py",
    "accounts/operations/add_passkey.py",
    "accounts/operations/choose_language.py",
    "accounts/operations/remove_factor.py",
    "accounts/pages.py",
    "accounts/passkey_pages.py",
    "notices/operations/write_mail.py",
    "sensors/cases/delivery_log.py",
    "sensors/cases/mail_words.py",
    "sensors/cases/operations/add_case_note.py",
    "sensors/cases/operations/make_loss_card.py",
    "sensors/cases/operations/report_loss.py",
    "sensors/cases/operations/report_loss_by_card.py",
    "sensors/cases/pages/card.py",
    "sensors/cases/pages/case_note.py",
    "sensors/cases/pages/case_progress.py",
    "sensors/cases/pages/cases.py",
    "sensors/cases/pages/drill.py",
    "sensors/cases/pages/loss_cards.py",
    "sensors/cases/pages/report.py",
    "sensors/cases/pages/report_choices.py",
    "sensors/cases/pages/report_form.py",
    "sensors/cases/pages/reported.py",
    "sensors/fleet/cut_off_readiness.py",
    "sensors/fleet/live_status.py",
    "sensors/fleet/moments.py",
    "sensors/models/loss_card.py",
]
# What nobody reads on a page.
NOT_SHOWN = {
    "A case has a reporter.",
    r"by the gateway's clock in (\d+) ms",
    "mails that were asked for",
    "sensor %s could not be reported",
}

SHOWN_ATTRIBUTES = {
    "alt",
    "aria-label",
    "data-failed",
    "data-nothing",
    "data-there",
    "data-sending",
    "data-updating",
    "placeholder",
    "title",
}
# Blocks that hold classes and attributes.
NO_TEXTS = re.compile("page_class|in_[a-z]+")
HANDED_ON = re.compile(r'\b(?:label|optional|question|what)="|\|default(?:_if_none)?:"[^"]*[A-Za-z]')
PLACEHOLDERS = re.compile(r"%\(\w+\)[a-zA-Z0-9]+|%%|</?[a-z][^>]*>|\bhttps?://\S+")


class Shown(HTMLParser):
    """What a reader sees of HTML, in its text and in attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "style"}:
            self._inside.append(tag)
        self.texts += [value for name, value in attrs if name in SHOWN_ATTRIBUTES and value]

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"}:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.texts.append(data)


def untranslated(name: str, source: str) -> list[str]:
    """Texts of a template that no tag translates."""
    plain, found = "", []
    inside = ""
    for token in Lexer(source).tokenize():
        word, _, name_of_block = token.contents.partition(" ")
        if inside:
            inside = "" if token.token_type is TokenType.BLOCK and word == f"end{inside}" else inside
        elif word in {"blocktranslate", "comment"} or (word == "block" and NO_TEXTS.fullmatch(name_of_block)):
            inside = word
        elif token.token_type is TokenType.TEXT:
            plain += token.contents
        elif HANDED_ON.search(token.contents):
            found.append(token.contents)
    if name.endswith(".html"):
        reader = Shown()
        reader.feed(plain)
        texts = reader.texts
    else:
        texts = plain.splitlines()
    # UTC is UTC in every language; `A4`, the prefix of tokens and the like have no letters in a row.
    return found + [text.strip() for text in texts if re.search("[A-Za-z]{2}", re.sub(r"/\w+/|\butf-8\b", "", text))]


def untranslated_in_module(source: str) -> list[str]:
    """Sentences, or what looks like one, that no call translates."""
    tree = ast.parse(source)
    translated = {message.text for message in in_module(source)} | {message.plural for message in in_module(source)}
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in documentation
        and re.search(r"[A-Za-z]{2,} [A-Za-z]{2,}", node.value)
        and node.value not in translated | NOT_SHOWN
        and not any(node.value in context for context, _ in asked_for())
    ]


@pytest.mark.parametrize("name", sorted(TEMPLATES.keys() - ENGLISH_TEMPLATES))
def test_no_text_of_a_template_is_forgotten(name: str):
    assert untranslated(name, TEMPLATES[name]) == []


@pytest.mark.parametrize("name", MODULES)
def test_no_text_of_a_module_is_forgotten(name: str):
    assert untranslated_in_module((CHECKOUT / name).read_text()) == []


def test_a_forgotten_text_is_found():
    planted = '<p>{% translate "There" %} and here</p><a title="seen {{ x }}">{% include "a" with label="Where" %}</a>'
    assert untranslated("a.html", planted) == ['include "a" with label="Where"', "and here", "seen"]
    assert untranslated("a.txt", "{% blocktranslate %}There\n{% endblocktranslate %}\nand here {{ x }}") == ["and here"]
    assert untranslated_in_module('"""A page."""\nx = _("It is there.")\ny = "It is not."') == ["It is not."]


def test_what_is_still_english_only_gets_less():
    assert len(PAGES) <= MOST_PAGES
    assert len(MAILS) <= MOST_MAILS
    assert len(ENGLISH_TEMPLATES) <= MOST_TEMPLATES


def test_what_is_still_english_is_there_and_is_english():
    assert sorted(PAGES - set(_names(get_resolver().url_patterns))) == []
    assert sorted(ENGLISH_TEMPLATES - TEMPLATES.keys()) == []
    assert [name for name in sorted(ENGLISH_TEMPLATES) if not untranslated(name, TEMPLATES[name])] == []


def _names(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern.name or ""
        else:
            yield from _names(pattern.url_patterns)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_has_each_text_and_no_other(language: str):
    """What is missing is to be written into `locale/LANGUAGE/LC_MESSAGES/django.po`, what nobody asks for goes."""
    there = catalogue(language)
    assert [key for key in asked_for() if key not in there] == []
    assert [key for key in there if key not in asked_for() and key != ("", "")] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_text_has_a_translation(language: str):
    for key, message in catalogue(language).items():
        forms = {0, 1} if message.plural else {0}
        assert not message.is_fuzzy, key
        assert set(message.translations) == forms, key
        assert all(text.strip() for text in message.translations.values()), key
        assert key == ("", "") or message.plural == asked_for()[key].plural


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_says_the_same_facts(language: str):
    """Placeholders and tags, and line ends where a line must not become two."""
    for key, message in catalogue(language).items():
        for text in message.translations.values():
            if key != ("", ""):
                assert sorted(PLACEHOLDERS.findall(text)) == sorted(PLACEHOLDERS.findall(message.text)), key
                assert "\n" in message.text or "\n" not in text, key
                assert text[:1].isspace() == message.text[:1].isspace() or text[:1] == "\u00a0", key
                assert text[-1:].isspace() == message.text[-1:].isspace(), key


def test_what_a_translation_loses_is_found():
    assert PLACEHOLDERS.findall("%(a)s of <b>%(b)04X</b>") == ["%(a)s", "<b>", "%(b)04X", "</b>"]


def test_the_texts_of_templates_are_found_wherever_they_stand():
    source = (
        '{% load i18n %}{% if x %}{% translate "one" %}{% else %}{% blocktranslate count n=x %}{{ n }} box{% plural %}'
        '{{ n }} boxes{% endblocktranslate %}{% endif %}{% include "_call.html" with label=_("two") %}'
        '{{ x|default:_("three") }}'
    )
    found = {(message.text, message.plural) for message in in_template(source)}
    assert found == {("one", ""), ("%(n)s box", "%(n)s boxes"), ("two", ""), ("three", "")}
