#!/bin/sh
# Builds every extension and template, makes their folders in TARGET/extensions, and runs their unit tests and recorded cases.
set -eu

target="${CARGO_TARGET_DIR:-target}"
out="$target/extensions"
mkdir -p "$target"
# Checkouts may share a target folder.
exec 9>"$target/extensions.lock"
flock 9

tools=$(scripts/extension-tools.sh)
built="$tools/built"
mkdir -p "$built"

cargo build --release --locked --quiet --package componentize
rm -rf "$out"

# The component of a folder in JavaScript, built unless it has been from just these files.
javascript() {
    inputs=$(find "$1" wit -type f -not -path '*/node_modules/*' | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -c1-32)
    component="$built/$inputs.wasm"
    if [ ! -e "$component" ]; then
        node "$tools/build.mjs" "$1" wit "$component.new"
        mv "$component.new" "$component"
    fi
}

for manifest in extensions/*/extension.toml; do
    folder=$(dirname "$manifest")
    if [ -e "$folder/Cargo.toml" ]; then
        "$target/release/componentize" "$folder" --out "$out"
        cargo test --release --locked --quiet --package "$(basename "$folder")" --lib >"$out/.tests" 2>&1 || {
            cat "$out/.tests" >&2
            exit 1
        }
    else
        javascript "$folder"
        "$target/release/componentize" "$folder" --component "$component" --out "$out"
        (cd "$folder" && node --test) >"$out/.tests" || {
            cat "$out/.tests" >&2
            exit 1
        }
    fi
done
rm -f "$out/.tests"

# Recorded calls, answered by the extension as the server would run it.
host="$target/release/obp-host"
if ! "$host" extension test --help >/dev/null 2>&1; then
    echo "recorded cases are not run: $host has no command 'extension test'" >&2
    exit 0
fi
for case in extensions/*/cases/*.json; do
    "$host" extension test "$out/$(basename "$(dirname "$(dirname "$case")")")" --case "$case"
done
