"""Headers of every answer, and templates that keep to the policy."""

import re
from pathlib import Path

import pytest
from django.contrib.auth import SESSION_KEY
from django.http import HttpResponse
from django.test import RequestFactory

from coremis.kernel.screens.security import POLICY, SecurityHeadersMiddleware

TEMPLATES = sorted(Path(__file__).parents[3].rglob("templates/**/*.html"))
INLINE = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:|hx-on", re.IGNORECASE)


def answer(session=None, **headers):
    request = RequestFactory().get("/")
    request.session = session or {}
    return SecurityHeadersMiddleware(lambda asked: HttpResponse("page", headers=headers))(request)


def test_it_works():
    response = answer()
    assert response["Content-Security-Policy"] == POLICY
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "HX-Request" in response["Vary"]


def test_nothing_inline_and_nothing_from_elsewhere_is_allowed():
    assert "unsafe" not in POLICY
    assert "http" not in POLICY
    assert "*" not in POLICY


def test_pages_of_signed_in_people_are_not_stored():
    assert answer({SESSION_KEY: "7"})["Cache-Control"] == "no-store, private"
    assert answer({SESSION_KEY: "7"}, **{"Cache-Control": "max-age=60"})["Cache-Control"] == "no-store, private"
    assert "Cache-Control" not in answer()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_holds_inline_script_or_style(path):
    assert not INLINE.search(path.read_text())
