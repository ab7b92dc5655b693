# Postreeve: two commands matter. `make demo` shows what it does, `make test`
# shows that it works; both install what is missing.
SHELL := /bin/bash
.DEFAULT_GOAL := build
JOBS ?= $(shell nproc)
SOURCES = git ls-files '*.h' '*.cc'

# QUICK=1: small populations, a page in build/quality.
QUICK ?=

.PHONY: setup setup-all build test soak demo bench quality format lint clean

setup:
	@packaging/setup

build: setup
	@cmake --preset release > /dev/null
	@cmake --build --preset release -j $(JOBS) --target postreeve postreeve-queue
	@echo "built build/release/postreeve and postreeve-queue"

test: build
	@tests/run

soak: build
	@tests/run --soak

demo:
	@demo/run

bench: build
	@bench/run

quality: setup
	@lab/quality/run $(if $(QUICK),--quick)

format: setup
	@$(SOURCES) | xargs clang-format-19 -i

lint: setup
	@tests/lint

clean:
	@rm -rf build
