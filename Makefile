# The one door for contributors. `make help` lists what there is.
.DEFAULT_GOAL := help
.PHONY: help setup demo kafka test check bench docs lock clean
SHELL := /bin/bash

VENV ?= .venv
BIN := $(VENV)/bin
ARGS ?=
# The first Python that runs (a shim may exist and fail) and is new enough.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: $(VENV)/.ready ## make .venv with everything the hub runs on
demo: setup ## a hub, two simulated ministries, a working day (ARGS="--residents 500 --fast")
	@$(BIN)/simpul demo $(ARGS)

kafka: $(VENV)/.ready-dev ## a real Kafka on 127.0.0.1:9092 in .kafka, for a trial (needs Java 17 and Maven)
	@$(BIN)/simpul kafka broker $(ARGS)

test: $(VENV)/.ready-dev ## the rule book (ARGS="-k nik")
	@$(BIN)/python -m pytest -n auto $(ARGS)

check: $(VENV)/.ready-dev ## style, types and architecture
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: setup ## ratios to raw loops (ARGS="--quick --json FILE")
	@$(BIN)/simpul bench $(ARGS)

docs: setup ## write the generated pages of docs/reference
	@$(BIN)/python -m api.docs

lock: $(VENV)/.ready-dev ## pin the newest versions that work together, with hashes and without addresses
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --upgrade --generate-hashes --no-emit-index-url --no-header \
		--extra build pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--extra build --extra dev --extra kafka --constraint requirements.lock pyproject.toml -o requirements-dev.lock

clean: ## remove .venv and what tools left behind
	@rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Simpul needs Python 3.11 or newer; none was found." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "$(PYTHON) cannot make a virtual environment (on Debian: apt install python3-venv)." >&2; exit 1; }

$(VENV)/.ready: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "installing what the hub runs on ..."
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.ready-dev: requirements-dev.lock $(VENV)/.ready
	@echo "installing what the tests add ..."
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@
