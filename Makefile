# `make run` and `make test` do all set-up themselves. PYTHON=python3.12 chooses the interpreter.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: run test lint audit results check-results clean

$(STAMP): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
		|| { echo "make: Python 3.11 to 3.13 is needed (make PYTHON=python3.12 …)"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@

# The default run, then every other system that works with no network, in one table.
run: $(STAMP)
	$(BIN)/python -m harness run
	$(BIN)/python -m harness run -m model=copy,tiny,gloss,reference
	@echo "A neural system, on a connected machine:  $(BIN)/python -m harness run model=opus-mt"

test: $(STAMP)
	$(BIN)/python -m pytest

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict harness

# Known vulnerabilities of everything installed (asks PyPI: needs a network). ARGS="--vulnerability-service osv": OSV.
audit: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'pip-audit>=2.10'
	$(BIN)/python -m pip_audit --local --progress-spinner off $(ARGS)

# The committed results/reference.csv: write it anew, or check that it is not stale.
results: $(STAMP)
	$(BIN)/python experiments/xi_tokayev_call/table.py

check-results: $(STAMP)
	$(BIN)/python experiments/xi_tokayev_call/table.py --check

clean:
	rm -rf $(VENV) dist build
