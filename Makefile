# Needs Python 3.11+ with its venv module, and make. Everything else is set up here, once, in .venv.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test elsewhere check bench lock schema format snapshots picture clean

demo: $(READY)
	@$(BIN)/guru demo

test: $(READY)
	$(BIN)/python -m pytest -n 2

# The same suite in another zone, without a locale, without colours.
elsewhere: $(READY)
	TZ=Pacific/Auckland LC_ALL=C NO_COLOR=1 TEST_DAYS_AHEAD=1200 $(BIN)/python -m pytest -n 2

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(MAKE) --no-print-directory test

bench: $(READY)
	$(BIN)/python -m tests.bench

# The environment is made once and renewed when the lock or the project's own metadata changes.
$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "guru-tui needs Python 3.11 or newer with its venv module."; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

lock: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --upgrade --quiet -o requirements.lock

schema: $(READY)
	$(BIN)/python -m guru_tui.store.migrate

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

snapshots: $(READY)
	$(BIN)/python -m pytest tests/screens --snapshot-update

picture: $(READY)
	$(BIN)/python docs/picture.py

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
