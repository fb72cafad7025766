# niaga: `make run` and `make test` need Python 3.11 to 3.13 (with venv), make and git; the rest comes from the package index.
.DEFAULT_GOAL := help
.PHONY: help run test check format quality calibrate readme ui bench-dedupe bench-extract bench-warehouse audit soak bench-collect lock clean

# The first Python of a supported version that can make a virtual environment; override: make run PYTHON=/path/python
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3 python; do \
	$$python -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
	&& { command -v $$python; break; }; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input
# Nothing calls home; dbt and Dagster read these.
export DO_NOT_TRACK := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export DAGSTER_DISABLE_TELEMETRY := 1

help: ## Show the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "niaga needs Python 3.11, 3.12 or 3.13 with venv; found none. Install one, or: make run PYTHON=/path/to/python" >&2; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.installed: pyproject.toml constraints.txt | .venv/bin/python
	@echo "installing niaga into .venv"
	$(PIP) install --constraint constraints.txt --editable .
	@touch $@

.venv/.installed-dev: pyproject.toml constraints.txt | .venv/bin/python
	@echo "installing niaga and its development tools into .venv"
	$(PIP) install --constraint constraints.txt --editable '.[dev]'
	@touch $@ .venv/.installed

run: .venv/.installed ## Read data/raw and publish data/warehouse/niaga.duckdb
	$(BIN)/niaga run

test: .venv/.installed-dev ## Run all tests, two files at a time
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

check: .venv/.installed-dev ## Lint: ruff, mypy, sqlfluff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python scripts/lint_sql.py

format: .venv/.installed-dev ## Format Python
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

quality: .venv/.installed-dev ## Score the extractor on every golden set (all options: ARGS=--help)
	@$(BIN)/python -m tests.golden.quality $(ARGS)

calibrate: .venv/.installed-dev ## Fit what is learned from the golden sets: travels, origins, goods, likelihood, confidence; with cross-validated figures
	$(PIP) install --constraint constraints.txt --editable '.[fit]'
	$(BIN)/python scripts/fit_travels.py --write
	$(BIN)/python scripts/fit_origins.py --write
	$(BIN)/python scripts/fit_goods.py --write
	$(BIN)/python scripts/fit_likelihood.py --write
	$(BIN)/python scripts/calibrate_confidence.py --write

readme: .venv/.installed ## Write the real output of the commands that README.md and docs/ show
	$(BIN)/python scripts/readme.py

ui: .venv/.installed ## Open Dagster's web UI on http://127.0.0.1:3000
	$(BIN)/niaga ui

bench-dedupe: .venv/.installed ## Dedupe on synthetic articles, beside its peers (docs/dedupe.md)
	$(PIP) install --constraint constraints.txt --editable '.[bench]'
	$(BIN)/python -m benchmarks.dedupe

bench-extract: .venv/.installed-dev ## Speed of reading beside spaCy, on one core (docs/benchmarks-extract.md)
	$(PIP) install --constraint constraints.txt --editable '.[bench]'
	$(BIN)/python -m benchmarks.extract --write

bench-warehouse: .venv/.installed-dev ## Resolve, dbt run and the fifteen questions on a million synthetic claims (docs/modelling.md)
	$(PIP) install --constraint constraints.txt --editable '.[bench]'
	$(BIN)/python -m benchmarks.warehouse

audit: .venv/.installed-dev ## Ask for known vulnerabilities of the pinned packages (pip-audit)
	$(BIN)/python scripts/audit.py

soak: .venv/.installed-dev ## What docs/reliability.md promises, for some hours: kills, readers, runs, fuzzed input
	$(BIN)/python -m benchmarks.reliability kills
	$(BIN)/python -m benchmarks.reliability readers
	$(BIN)/python -m benchmarks.reliability runs
	$(BIN)/python -m benchmarks.reliability fuzz

bench-collect: .venv/.installed ## Web archive to articles: speed, memory, a kill in the middle (ARGS="--pages 4000" for a short one)
	$(BIN)/python -m benchmarks.collect $(ARGS)

lock: ## Write constraints.txt anew from the newest versions that pyproject.toml allows
	scripts/lock.sh

clean: ## Remove what was built (not data/raw)
	rm -rf data/warehouse/* dbt_project/target dbt_project/logs .mypy_cache .ruff_cache .pytest_cache
