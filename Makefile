# Two commands are enough: `make demo` runs the shop on real data, `make test` runs the suite.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv pip

.PHONY: demo demo-data test test-all lint format bench lock clean assets translations dev

demo: demo-data
	$(BIN)/flask shop serve

demo-data: $(VENV)/.runtime assets translations
	$(BIN)/flask demo prepare

test: $(VENV)/.dev assets translations
	$(BIN)/python -m pytest -n auto --dist loadfile -m "not browser and not postgres and not redis"

test-all: $(VENV)/.dev assets translations
	$(BIN)/python -m pytest -n auto --dist loadfile

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --check --lint --quiet storefront admin

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djlint --reformat --quiet storefront admin

bench: $(VENV)/.dev demo-data
	$(BIN)/python -m benchmarks

lock: $(VENV)/.uv
	$(UV) compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --extra demo pyproject.toml -o requirements.lock
	$(UV) compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
