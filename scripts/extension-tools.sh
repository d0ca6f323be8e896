#!/bin/sh
# Installs the tools for extensions in JavaScript: the npm packages of extensions/javascript/package-lock.json in a folder of cargo's
# target folder. Prints the path of that folder.
set -eu

. scripts/debian.sh

have_node 18 0 || { install_debian nodejs npm && have_node 18 0; } || {
    echo "Extensions in JavaScript need Node.js 18 or later with npm: apt-get install nodejs npm (Debian 12 or later)" >&2
    exit 1
}

# Checkouts may share a target folder. So the folder is named by the digest of its list of packages.
source=extensions/javascript
parent="${CARGO_TARGET_DIR:-target}/extension-tools"
tools="$parent/$(cat $source/package.json $source/package-lock.json $source/.npmrc $source/*.mjs | sha256sum | cut -c1-16)"
if [ ! -d "$tools" ]; then
    echo "installing the tools of extensions/javascript in $tools" >&2
    mkdir -p "$parent"
    making=$(mktemp -d "$parent/.making-XXXXXX")
    trap 'rm -rf "$making"' EXIT
    cp $source/package.json $source/package-lock.json $source/.npmrc $source/*.mjs "$making"
    (cd "$making" && npm ci --ignore-scripts --no-audit --no-fund --silent >&2) || {
        echo "Extensions in JavaScript need npm's registry: npm ci in $source" >&2
        exit 1
    }
    mv -T "$making" "$tools" 2>/dev/null || [ -d "$tools" ]
fi
echo "$tools"
