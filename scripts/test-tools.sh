#!/bin/sh
# Installs what the tests need beside Rust: strace, and the public client obp-python in a folder of its own.
set -eu

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

if ! command -v strace >/dev/null; then
    echo "installing strace" >&2
    as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends strace >/dev/null || {
        echo "The tests need strace: apt-get install strace" >&2
        exit 1
    }
fi

# A virtual environment in cargo's target folder: nothing of it is installed anywhere else, and `cargo clean` removes it.
tools="${CARGO_TARGET_DIR:-target}/test-tools"
if ! "$tools/bin/pip" show -qq obp-python 2>/dev/null; then
    echo "installing obp-python (a public client of the API) in $tools" >&2
    python3 -m venv "$tools" && "$tools/bin/pip" install -q --disable-pip-version-check -r tests/obp-python/requirements.txt || {
        echo "The tests need Python 3.9 or later with venv, and PyPI: pip install -r tests/obp-python/requirements.txt" >&2
        exit 1
    }
fi
