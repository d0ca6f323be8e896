#!/bin/sh
# Installs the tools of the page tests: Debian's chromium, and the npm packages of tests/browser/package-lock.json in a folder of
# cargo's target folder. Prints the path of that folder.
set -eu

. scripts/debian.sh

have_node 20 0 || { install_debian nodejs npm && have_node 20 0; } || {
    echo "The browser tests need Node.js 20 or later with npm: apt-get install nodejs npm (Debian 13)" >&2
    exit 1
}
[ -x /usr/bin/chromium ] || install_debian chromium fonts-dejavu-core || {
    echo "The browser tests need Debian's Chromium: apt-get install chromium fonts-dejavu-core" >&2
    exit 1
}

# Checkouts may share a target folder. So a folder is named by the digest of its list of packages, and a lock admits one installer.
source=tests/browser
parent="${CARGO_TARGET_DIR:-target}/browser-tools"
mkdir -p "$parent"
parent=$(cd "$parent" && pwd)
exec 9>"$parent/lock"
flock 9
tools="$parent/$(cat $source/package.json $source/package-lock.json $source/.npmrc | sha256sum | cut -c1-16)"
if [ ! -d "$tools" ]; then
    echo "installing the packages of $source in $tools" >&2
    making=$(mktemp -d "$parent/.making-XXXXXX")
    trap 'rm -rf "$making"' EXIT
    cp $source/package.json $source/package-lock.json $source/.npmrc "$making"
    (cd "$making" && npm ci --ignore-scripts --no-audit --no-fund --silent >&2) || {
        echo "The browser tests need npm's registry: npm ci in $source" >&2
        exit 1
    }
    mv -T "$making" "$tools"
fi
echo "$tools"
