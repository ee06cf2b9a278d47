# `make run` and `make test` do all set-up themselves. PYTHON=python3.12 chooses the interpreter.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PIP := -m pip install --quiet --disable-pip-version-check
# Interpreters for which constraints.txt is resolved; those that are not here are left out.
PYTHONS ?= $(shell for p in python3.11 python3.12 python3.13; do command -v $$p; done)
# What is tested on the oldest and newest versions of the dependencies; TESTS=tests runs everything.
TESTS ?= tests
# Test processes: as many as cores.
JOBS ?= auto

.PHONY: run docs picture test test-latest test-oldest test-trackers constraints lint audit results check-results clean

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
		|| { echo "make: Python 3.11 to 3.13 is needed (make PYTHON=python3.12 …)"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python $(PIP) -c constraints.txt -e '.[dev]'
	touch $@

# The default run, then every other system that works with no network, in one table.
run: $(STAMP)
	$(BIN)/python -m harness run
	$(BIN)/python -m harness run -m model=copy,tiny,gloss,reference
	@echo "A neural system, on a connected machine:  $(BIN)/python -m harness run model=opus-mt"

# The tests in the browser need Debian's chromium and chromium-driver; the last lines say what was skipped and why.
test: $(STAMP)
	$(BIN)/python -m pytest -n $(JOBS)

# The tests on the newest versions that pyproject.toml admits, and on the oldest.
test-latest:
	$(PYTHON) -m venv $(VENV)-latest
	$(VENV)-latest/bin/python $(PIP) --upgrade --upgrade-strategy eager -e '.[dev]'
	$(VENV)-latest/bin/python -m pytest -n $(JOBS) $(TESTS)

test-oldest:
	$(PYTHON) -m venv $(VENV)-oldest
	$(VENV)-oldest/bin/python .ci/oldest.py > $(VENV)-oldest/constraints.txt
	$(VENV)-oldest/bin/python $(PIP) -c $(VENV)-oldest/constraints.txt -e '.[dev]'
	$(VENV)-oldest/bin/python -m pytest -n $(JOBS) $(TESTS)

# The experiment trackers of `log=`, in an environment of their own on top of that of the tests.
test-trackers: $(STAMP)
	$(BIN)/python -m venv $(VENV)-trackers
	$(BIN)/python -c 'import sysconfig; print("import site; site.addsitedir(%r)" % sysconfig.get_path("purelib"))' \
		> $$($(VENV)-trackers/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/tests.pth
	$(VENV)-trackers/bin/python $(PIP) -c constraints.txt $$($(PYTHON) -c 'import tomllib; extras = tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]; print(*extras["mlflow"], *extras["wandb"], *extras["tensorboard"])')
	$(VENV)-trackers/bin/python -m pytest tests/integration/test_trackers.py

# Resolve the exact versions that `make run`, `make test` and CI install (asks the package registry).
constraints:
	$(PYTHON) .ci/constraints.py $(PYTHONS)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict harness

# The documentation site in site/, in an environment of its own: its tools are no dependency of the package.
docs:
	$(PYTHON) -m venv $(VENV)-docs
	$(VENV)-docs/bin/python $(PIP) -c constraints.txt $$($(PYTHON) -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["docs"])')
	$(VENV)-docs/bin/python -m mkdocs build --strict

# The picture of the report page in README.md, drawn anew (needs chromium and chromium-driver).
picture: $(STAMP)
	$(BIN)/python .ci/picture.py

# Known vulnerabilities of everything installed (asks PyPI: needs a network). ARGS="--vulnerability-service osv": OSV.
audit: $(STAMP)
	$(BIN)/python $(PIP) 'pip-audit>=2.10'
	$(BIN)/python -m pip_audit --local --progress-spinner off $(ARGS)

# The committed results/reference.csv: write it anew, or check that it is not stale.
results: $(STAMP)
	$(BIN)/python experiments/xi_tokayev_call/table.py

check-results: $(STAMP)
	$(BIN)/python experiments/xi_tokayev_call/table.py --check

clean:
	rm -rf $(VENV) $(VENV)-latest $(VENV)-oldest $(VENV)-trackers $(VENV)-docs dist build site
