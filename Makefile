# DreamBox. `make help` lists the targets; each one first makes the environment it needs.
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
FONTS := var/fonts/.installed

# With bytecode switched off, every Dagster process pays seconds for its imports again.
unexport PYTHONDONTWRITEBYTECODE
export DAGSTER_HOME := $(CURDIR)
export UV_NO_PROGRESS := 1

.DEFAULT_GOAL := help
.PHONY: help install demo up fonts test check fix bench clean

help: ## Show this list.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

install: $(INSTALLED) ## Make the environment in .venv (a second call does nothing).

$(INSTALLED): uv.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info < (3, 14) else "DreamBox needs Python 3.11, 3.12 or 3.13; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.11 " + "$(MAKECMDGOALS)")'
	@echo "Installing DreamBox and what it needs into .venv (about 1.4 GB, a minute or so) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x $(BIN)/uv || $(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	@# Behind a proxy with its own certificate only the system's trust store knows it.
	@$(BIN)/uv sync --quiet --frozen --compile-bytecode 2>/dev/null || $(BIN)/uv sync --quiet --frozen --compile-bytecode --system-certs
	@$(BIN)/python -m compileall -q dreambox_pipeline
	@touch $(INSTALLED)

demo: $(INSTALLED) ## One dream goes the whole way: comment, video, post, views, lesson.
	@$(BIN)/dreambox demo

up: $(INSTALLED) ## Sandbox, Dagster and the desk together, until Ctrl-C.
	@$(BIN)/dreambox up

fonts: $(FONTS) ## Typefaces for every script, about 80 MB, once (a second call does nothing).

# Tests want the fonts in the checkout, wherever DREAMBOX_VAR_DIR leads.
$(FONTS): | $(INSTALLED)
	@DREAMBOX_VAR_DIR=var $(BIN)/dreambox fonts install
	@touch $(FONTS)

# The tests of a file share a sandbox, so they stay together. A process takes up to 1.4 GB, so four are enough.
test: $(INSTALLED) $(FONTS) ## All tests, on every core (at most four).
	@$(BIN)/pytest -n logical --maxprocesses 4 --dist loadfile

check: $(INSTALLED) ## Format, lint, import contracts, types, definitions, tests. CI runs this.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/dagster definitions validate -w workspace.yaml --log-level warning
	$(MAKE) test

fix: $(INSTALLED) ## Format, and repair what lint can repair.
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(INSTALLED) ## Measure; ONLY=name for one. Tables here, figures in var/bench/.
	@$(BIN)/python -m bench $(ONLY)

clean: ## Remove the environment and caches; your data in var/ stays.
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
