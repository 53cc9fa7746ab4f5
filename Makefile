# Two commands to know: `make demo` shows the product, `make test` proves it. Needs Python 3.11-3.13 and make.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
  $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
LOCK_HASH := $(shell cksum < requirements/dev.lock | tr ' ' '-')
STAMP := $(VENV)/.installed-$(LOCK_HASH)
TEST_PROCESSES ?= 2
PYTEST_OPTIONS ?=
HISTORIES ?= 10000
SEED ?= 1

# Every process of ours would compile all it imports again, most of the time that a start takes.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo test lint format check-types walls unit lock messages screenshots reference bench torture compiled test-compiled oracle histories history new-feature cases clean browser

help:  ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-14s %s\n", $$1, $$2}'

setup: $(STAMP)  ## Install everything into .venv (again only when the lock changed)

$(STAMP): requirements/dev.lock pyproject.toml
	@tools/check_python.sh "$(PYTHON)"
	@test -x $(BIN)/python || "$(PYTHON)" -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@tools/install_chromium.sh
	@rm -f $(VENV)/.installed-* && touch $@

demo: setup  ## Start the product with the sample shop and print its address
	$(BIN)/wracam demo $(DEMO_OPTIONS)

test: setup lint check-types walls unit  ## Everything that must be green: style, types, walls, tests

lint: setup  ## Check style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: setup  ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

check-types: setup  ## Check types (strict)
	$(BIN)/mypy --explicit-package-bases wracam tests tools benchmarks

walls: setup  ## Check the floors and doors between features
	@if grep -q '^\[tool.importlinter\]' pyproject.toml || test -f .importlinter; then $(BIN)/lint-imports --no-cache; fi
	$(BIN)/pytest tests/architecture $(PYTEST_OPTIONS)

unit: setup  ## Run all tests but the walls, on an embedded PostgreSQL
	WRACAM_ENGINE=python $(BIN)/pytest -n $(TEST_PROCESSES) -rs --ignore tests/architecture $(PYTEST_OPTIONS)

lock: setup  ## Resolve requirements/*.in into locks with hashes
	tools/lock.sh "$(BIN)/python"

screenshots: setup  ## Photograph every screen (Polish and English, light and dark, wide and narrow)
	WRACAM_SCREENSHOTS=screenshots $(BIN)/pytest tests/browser/test_photographs.py

messages: setup  ## Extract and compile translations
	$(BIN)/python tools/messages.py

reference: setup  ## Write docs/reference from the code
	$(BIN)/python tools/reference.py

bench: setup  ## Run the benchmarks and print their ratios; carts on the compiled engine too, where a C compiler is
	-@$(BIN)/python tools/compile_engine.py
	$(BIN)/python -m benchmarks $(BENCH)

torture: setup  ## Kill -9 everything at random under load, 200 times and more (long)
	$(BIN)/python -m tests.torture $(TORTURE_OPTIONS)

compiled: setup  ## Compile the cart engine, where a C compiler is: about twice as fast, the same results (1 to 2 minutes)
	$(BIN)/python tools/compile_engine.py

test-compiled: compiled  ## Run all tests of carts on the compiled engine
	WRACAM_ENGINE=compiled $(BIN)/pytest -n $(TEST_PROCESSES) wracam/promotions wracam/vouchers tests/cases $(PYTEST_OPTIONS)

oracle: setup  ## Compare the promotion engine with trying everything, and refunds with payments, on 10,000 carts (long)
	WRACAM_PROMOTION_EXAMPLES=10000 $(BIN)/pytest --timeout 7200 wracam/promotions/tests/test_core_engine.py \
	  wracam/promotions/tests/test_core_exact.py wracam/promotions/tests/test_core_refunds.py

histories: setup  ## Live through 10,000 random histories of the loyalty programme and print what ran (long): HISTORIES=, SEED=
	WRACAM_HISTORIES=$(HISTORIES) WRACAM_HISTORIES_SEED=$(SEED) $(BIN)/pytest -n0 -s --timeout 0 \
	  wracam/loyalty/tests/test_histories.py

history: setup  ## Import the whole Online Retail history and compare it with an independent computation (minutes)
	WRACAM_WHOLE_HISTORY=1 $(BIN)/pytest -n0 wracam/connectors/csv_files/tests/test_online_retail.py

new-feature: setup  ## Lay out a feature: make new-feature name=gift_cards
	$(BIN)/python tools/new_feature.py "$(name)"

cases: setup  ## Print what we decide for recorded cases: make cases KIND=... FILE=...
	@$(BIN)/python -m tools.cases "$(KIND)" "$(FILE)"

clean:  ## Remove what can be made again (not your data)
	rm -rf $(VENV) build dist .mypy_cache* .ruff_cache .pytest_cache .hypothesis .import_linter_cache wracam/__compiled__
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
