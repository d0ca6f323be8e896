#!/bin/sh
# Runs the vectors of the conformance kit in all hosts, and prints the table (tests/embedding/README.md).
set -eu

target="${CARGO_TARGET_DIR:-target}/release"
folders=$(scripts/embedding-tools.sh)
javascript=$(echo "$folders" | sed -n 1p)
python=$(echo "$folders" | sed -n 2p)

cargo build --release --locked --quiet --package onboarding-tests --bin embedding
cargo build --release --locked --quiet --package embedding-rust --features vectors
component=$(mktemp)
trap 'rm -f "$component"' EXIT
"$target/obp-host" component --out "$component" >&2
"$target/embedding" --component "$component" \
    --host "Rust=$target/embedding-rust" \
    --host "Node.js=node $javascript/node.mjs" \
    --host "Chromium=node $javascript/chromium.mjs" \
    --host "Python=$python/bin/python -B tests/embedding/python/run.py"
