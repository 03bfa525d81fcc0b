# Every target works from a fresh checkout: what is missing is set up first, what is there is skipped.
.DEFAULT_GOAL := help
.PHONY: help run dev build setup test test-rust test-size test-browser test-long bench lint fmt clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Set up, build and serve (more arguments: make run ARGS="…")
	@scripts/build-run.sh
	@scripts/run.sh $(ARGS)

dev: setup ## Serve the debug build and rebuild on every change
	@scripts/leptos.sh watch

build: setup ## The release build, optimised as a whole: one binary, the site embedded
	@echo "==> Building for release (first time about 15 minutes)" >&2
	@scripts/leptos.sh build --release --precompress

setup: ## Everything that a build needs: wasm32, cargo-leptos, wasm-bindgen, wasm-opt
	@scripts/setup-wasm.sh
	@scripts/setup-node.sh
	@scripts/setup-tools.sh

test: ## All checks: format, Clippy, documentation, dependencies, Rust tests on both databases, size of the site, browser tests
	@scripts/test.sh

test-rust: ## The Rust tests, on SQLite and PostgreSQL
	@scripts/test.sh rust

test-size: ## What a browser downloads on a first visit, and its limit
	@scripts/test.sh size

test-browser: ## The browser tests
	@scripts/test.sh browser

test-long: ## The long drills: a hundred kills, and every test marked #[ignore]
	@scripts/test.sh long

bench: ## How fast the release build is, beside a floor (make bench ARGS="--quick --only intake")
	@scripts/bench.sh $(ARGS)

lint: ## Format check, Clippy for server and browser, documentation, dependencies
	@scripts/test.sh lint

fmt: ## Format the code
	@scripts/with-tools.sh cargo fmt

clean: ## Remove what was built and the npm packages; data/ and the tools' cache stay
	@scripts/with-tools.sh cargo clean
	@rm -rf target/site end2end/node_modules end2end/test-results end2end/playwright-report
