# The development loop. `make` or `make help` lists the targets.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

# The tests start some hundred processes: compile our modules once, also where a container's
# image switches that off.
export PYTHONDONTWRITEBYTECODE :=

# The workers of a parallel run must agree on the names of parametrised tests, some of which show
# a set. One worker more than there are processors, for tests that wait for other processes.
WORKERS = $(shell $(PYTHON) -c 'import os; print(min(4, 1 + (os.cpu_count() or 1)))')
# Plugins of packages that tests import take a second of each process.
PARALLEL = PYTHONHASHSEED=0 $(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile \
	--no-loadscope-reorder -p no:langsmith_plugin
PIP := $(BIN)/python -m pip install --disable-pip-version-check --require-hashes --no-deps

DURATIONS := --durations=40 --durations-min=1

# Fault tests that measure times, or keep a small machine busy: their long form runs alone.
MEASURED := $(addprefix tests/faults/test_,storm.py hanging_provider.py replica_set.py)

# Their long form is 5,000 schedules of accounts, refreshes and policies.
DISCOVERY := $(addprefix tests/tools/test_discovery_,states.py calls.py)

CHECKS := $(addprefix check-,format lint types connectors layers)

.DEFAULT_GOAL := help
.PHONY: $(CHECKS) help install dev test tests test-all quick screenshots check fix mutants mutants-all \
	faults attacks fuzz security bench docs lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(INSTALLED) ## set up .venv with the pinned dependencies

# Everything is checked against the hashes in constraints.txt: uv first, which fetches and unpacks
# in parallel. Behind a mirror that only pip's configuration names, pip installs the rest, too. Our
# own package is installed from this folder, by what is installed by then.
$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.11 …" if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the pinned dependencies into $(VENV): some 160 packages …"
	@sed -n '/^uv==/,/[^\\]$$/p' constraints.txt | $(PIP) --quiet -r /dev/stdin
	@$(BIN)/uv pip install --python $(BIN)/python --require-hashes --no-deps -r constraints.txt \
		|| $(PIP) -r constraints.txt
	@$(BIN)/uv pip install --python $(BIN)/python --quiet --no-deps --no-build-isolation --offline \
		--editable .
	@touch $@

dev: $(INSTALLED) ## run everything on this machine, without any credential
	@$(BIN)/python -m gateway dev

ifdef T
test: $(INSTALLED)
	$(BIN)/python -m pytest -q $(T)
else
# All at once: the types take most of the checks' time on one processor. The layers are a check.
test: $(INSTALLED) ## check and run the tests; T=tests/web/test_csrf.py runs these alone, unchecked
	@$(MAKE) --no-print-directory -j 3 $(CHECKS) tests
endif

tests: $(INSTALLED)
	$(PARALLEL) -m "not long" --ignore=tests/test_layers.py $(DURATIONS)

test-all: $(INSTALLED) ## what `make test` leaves out: every connector and tool, more journeys, attacks, faults, browsers
	$(PARALLEL) -m long $(DURATIONS)

quick: $(INSTALLED) ## the tests that need no database, no browser and no other process
	$(PARALLEL) -m quick

screenshots: $(INSTALLED) ## pictures of the pages, in two widths, light and dark: screenshots/
	$(BIN)/python -m tests.real.screenshots $(STATES)

# The types take half a minute: two at a time. The contracts of the connectors are among the tests.
check: $(INSTALLED) ## format, lint, types, connectors, layers
	@$(MAKE) --no-print-directory -j 2 $(CHECKS)

check-format:
	$(BIN)/ruff format --check
check-lint:
	$(BIN)/ruff check
check-types:
	$(BIN)/mypy
check-connectors:
	env -u GATEWAY_CONNECTORS_PATH $(BIN)/python scripts/validate_connectors.py --files
check-layers:
	$(BIN)/python -m pytest -q tests/test_layers.py

fix: $(INSTALLED) ## format the code, mend what the linter can, write docs/security.md
	$(BIN)/ruff format
	$(BIN)/ruff check --fix
	$(BIN)/python -m tests.support.requirements

mutants: $(INSTALLED) ## flip every field of changed connectors and of a tenth: is it noticed?
	$(BIN)/python -m gateway.testing.mutants $(if $(PART),--part $(PART),--changed)

mutants-all: $(INSTALLED) ## flip every field of every connector: does its contract notice?
	$(BIN)/python -m gateway.testing.mutants

faults: $(INSTALLED) ## the long form of tests/faults, and 5,000 schedules of discovery
	FAULTS_FULL=1 FAULTS_PART=$(PART) $(PARALLEL) -n 2 $(MEASURED:%=--ignore=%) tests/faults
	FAULTS_FULL=1 FAULTS_PART=$(PART) $(BIN)/python -m pytest -q $(MEASURED)
	DISCOVERY_FULL=1 FAULTS_PART=$(PART) $(PARALLEL) -n 2 $(DISCOVERY)

attacks: $(INSTALLED) ## take out one check at a time: does an attack of tests/attacks get through?
	$(BIN)/python -m tests.attacks.weakened $(if $(PART),--part $(PART))

fuzz: $(INSTALLED) ## 100 requests of each kind for each operation of /openapi.json
	FUZZ_EXAMPLES=100 $(BIN)/python -m pytest -q tests/fuzz

security: $(INSTALLED) ## run the tests of the security requirements; is each one shown?
	$(PARALLEL) --requirements --recorded

bench: $(INSTALLED) ## token reads beside their floors, and refresh storms
	$(BIN)/python -m bench $(ARGS)

docs: $(INSTALLED) ## write the documentation as a site to site/; a warning is an error
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict

# requirements.txt is the part of it that production needs.
lock: $(INSTALLED) ## renew constraints.txt and requirements.txt: names, versions and hashes
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --extra server --extra dev pyproject.toml -o constraints.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate -c constraints.txt --extra server pyproject.toml \
		-o requirements.txt

clean: ## remove what make and the tests made
	rm -rf $(VENV) site .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -r {} +
