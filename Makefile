# Every command a person needs. `make demo` and `make test` set up all they use.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python

.PHONY: help demo test lint types contracts unit test-postgres test-browser pictures eval bench soak crash audit lock clean
.DEFAULT_GOAL := help
# What can differ between the stores; the rest of the tests never asks a database.
POSTGRES_TESTS := tests/storage tests/services tests/stage tests/crash

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

# One stamp a requirements file: changed pins rebuild, unchanged ones cost nothing.
$(VENV)/run.stamp: requirements.txt
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	touch $@

$(VENV)/dev.stamp: requirements-dev.txt $(VENV)/run.stamp
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

demo: $(VENV)/run.stamp ## the rehearsal room: try everything in the browser, no token
	$(PY) -m bot rehearse $(ARGS)

test: lint types contracts unit ## lint, types, import contracts, all tests

lint: $(VENV)/dev.stamp
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: $(VENV)/dev.stamp
	$(PY) -m mypy

contracts: $(VENV)/dev.stamp
	$(VENV)/bin/lint-imports

unit: $(VENV)/dev.stamp
	$(PY) -m pytest -n 3 $(ARGS)

test-postgres: $(VENV)/dev.stamp ## the same on PostgreSQL: starts one of its own (finds or installs it, or says how)
	@$(PY) tools/postgres.py $(PY) -m pytest -n 2 $(POSTGRES_TESTS) $(ARGS) || test $$? = 77

test-browser: $(VENV)/dev.stamp ## the rehearsal room and the web site in a real browser (finds or installs Chromium, or says how)
	@if $(PY) tools/chromium.py; then $(PY) -m pytest -m browser -n 2 tests/rehearsal_page tests/publish $(ARGS); else echo "Skipped: the tests in the browser."; fi

pictures: $(VENV)/dev.stamp ## take the manual's pictures again (needs Chromium)
	$(PY) tools/pictures.py

eval: $(VENV)/run.stamp ## how well papers are routed, from the labelled papers in ../shared
	$(PY) tools/eval_topics.py $(ARGS)

bench: $(VENV)/dev.stamp ## what it costs, as ratios to baselines of the same run
	for bench in tools/bench*.py; do echo "== $$bench"; $(PY) $$bench || exit 1; done

soak: $(VENV)/dev.stamp ## a year of a busy group in minutes, with kills and faults
	$(PY) tools/soak.py $(ARGS)

crash: $(VENV)/dev.stamp ## every kind of post × fault × moment × pause: said once, or not at all with a reason (an hour)
	$(PY) tools/crash.py $(ARGS)

audit: ## what is known against the pinned packages (needs the internet; says so without it)
	@$(PYTHON) tools/audit.py

lock: ## pin again after a change in pyproject.toml (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra postgres pyproject.toml -o requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra postgres --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt

clean: ## remove what the commands made
	rm -rf $(VENV) .out .mypy_cache .ruff_cache .hypothesis
