#!/bin/sh
# Installs the tools of the example hosts in tests/embedding: Debian's chromium, Node.js with the packages of
# tests/embedding/javascript, and a virtual environment with the packages of tests/embedding/python.
#
# Prints two folders in cargo's target folder. The first is tests/embedding/javascript with its packages: run `node FOLDER/node.mjs`.
# The second is the virtual environment: run FOLDER/bin/python.
set -eu

. scripts/debian.sh

have_python() {
    python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

have_node 20 19 || { install_debian nodejs npm && have_node 20 19; } || {
    echo "The example hosts in JavaScript need Node.js 20.19 or later with npm: apt-get install nodejs npm (Debian 13)" >&2
    exit 1
}
[ -x /usr/bin/chromium ] || install_debian chromium || {
    echo "The example host in a page needs Debian's Chromium: apt-get install chromium" >&2
    exit 1
}
have_python || { install_debian python3 python3-venv && have_python; } || {
    echo "The example host in Python needs Python 3.11 or later with venv: apt-get install python3 python3-venv" >&2
    exit 1
}

digest() {
    cat "$@" | sha256sum | cut -c1-16
}

# Checkouts may share a target folder. So a folder is named by the digest of its list of packages, and a lock admits one installer.
javascript=tests/embedding/javascript
requirements=tests/embedding/python/requirements.txt
parent="${CARGO_TARGET_DIR:-target}/embedding-tools"
mkdir -p "$parent"
parent=$(cd "$parent" && pwd)
exec 9>"$parent/lock"
flock 9

making=$(mktemp -d "$parent/.making-XXXXXX")
trap 'rm -rf "$making"' EXIT

lock="$javascript/package.json $javascript/package-lock.json $javascript/.npmrc"
# shellcheck disable=SC2086
packages="$parent/packages-$(digest $lock)"
if [ ! -d "$packages" ]; then
    echo "installing the packages of $javascript in $packages" >&2
    mkdir "$making/packages"
    # shellcheck disable=SC2086
    cp $lock "$making/packages"
    (cd "$making/packages" && npm ci --ignore-scripts --no-audit --no-fund --silent >&2) || {
        echo "The example hosts in JavaScript need npm's registry: npm ci in $javascript" >&2
        exit 1
    }
    mv -T "$making/packages" "$packages"
fi

# Node.js looks for packages in the folder of a file and above. The files are copied, so that nothing is installed in the repository.
hosts="$parent/javascript-$(digest $javascript/*.mjs $javascript/*.html "$packages/package-lock.json")"
if [ ! -d "$hosts" ]; then
    mkdir "$making/hosts"
    cp $javascript/*.mjs $javascript/*.html "$making/hosts"
    ln -s "../${packages##*/}/node_modules" "$making/hosts/node_modules"
    mv -T "$making/hosts" "$hosts"
fi

# An environment contains its own path and cannot be moved. A mark shows that its installation is complete.
environment="$parent/python-$(digest $requirements)"
if [ ! -e "$environment/installed" ]; then
    echo "installing $requirements in $environment" >&2
    rm -rf "$environment"
    python3 -m venv "$environment" &&
        "$environment/bin/pip" install -q --disable-pip-version-check --only-binary :all: -r $requirements >&2 || {
        echo "The example host in Python needs PyPI: pip install -r $requirements" >&2
        exit 1
    }
    : >"$environment/installed"
fi

echo "$hosts"
echo "$environment"
