#!/bin/sh
# The demonstration on a fresh machine: Python 3.11 or newer is all it needs.
#
#   sh deploy/demo.sh            starts everything in a temporary folder on loopback; Ctrl-C ends it and leaves nothing
#   sh deploy/demo.sh --smoke    one full round without a person, exit status 0 when all of it worked
#
# Arguments go to "mailguard demo". The first run sets up a virtual environment with the versions of requirements.lock
# (MAILGUARD_VENV, default .venv in the checkout); later runs find it there and start at once.
set -eu
cd "$(dirname "$0")/.."
root=$(pwd)
venv=${MAILGUARD_VENV:-$root/.venv}
case $venv in /*) ;; *) venv=$root/$venv ;; esac

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
    for candidate in ${MAILGUARD_PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if is_new_enough "$candidate"; then
            printf '%s' "$candidate"
            return
        fi
    done
}

running=$(mktemp "${TMPDIR:-/tmp}/mailguard-demo.XXXXXX")
trap 'rm -f "$running"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
# What the service needs; the rest of the file is for building and testing it.
sed '/^# -- building/,$d' requirements.lock >"$running"

if ! cmp -s "$running" "$venv/demo.lock" || ! is_new_enough "$venv/bin/python"; then
    python=$(find_python)
    if [ -z "$python" ]; then
        echo "mailguard needs Python 3.11 or newer; name one with MAILGUARD_PYTHON=/path/to/python3" >&2
        exit 2
    fi
    echo "Setting up $venv (once; about a minute) ..." >&2
    if command -v uv >/dev/null 2>&1; then
        [ -x "$venv/bin/python" ] || uv venv --quiet --python "$python" "$venv"
        uv pip install --quiet --python "$venv/bin/python" --require-hashes -r "$running"
    else
        if [ ! -x "$venv/bin/python" ] && ! "$python" -m venv "$venv"; then
            echo "This Python cannot make virtual environments; on Debian and Ubuntu: apt-get install python3-venv" >&2
            exit 2
        fi
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$running"
    fi
    cp "$running" "$venv/demo.lock"
fi
rm -f "$running"

PYTHONPATH=$root${PYTHONPATH:+:$PYTHONPATH}
export PYTHONPATH
exec "$venv/bin/python" -m mailguard demo "$@"
