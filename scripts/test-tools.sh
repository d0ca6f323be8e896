#!/bin/sh
# Installs the tools of the tests: strace, nginx, and from PyPI public clients of the API and tools that read its OpenAPI document.
set -eu

. scripts/debian.sh

for tool in strace nginx; do
    # Debian keeps nginx in a folder for administrators.
    PATH="$PATH:/usr/sbin" command -v "$tool" >/dev/null && continue
    install_debian "$tool" || {
        echo "The tests need $tool: apt-get install $tool" >&2
        exit 1
    }
done

# The Python packages are in virtual environments in cargo's target folder, which `cargo clean` removes.
tools="${CARGO_TARGET_DIR:-target}/test-tools"
for needed in obp-python openapi python-sdks; do
    requirements="tests/$needed/requirements.txt"
    environment="$tools"
    # Two of the clients have a module of the same name.
    [ "$needed" = python-sdks ] && environment="$tools/$needed"
    # Install again if the list of packages has changed.
    if ! cmp -s "$requirements" "$tools/$needed.installed"; then
        echo "installing $requirements in $environment" >&2
        python3 -m venv "$environment" && "$environment/bin/pip" install -q --disable-pip-version-check -r "$requirements" && cp "$requirements" "$tools/$needed.installed" || {
            echo "The tests need Python 3.10 or later with venv, and PyPI: pip install -r $requirements" >&2
            exit 1
        }
    fi
done
