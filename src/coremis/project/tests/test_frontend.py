"""Building the styles and scripts: only when needed, with whatever Node there is."""

import os
import subprocess
import sys

import pytest

from coremis.project import frontend


@pytest.fixture
def folders(tmp_path, monkeypatch):
    sources, built = tmp_path / "frontend", tmp_path / "built"
    for folder in (sources, built):
        folder.mkdir()
    (sources / "app.css").write_text("")
    monkeypatch.setattr(frontend, "SOURCES", sources)
    monkeypatch.setattr(frontend, "BUILT", built)
    return sources, built


def build(built, age=0):
    for name in ("app.css", "app.js"):
        (built / name).write_text("")
        os.utime(built / name, (os.path.getmtime(built) - age,) * 2)


def test_it_works(folders, monkeypatch):
    calls = []
    monkeypatch.setattr(frontend, "run", lambda program, *arguments: calls.append(arguments))
    frontend.main()
    assert [arguments[0] for arguments in calls] == ["ci", "build.mjs"]


def test_nothing_is_done_when_the_built_files_are_newer(folders, monkeypatch):
    build(folders[1], age=-100)
    monkeypatch.setattr(frontend, "run", lambda *arguments: pytest.fail("built again"))
    frontend.main()


def test_it_builds_when_a_source_is_newer(folders):
    build(folders[1], age=100)
    assert not frontend.is_fresh()


def test_installed_from_a_wheel_there_is_nothing_to_build(folders, monkeypatch, tmp_path):
    monkeypatch.setattr(frontend, "SOURCES", tmp_path / "missing")
    monkeypatch.setattr(frontend, "run", lambda *arguments: pytest.fail("built"))
    frontend.main()


def test_without_node_it_comes_from_the_package_index(monkeypatch):
    calls = []
    monkeypatch.setattr(frontend.shutil, "which", lambda name: None)
    monkeypatch.setattr(frontend, "find_spec", lambda name: None)
    monkeypatch.setattr(frontend, "run", lambda program, *arguments: calls.append(arguments))
    assert frontend.program("npm")[0] == sys.executable
    assert calls[0][0] == "install"
    assert calls[0][-1] == frontend.WHEEL


def test_an_old_node_is_not_used(monkeypatch):
    monkeypatch.setattr(frontend.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(frontend.subprocess, "run", lambda *a, **k: subprocess.CompletedProcess(a, 0, stdout="v18.19.0\n"))
    monkeypatch.setattr(frontend, "find_spec", lambda name: object())
    assert frontend.program("node")[0] == sys.executable


def test_a_failure_ends_in_a_sentence(folders):
    with pytest.raises(SystemExit, match="were not built"):
        frontend.run([sys.executable, "-c"], "raise SystemExit(3)")
