#!/bin/sh
# Writes requirements.lock anew from pyproject.toml: exact versions with hashes, for every platform and Python >= 3.11.
#
#   sh tests/lock.sh             keep the versions that are there, add and remove what pyproject.toml asks for
#   sh tests/lock.sh --upgrade   take the newest versions its ranges allow
#
# The file has three parts: what runs (with all extras); below "# -- building" what makes the wheel; and below
# "# -- development" what checks it. Cut off at one of these lines it is still a whole list with hashes.
# It names no download address, so every client gets its packages from wherever it is set up to.
set -eu
cd "$(dirname "$0")/.."
command -v uv >/dev/null 2>&1 || { echo "tests/lock.sh needs uv" >&2; exit 2; }

work=$(mktemp -d "${TMPDIR:-/tmp}/mailguard-lock.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

resolve() { # resolve OUTPUT OPTION...
    output=$1
    shift
    uv pip compile --quiet --universal --python-version 3.11 --all-extras --generate-hashes \
        --no-header --no-emit-index-url --no-emit-find-links --output-file "$output" "$@" pyproject.toml
}

beyond() { # beyond LESS MORE: what is in MORE and not in LESS, a requirement with the indented lines below it
    awk '
        function name(line) { sub(/[=<>!~ ;\[].*/, "", line); return line }
        NR == FNR { if ($0 ~ /^[a-z0-9]/) there[name($0)] = 1; next }
        /^[a-z0-9]/ { wanted = !(name($0) in there) }
        wanted
    ' "$1" "$2"
}

[ ! -f requirements.lock ] || cp requirements.lock "$work/all"
resolve "$work/all" --group dev "$@"
# The smaller sets take the versions of the whole, which are already in their output file.
cp "$work/all" "$work/building"
resolve "$work/building" --group build
cp "$work/all" "$work/running"
resolve "$work/running"

{
    echo "# Written by tests/lock.sh from pyproject.toml; not edited by hand."
    echo "# -- running"
    cat "$work/running"
    echo "# -- building"
    beyond "$work/running" "$work/building"
    echo "# -- development"
    beyond "$work/building" "$work/all"
} >"$work/lock"

if grep -nE '://|^-|^ *--(index|extra|find|trusted)' "$work/lock"; then
    echo "requirements.lock would name a download address" >&2
    exit 1
fi
mv "$work/lock" requirements.lock
echo "requirements.lock: $(grep -c '^[a-z0-9].*==' requirements.lock) packages"
