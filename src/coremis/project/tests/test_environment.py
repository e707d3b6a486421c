"""Settings of an installation: what cannot be meant ends in one sentence that names the variable and says what to do."""

import os
import threading
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from coremis.project import environment as env

pytestmark = pytest.mark.no_database


@pytest.fixture
def given(monkeypatch):
    return lambda value: monkeypatch.setenv("COREMIS_TRIED", value)


def test_it_works(given):
    given(" uat ")
    assert env.choice("COREMIS_TRIED", "production", ("production", "uat")) == "uat"


def test_an_empty_line_counts_as_none(given):
    given(" ")
    assert (env.number("COREMIS_TRIED", 15), env.words("COREMIS_TRIED", "a,b")) == (15, ["a", "b"])


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (lambda name: env.choice(name, "production", ("production", "uat")), "prod"),
        (lambda name: env.time_zone(name, "UTC"), "Africa/Nowhere"),
        (lambda name: env.hosts(name, ""), "https://mis.example.org"),
        (lambda name: env.hosts(name, ""), "mis.example.org:8443"),
        (lambda name: env.origins(name), "mis.example.org"),
        (lambda name: env.origins(name), "https://mis.example.org/start"),
        (lambda name: env.addresses(name, ""), "*"),
        (lambda name: env.addresses(name, ""), "proxy.example.org"),
        (lambda name: env.number(name, 15), "0"),
        (lambda name: env.number(name, 15), "a quarter"),
        (lambda name: env.switch(name), "maybe"),
    ],
)
def test_what_cannot_be_meant_ends_in_a_sentence(given, read, value):
    given(value)
    with pytest.raises(ImproperlyConfigured, match=r"COREMIS_TRIED .*" + value[:4].replace("*", r"\*")):
        read("COREMIS_TRIED")


def test_addresses_are_taken_as_people_write_them(given):
    given("https://mis.example.org/, http://10.0.0.5:8000")
    assert env.origins("COREMIS_TRIED") == ["https://mis.example.org", "http://10.0.0.5:8000"]
    given("10.1.2.0/24,::1")
    assert env.addresses("COREMIS_TRIED", "") == ["10.1.2.0/24", "::1"]
    given("mis.example.org,[::1],localhost")
    assert len(env.hosts("COREMIS_TRIED", "")) == 3


@pytest.mark.parametrize("url", ["postgresql://coremis:a/b@host:5432/coremis", "postgresql://coremis@host:port/coremis"])
def test_a_database_address_that_cannot_be_read_says_how_it_is_written(url, tmp_path):
    with pytest.raises(ImproperlyConfigured, match="postgresql://user:password@host:port/name"):
        env.database(url, tmp_path)


def test_a_folder_of_somebody_else_is_named(tmp_path):
    """A file lies where the folder should be: no user, not even root, can use it."""
    (tmp_path / "keys").write_text("")
    with pytest.raises(ImproperlyConfigured, match="COREMIS_DATA_DIR"):
        env.key("COREMIS_TRIED", tmp_path / "keys" / "data_key")


def test_an_empty_key_is_never_used(tmp_path):
    (tmp_path / "data_key").write_text("\n")
    with pytest.raises(ImproperlyConfigured, match="is empty. Put the key back"):
        env.key("COREMIS_TRIED", tmp_path / "data_key")


def test_processes_that_start_together_share_one_key(tmp_path, monkeypatch):
    """Web server and worker make it at the same moment: nobody reads a file that is not written yet."""
    at_once, found = threading.Barrier(2), []
    making = env.make_key
    monkeypatch.setattr(env, "make_key", lambda path: (at_once.wait(5), making(path)))
    monkeypatch.setattr(os, "getpid", threading.get_ident)
    both = [threading.Thread(target=lambda: found.append(env.key("COREMIS_TRIED", tmp_path / "data_key"))) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert len(found) == 2 and len(set(found)) == 1 and len(found[0]) == 64
    assert [path.name for path in Path(tmp_path).iterdir()] == ["data_key"] and (tmp_path / "data_key").stat().st_mode & 0o777 == 0o600
