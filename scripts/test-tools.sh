#!/bin/sh
# Installs the tools of the tests: strace, and from PyPI a public client of the API and tools that read its OpenAPI document.
set -eu

. scripts/debian.sh

if ! command -v strace >/dev/null; then
    install_debian strace || {
        echo "The tests need strace: apt-get install strace" >&2
        exit 1
    }
fi

# The Python packages are in a virtual environment in cargo's target folder, which `cargo clean` removes.
tools="${CARGO_TARGET_DIR:-target}/test-tools"
for needed in obp-python openapi; do
    requirements="tests/$needed/requirements.txt"
    # Install again if the list of packages has changed.
    if ! cmp -s "$requirements" "$tools/$needed.installed"; then
        echo "installing $requirements in $tools" >&2
        python3 -m venv "$tools" && "$tools/bin/pip" install -q --disable-pip-version-check -r "$requirements" && cp "$requirements" "$tools/$needed.installed" || {
            echo "The tests need Python 3.10 or later with venv, and PyPI: pip install -r $requirements" >&2
            exit 1
        }
    fi
done
