#!/bin/sh
# Installs what the tests need beside Rust: strace, and from PyPI, in a folder of its own, a public client of the API and what
# reads its OpenAPI document.
set -eu

. scripts/debian.sh

if ! command -v strace >/dev/null; then
    install_debian strace || {
        echo "The tests need strace: apt-get install strace" >&2
        exit 1
    }
fi

# A virtual environment in cargo's target folder: nothing of it is installed anywhere else, and `cargo clean` removes it.
tools="${CARGO_TARGET_DIR:-target}/test-tools"
for needed in obp-python openapi; do
    requirements="tests/$needed/requirements.txt"
    # What was installed is compared with what is asked for: another list is installed anew.
    if ! cmp -s "$requirements" "$tools/$needed.installed"; then
        echo "installing $requirements in $tools" >&2
        python3 -m venv "$tools" && "$tools/bin/pip" install -q --disable-pip-version-check -r "$requirements" && cp "$requirements" "$tools/$needed.installed" || {
            echo "The tests need Python 3.10 or later with venv, and PyPI: pip install -r $requirements" >&2
            exit 1
        }
    fi
done
