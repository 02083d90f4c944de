# The development loop. `make` or `make help` lists the targets.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

# Two processes have to agree on the names of parametrised tests, and some show a set.
PARALLEL := PYTHONHASHSEED=0

.DEFAULT_GOAL := help
.PHONY: help install dev test check fix mutants faults bench lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(INSTALLED) ## set up .venv with the pinned dependencies

# Everything is checked against the hashes in constraints.txt, the build tool included: the second
# install builds nothing from the network.
$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.11 …" if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the pinned dependencies into $(VENV) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r constraints.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable .
	@touch $@

dev: $(INSTALLED) ## run everything on this machine, without any credential
	@$(BIN)/python -m gateway dev

test: check ## check, then run all tests
	$(PARALLEL) $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

check: $(INSTALLED) ## format, lint, types, connectors, layers
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/python scripts/validate_connectors.py
	$(BIN)/python -m pytest -q tests/test_layers.py

fix: $(INSTALLED) ## format the code and mend what the linter can
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

mutants: $(INSTALLED) ## flip every field of every connector: does its contract notice?
	$(BIN)/python -m gateway.testing.mutants

faults: $(INSTALLED) ## the long form of tests/faults: kills, storms, sleep and wrong clocks
	FAULTS_FULL=1 $(BIN)/python -m pytest -q tests/faults

bench: $(INSTALLED) ## token reads per second beside a bare route
	$(BIN)/python -m bench

lock: $(INSTALLED) ## renew constraints.txt: names, versions and hashes, no addresses
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --extra dev pyproject.toml -o constraints.txt

clean: ## remove what make and the tests made
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis
