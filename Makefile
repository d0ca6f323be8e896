# The two main commands are `make run` and `make test`. Both work on a fresh machine with cargo from rustup, gcc and Python.

# Cargo's target folder: CARGO_TARGET_DIR, or `target` in this folder.
TARGET_DIR := $(or $(CARGO_TARGET_DIR),target)
LISTEN ?= 127.0.0.1:8080

.PHONY: help run build test faults lint bench embedding extensions vectors wasm-target test-tools browser-tools bench-tools

help: ## Lists the commands.
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

run: build ## Builds the server and runs a demo whose data is removed at the end (LISTEN=127.0.0.1:8080).
	$(TARGET_DIR)/release/obp-host demo --listen $(LISTEN)

build: wasm-target ## Builds the server: release/obp-host in cargo's target folder.
	cargo build --release --locked --package obp-host

test: build lint test-tools browser-tools extensions embedding ## Runs all tests.
	cargo test --release --locked --workspace --exclude componentize

faults: build test-tools ## Runs the fault tests in their long form: more clients, stores and rounds than `make test`.
	FAULTS_FULL=1 cargo test --release --locked --workspace --exclude componentize --test onboarding -- faults:: --nocapture

lint: wasm-target ## Checks formatting, clippy and documentation. Warnings are errors.
	cargo fmt --all --check
	cargo clippy --release --locked --workspace --all-targets --features embedding-rust/vectors -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --release --locked --workspace --no-deps --document-private-items

extensions: build ## Builds the example extensions and the templates, and runs their tests.
	@scripts/extensions.sh

embedding: build ## Runs the vectors of the conformance kit in five hosts, and prints a table.
	@scripts/embedding.sh

vectors: wasm-target ## Writes the vectors of the conformance kit from its cases and the component.
	cargo run --release --locked --quiet --package onboarding-tests --bin embedding -- --write

bench: wasm-target bench-tools ## Measures all figures of docs/benchmarks.md (JSON=FILE also writes a file).
	@cargo build --release --locked --package obp-host --package onboarding-bench
	@$(TARGET_DIR)/release/bench $(if $(JSON),--json "$(JSON)")

wasm-target: ## Installs the standard library with which the component is built.
	@scripts/wasm-target.sh

test-tools: ## Installs the tools of the tests: strace, nginx, and Python packages from PyPI.
	@scripts/test-tools.sh

browser-tools: ## Installs the tools of the page tests: Chromium, and packages from npm.
	@scripts/browser-tools.sh >/dev/null

bench-tools: ## Installs the tools of the benchmark: wrk and strace.
	@scripts/bench-tools.sh
