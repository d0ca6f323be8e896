#!/bin/sh
# Builds all extensions and templates into TARGET/extensions, and runs their unit tests and recorded cases.
set -eu

target="${CARGO_TARGET_DIR:-target}"
out="$target/extensions"
mkdir -p "$target"
# Checkouts may share a target folder, so a lock admits one build at a time.
exec 9>"$target/extensions.lock"
flock 9

tools=$(scripts/extension-tools.sh)
built="$tools/built"
mkdir -p "$built"

cargo build --release --locked --quiet --package componentize
rm -rf "$out"
mkdir "$out"

# Builds the component of a JavaScript folder, unless the same files have been built before.
javascript() {
    inputs=$(find "$1" wit -type f -not -path '*/node_modules/*' | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -c1-32)
    component="$built/$inputs.wasm"
    if [ ! -e "$component" ]; then
        node "$tools/build.mjs" "$1" wit "$component.new"
        mv "$component.new" "$component"
    fi
}

# Runs a command and prints its output only if it fails.
quietly() {
    "$@" >"$out/.said" 2>&1 || {
        cat "$out/.said" >&2
        exit 1
    }
}

quietly node --test extensions/javascript/test/*.mjs
host="$target/release/obp-host"
export OBP_HOST_LOG__LEVEL=off
for manifest in extensions/*/extension.toml; do
    folder=$(dirname "$manifest")
    name=$(basename "$folder")
    if [ -e "$folder/Cargo.toml" ]; then
        quietly "$target/release/componentize" "$folder" --out "$out"
        quietly cargo test --release --locked --quiet --package "$name" --lib
    else
        javascript "$folder"
        quietly "$target/release/componentize" "$folder" --component "$component" --out "$out"
        quietly node --test "$folder"/test/*.js
    fi
    # Recorded calls: the extension runs as in the server and must give the recorded answers.
    set --
    for case in "$folder"/cases/*.json; do
        set -- "$@" --case "$case"
    done
    quietly "$host" extension test "$out/$name" "$@"
    echo "$out/$name: $(wc -c <"$out/$name/component.wasm") bytes, unit tests and $(($# / 2)) recorded cases passed"
done
rm -f "$out/.said"
