#!/bin/sh
# Makes .venv from a hashed lock file, only when the lock changed; leaves nothing half-made behind.
#   sh deploy/prepare.sh requirements.lock
set -eu

VENV=.venv

say() { printf '%s\n' "$*" >&2; }

digest() { cat "$@" | cksum | tr ' ' '-'; }

find_python() {
    for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            echo "$candidate"
            return
        fi
    done
    say "CORE-MIS needs Python 3.11 or newer, and none was found. Install it, or name it: make demo PYTHON=/path/to/python3."
    exit 1
}

create() {
    python=$(find_python)
    if ! "$python" -c 'import venv, ensurepip' >/dev/null 2>&1; then
        say "$python cannot make environments yet. On Debian and Ubuntu install the package python3-venv, then try again."
        exit 1
    fi
    say "Making an environment with $("$python" --version) …"
    mkdir -p "$VENV"
    : >"$VENV/.unfinished"
    "$python" -m venv "$VENV"
}

discard() {
    status=$?
    trap - EXIT
    if [ "$status" -ne 0 ] && [ -e "$VENV/.unfinished" ]; then
        rm -rf "$VENV"
        say "The environment could not be made; nothing of it was left behind. The lines above say why."
    fi
    exit "$status"
}

environment() {
    lock=$1
    want=$(digest "$lock" requirements.lock pyproject.toml)
    # The development environment holds everything the plain one does, at the same versions.
    larger=$(digest requirements-dev.lock requirements.lock pyproject.toml)
    [ -e "$VENV/.unfinished" ] && rm -rf "$VENV"
    have=$(cat "$VENV/.installed" 2>/dev/null || true)
    [ "$have" = "$want" ] && return
    [ "$have" = "$larger" ] && return
    trap discard EXIT
    trap 'exit 130' INT TERM
    "$VENV/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || { rm -rf "$VENV"; create; }
    say "Installing the packages of $lock …"
    "$VENV/bin/python" -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r "$lock"
    "$VENV/bin/python" -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
    echo "$want" >"$VENV/.installed"
    rm -f "$VENV/.unfinished"
    trap - EXIT INT TERM
}

environment "$1"
