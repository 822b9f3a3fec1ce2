#!/bin/sh
# The whole check, as it runs before every change lands:
#
#   sh tests/check.sh            everything
#   sh tests/check.sh --quick    without the tests marked slow and without the wheel
#   sh tests/check.sh -- -k hold -x     what follows -- goes to pytest
#
# It sets up what it needs: a virtual environment (MAILGUARD_VENV, default .venv) with the versions of requirements.lock,
# made by uv where there is one and by "python -m venv" and pip elsewhere (MAILGUARD_INSTALLER=pip asks for that), with
# MAILGUARD_PYTHON or the first of python3.11, 3.12, 3.13, python3. As root it installs the Debian packages the tests
# drive; as anybody else it says which are missing, and the tests that need them are skipped and say so.
# A private PostgreSQL (own directory, a socket, no port) runs while the tests do.
# Every step runs although an earlier one failed; the last line is pytest's closing line (of runs side by side, their
# sum), the exit status is 0 or 1.
set -u
cd "$(dirname "$0")/.." || exit 1
root=$(pwd)

quick=no
while [ $# -gt 0 ]; do
    case $1 in
        --quick) quick=yes; shift ;;
        --) shift; break ;;
        *) echo "usage: sh tests/check.sh [--quick] [-- PYTEST-ARGUMENT...]" >&2; exit 2 ;;
    esac
done

work=$(mktemp -d /tmp/mailguard-check.XXXXXX) || exit 1
postgres_data=
policy=
failed=

clean_up() {
    trap - EXIT INT TERM HUP
    stop_postgres
    [ -z "$policy" ] || rm -f "$policy"
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

say() { printf '\n== %s\n' "$*"; }

# bounded SECONDS COMMAND...: the command, ended when it takes longer.
bounded() {
    seconds=$1
    shift
    if command -v timeout >/dev/null 2>&1; then
        timeout -k 30 "$seconds" "$@"
    else
        "$@"
    fi
}

# step NAME SECONDS COMMAND...: runs it, and notes its name when it fails.
step() {
    name=$1
    limit=$2
    shift 2
    say "$name"
    bounded "$limit" "$@"
    status=$?
    [ $status -eq 0 ] && return 0
    [ $status -ne 124 ] || echo "$name: took longer than $limit s" >&2
    failed="$failed, $name"
    return 1
}

# -- Debian packages

packages='postfix postgresql swaks libnet-ssleay-perl chromium fonts-noto-cjk 7zip libarchive-tools unzip qpdf openssl msmtp s-nail curl strace unar'

is_there() {
    case $1 in
        postfix) [ -x /usr/sbin/postfix ] ;;
        postgresql) [ -n "$(postgres_programs)" ] ;;
        fonts-noto-cjk) [ -e /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc ] ;;
        libnet-ssleay-perl) perl -MNet::SSLeay -e 1 >/dev/null 2>&1 ;; # without it swaks speaks no TLS
        7zip) command -v 7zz >/dev/null 2>&1 ;;
        libarchive-tools) command -v bsdtar >/dev/null 2>&1 ;;
        *) command -v "$1" >/dev/null 2>&1 ;;
    esac
}

postgres_programs() {
    for folder in /usr/lib/postgresql/*/bin; do
        [ ! -x "$folder/initdb" ] || newest=$folder
    done
    printf '%s' "${newest:-}"
}

missing_packages() {
    missing=
    for package in $packages; do
        is_there "$package" || missing="$missing $package"
    done
    printf '%s' "${missing# }"
}

install_packages() {
    say "Debian packages: $1"
    # The tests start servers of their own; none of the machine's is to run because of this.
    if [ ! -e /usr/sbin/policy-rc.d ]; then
        policy=/usr/sbin/policy-rc.d
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
    fi
    export DEBIAN_FRONTEND=noninteractive
    bounded 300 apt-get update -q
    # shellcheck disable=SC2086  # a list of words
    bounded 900 apt-get install -q -y --no-install-recommends $1 </dev/null
    [ -z "$policy" ] || rm -f "$policy"
    policy=
}

missing=$(missing_packages)
if [ -n "$missing" ] && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
    install_packages "$missing"
    missing=$(missing_packages)
fi
[ -z "$missing" ] || say "NOT INSTALLED: $missing. Tests that drive them are skipped."

# -- virtual environments

find_python() {
    if [ -n "${MAILGUARD_PYTHON:-}" ]; then
        printf '%s' "$MAILGUARD_PYTHON"
        return
    fi
    for candidate in python3.11 python3.12 python3.13 python3; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            printf '%s' "$candidate"
            return
        fi
    done
}

python=$(find_python)
[ -n "$python" ] || { echo "no Python 3.11 or newer found; name one with MAILGUARD_PYTHON" >&2; exit 1; }
# A relative name would mean something else in another directory.
venv=${MAILGUARD_VENV:-.venv}
case $venv in /*) ;; *) venv=$root/$venv ;; esac

has_uv() { [ "${MAILGUARD_INSTALLER:-uv}" = uv ] && command -v uv >/dev/null 2>&1; }

# new_venv FOLDER
new_venv() {
    if has_uv; then uv venv --quiet --python "$python" "$1"; else "$python" -m venv "$1"; fi
}

# install FOLDER ARGUMENT...: pip's arguments, into the environment in FOLDER.
install() {
    into=$1
    shift
    if has_uv; then
        bounded 900 uv pip install --quiet --python "$into/bin/python" "$@"
    else
        bounded 900 "$into/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
    fi
}

set_up() {
    say "environment: $venv"
    [ -x "$venv/bin/python" ] || new_venv "$venv" || return 1
    "$venv/bin/python" -c 'import sys; print("Python", sys.version.split()[0])'
    install "$venv" --require-hashes -r requirements.lock || return 1
    install "$venv" --no-deps --no-build-isolation -e . || return 1
    # Some environments forbid to keep what was compiled; each start of a relay would then compile it again.
    "$venv/bin/python" -m compileall -q mailguard
}
set_up || { echo "the environment could not be set up" >&2; exit 1; }

# -- PostgreSQL of our own

# as_postgres COMMAND...: initdb and postgres refuse to run as root.
as_postgres() {
    if [ "$(id -u)" -eq 0 ]; then
        (cd / && exec runuser -u postgres -- "$@")
    else
        "$@"
    fi
}

start_postgres() {
    programs=$(postgres_programs)
    [ -n "$programs" ] || return 1
    postgres_data=$work/postgres
    mkdir -m 700 "$postgres_data" || return 1
    # Its user must be able to walk down to it; what else lies in the folder is no secret.
    chmod 755 "$work"
    [ "$(id -u)" -ne 0 ] || chown postgres "$postgres_data" || return 1
    as_postgres "$programs/initdb" -D "$postgres_data/data" -U postgres -A trust -E UTF8 --locale=C --no-sync \
        >"$work/initdb.log" 2>&1 || { cat "$work/initdb.log" >&2; return 1; }
    # No port, and a socket only its user and root can reach. What a test of ours proves about syncs it proves with
    # SQLite and with files; here a sync would only cost time.
    as_postgres "$programs/pg_ctl" -D "$postgres_data/data" -w -t 60 -l "$postgres_data/log" -o "\
        -c listen_addresses='' -c unix_socket_directories='$postgres_data' \
        -c fsync=off -c full_page_writes=off -c max_connections=200" start >"$work/pg_ctl.log" 2>&1 ||
        { cat "$work/pg_ctl.log" "$postgres_data/log" >&2; return 1; }
    export MAILGUARD_TEST_POSTGRES="postgresql+psycopg://postgres@/postgres?host=$postgres_data"
}

stop_postgres() {
    [ -n "$postgres_data" ] && [ -e "$postgres_data/data/postmaster.pid" ] || return 0
    as_postgres "$(postgres_programs)/pg_ctl" -D "$postgres_data/data" -m immediate -w -t 30 stop >/dev/null 2>&1
}

# -- what is checked

bin=$venv/bin
step "format" 120 "$bin/ruff" format --check .
step "lint" 120 "$bin/ruff" check .
step "types" 600 "$bin/mypy"
step "layers" 120 "$bin/lint-imports"
step "dependencies" 120 "$bin/deptry" mailguard

say "PostgreSQL"
if [ -n "${MAILGUARD_TEST_POSTGRES:-}" ]; then
    echo "the one in MAILGUARD_TEST_POSTGRES"
elif [ -z "$(postgres_programs)" ]; then
    echo "NOT INSTALLED: its tests are skipped"
elif start_postgres; then
    echo "$("$(postgres_programs)/postgres" --version), in $postgres_data"
else
    failed="$failed, PostgreSQL"
fi

# tested NAME PYTEST-ARGUMENT...: one run of pytest, to the screen and to a file of that name.
tested() {
    log=$work/$1
    shift
    {
        bounded 4200 "$bin/python" -m pytest "$@"
        echo $? >"$log.status"
    } 2>&1 | tee "$log.log"
    status=$(cat "$log.status")
    [ "$status" -ne 124 ] || echo "tests: took longer than 4200 s"
    return "$status"
}

say "tests"
given=$#
[ "$quick" = no ] || set -- -m "not slow" "$@"
if [ "$given" -gt 0 ]; then
    tested all "$@" || failed="$failed, tests"
else
    # Side by side: those that drive whole programs mostly wait for them, and the others need a processor.
    tested programs "$@" tests/system/test_[a-c]*.py >"$work/programs.shown" &
    programs=$!
    tested relay "$@" tests/system/test_[d-z]*.py >"$work/relay.shown" &
    relay=$!
    tested others "$@" --ignore tests/system || failed="$failed, tests"
    wait $programs || failed="$failed, tests of programs"
    wait $relay || failed="$failed, tests of the relay"
    cat "$work/programs.shown" "$work/relay.shown"
fi
stop_postgres

# -- what an office installs: the wheel alone, with the versions that were tested

check_wheel() {
    "$bin/python" -m hatchling build -t wheel -d "$work/wheel" || return 1
    sed '/^# -- building/,$d' requirements.lock >"$work/running.lock"
    new_venv "$work/alone" && install "$work/alone" --require-hashes -r "$work/running.lock" || return 1
    install "$work/alone" --no-deps "$work"/wheel/mailguard-*.whl || return 1
    # From another directory, so that the checkout cannot stand in for what the wheel forgot.
    (cd "$work" && "$work/alone/bin/mailguard" --version && bounded 400 "$work/alone/bin/mailguard" demo --smoke)
}

if [ "$quick" = no ]; then
    say "wheel"
    check_wheel || failed="$failed, wheel"
fi

# -- the end

echo
[ -z "$failed" ] || echo "FAILED: ${failed#, }"
[ -z "$missing" ] || echo "not installed, tests skipped: $missing"
# What pytest's last lines say, added up; the time is the longest.
closing=$(for log in "$work"/all.log "$work"/programs.log "$work"/relay.log "$work"/others.log; do
    [ ! -f "$log" ] || grep -E '(passed|failed|error|skipped|deselected|no tests ran).* in [0-9.]+s' "$log" | tail -n 1
done | tr -d '=' | awk '
    { for (at = 1; at < NF; at++) {
        if ($at ~ /^[0-9]+$/) { word = $(at + 1); sub(/,$/, "", word); sub(/^errors$/, "error", word); sums[word] += $at }
        if ($at == "in") { time = $(at + 1) + 0; longest = time > longest ? time : longest } } }
    END {
        count = split("failed passed skipped deselected error", words, " ")
        for (at = 1; at <= count; at++) if (words[at] in sums) {
            line = line (line == "" ? "" : ", ") sums[words[at]] " " words[at]
        }
        if (line != "") printf "%s in %.2fs\n", line, longest
    }')
echo "${closing:-0 passed, 1 failed}"
[ -z "$failed" ]
