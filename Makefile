# The product's two commands are `make run` and `make test`. Both work on a fresh machine with rustup's cargo, gcc and Python.

# As cargo has it: `target` here, or where CARGO_TARGET_DIR says.
TARGET_DIR := $(or $(CARGO_TARGET_DIR),target)
LISTEN ?= 127.0.0.1:8080

.PHONY: help run build test lint bench embedding extensions vectors wasm-target test-tools browser-tools bench-tools

help: ## Lists the commands.
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

run: build ## Builds everything and runs a throw-away demo server (LISTEN=127.0.0.1:8080).
	$(TARGET_DIR)/release/obp-host demo --listen $(LISTEN)

build: wasm-target ## Builds the server: release/obp-host in cargo's target folder.
	cargo build --release --locked --package obp-host

test: build lint test-tools browser-tools extensions embedding ## Runs every test there is.
	cargo test --release --locked --workspace --exclude componentize --exclude onboarding-bench
	cargo test --release --locked --package onboarding-bench

lint: wasm-target ## Formatting, clippy and documentation, warnings being errors.
	cargo fmt --all --check
	cargo clippy --release --locked --workspace --all-targets --features embedding-rust/vectors -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --release --locked --workspace --no-deps --document-private-items

extensions: build ## Builds the examples of extensions and their templates, and runs their tests.
	@scripts/extensions.sh

embedding: build ## Plays the conformance kit's vectors in five hosts, and prints a table.
	@scripts/embedding.sh

vectors: wasm-target ## Writes the conformance kit's vectors anew, from its cases and the component.
	cargo run --release --locked --quiet --package onboarding-tests --bin embedding -- --write

# The benchmark is built by itself: it has the host built with what the product is never built with.
bench: wasm-target bench-tools ## Measures everything that docs/benchmarks.md lists (JSON=FILE also writes a file).
	@cargo build --release --locked --package obp-host
	@cargo build --release --locked --package onboarding-bench
	@$(TARGET_DIR)/release/bench $(if $(JSON),--json "$(JSON)")

wasm-target: ## Sees to the standard library that the component is built with.
	@scripts/wasm-target.sh

test-tools: ## Installs what the tests need beside Rust: strace, and Python tools from PyPI.
	@scripts/test-tools.sh

browser-tools: ## Installs what the pages are tested with: Chromium, and packages from npm.
	@scripts/browser-tools.sh >/dev/null

bench-tools: ## Installs what the benchmark needs beside Rust: wrk and strace.
	@scripts/bench-tools.sh
