# Everything a person or a machine does with this repository. Each target sets itself up in .venv and is quick when there
# is nothing to do. Needs Python 3.11 or newer.
#
#   make run     start the app on http://localhost:8501 (PORT=…)
#   make dev     the same, and run again when a file changes
#   make test    all tests, in a real Chromium too; WORKERS=… at once
#   make test-fast   the tests that need no browser
#   make lint    style, types and format of Python and JavaScript
#   make format  put the format right
#   make bench   measure speed and memory, and print tables
#   make shots   take the pictures in docs/ again
#
# TORCH_INDEX: where torch comes from, for instance https://download.pytorch.org/whl/cpu for Linux without a GPU, which
# spares several GB. Empty: pip's own choice.

# The first Python that runs and is new enough; only looked for when .venv has to be made.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501
TORCH_INDEX ?=
# Each worker that tests in the browser starts a server and a Chromium of its own: about 2 GB.
WORKERS ?= 2
PYTEST := $(BIN)/python -m pytest --numprocesses=$(WORKERS) --dist=worksteal --durations=20
DENO_TEST := $(BIN)/deno test --quiet --allow-read --no-lock tests/
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: run dev test test-fast test-learns lint format bench shots clean

run: $(VENV)/.app
	$(BIN)/streamlit run app.py --server.address=localhost --server.port=$(PORT)

dev: $(VENV)/.app
	$(BIN)/streamlit run app.py --server.address=localhost --server.port=$(PORT) --server.fileWatcherType=auto

test: $(VENV)/.dev
	$(BIN)/python -m tests.browser.chromium --install
	$(DENO_TEST) & deno=$$!; $(PYTEST); tests=$$?; wait $$deno && exit $$tests

test-fast: $(VENV)/.dev
	$(DENO_TEST) & deno=$$!; $(PYTEST) --ignore=tests/browser; tests=$$?; wait $$deno && exit $$tests

test-learns: $(VENV)/.dev
	$(PYTEST) -m learns

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/deno lint --quiet
	$(BIN)/deno fmt --quiet --check
	$(BIN)/deno check --quiet --no-lock attention_viz/ tests/

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/deno fmt --quiet

bench: $(VENV)/.dev
	$(BIN)/python -m tests.browser.chromium --install
	$(BIN)/python -m benchmarks

shots: $(VENV)/.dev
	$(BIN)/python -m tests.browser.chromium --install
	$(BIN)/python -m tests.browser.pictures

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/.made:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and was not found. Install it, or name it: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.app: $(VENV)/.made requirements.txt
	$(if $(TORCH_INDEX),$(PIP) --index-url $(TORCH_INDEX) $$(grep '^torch==' requirements.txt))
	$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.app requirements-dev.txt
	$(PIP) -r requirements-dev.txt
	@touch $@
