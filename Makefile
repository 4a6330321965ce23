# Everything a developer does, by one word each. `make studio` and `make test` are all that a newcomer needs.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 4242

.PHONY: help install studio test test-all test-sdks test-clients check types format constraints clean

help: ## these words
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# A stamp per set of extras: what is installed already is not installed again until the files that say it change.
$(VENV)/.installed-all: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[all]'
	$(BIN)/python -m compileall -q $(VENV)/lib ell2a providers studio migrations || true
	touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@ $(VENV)/.installed-all

install: $(VENV)/.installed-dev ## make .venv with all that development needs

studio: $(VENV)/.installed-all ## install, and open the studio on the embedded demo
	$(BIN)/ell2a-studio demo --port $(PORT)

test: $(VENV)/.installed-dev check ## all checks, under 15 minutes on two cores
	$(BIN)/python -m pytest -m "not slow" -n 2 --dist loadgroup --cov --cov-report=term:skip-covered

test-all: $(VENV)/.installed-dev check ## `test`, and what takes longer
	$(BIN)/python -m pytest -n 2 --dist loadgroup --cov --cov-report=term:skip-covered
	$(BIN)/python scripts/test_sdks.py
	$(BIN)/python scripts/test_clients.py

test-sdks: $(VENV)/.installed-dev ## what holds with every version of the SDKs, on each, in environments of their own
	$(BIN)/python scripts/test_sdks.py

test-clients: $(VENV)/.installed-dev ## libraries that take an SDK's client, with a traced one, each in an environment of its own
	$(BIN)/python scripts/test_clients.py

check: $(VENV)/.installed-dev ## format, lint, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy -p ell2a
	$(BIN)/mypy tests scripts

format: $(VENV)/.installed-dev ## write the code as the formatter wants it
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

constraints: $(VENV)/.installed-dev ## pin anew what the extras install, without any address
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --upgrade --no-emit-index-url --no-emit-find-links \
	  --no-annotate --no-header --extra dev pyproject.toml -o constraints.txt

clean: ## remove what the other words made
	rm -rf $(VENV) .venvs build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis htmlcov shots .coverage*
