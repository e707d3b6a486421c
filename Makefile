# Everything a person types. `make help` lists the targets.
# Override on the command line: make demo PORT=8080 HOUSEHOLDS=600, make bench ROWS=1000000, make demo PYTHON=/path/to/python3.12

PORT ?= 8000
ROWS ?= 100000
HOUSEHOLDS ?= 20000
VENV := .venv
BIN := $(VENV)/bin
PREPARE := sh deploy/prepare.sh

export COREMIS_DATA_DIR ?= var
export PYTHONUTF8 = 1

.DEFAULT_GOAL := help
.PHONY: help demo test lint format types bench docs messages frontend wheel locks environment environment-dev clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

demo: environment frontend ## Make everything that is needed and start the demo (PORT=8000 HOUSEHOLDS=20000)
	@$(BIN)/python -m coremis.project.messages compile
	@exec $(BIN)/coremis demo --port $(PORT) --households $(HOUSEHOLDS)

test: environment-dev frontend ## Run the whole suite: embedded database, PostgreSQL, browser
	@$(BIN)/python -m coremis.project.messages compile
	@$(BIN)/python tests/run.py

lint: environment-dev ## Check style, import rules, sizes and names
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/architecture

format: environment-dev ## Put the code into the agreed form
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format .

types: environment-dev ## Check the types
	$(BIN)/mypy

bench: environment ## Measure the large jobs (ROWS=100000 JOBS="score campaign")
	@$(BIN)/coremis bench --rows $(ROWS) --json $(if $(JOBS),--jobs $(JOBS))

docs: environment-dev ## Write the reference from the code, build every page, check its links and commands
	@$(BIN)/coremis reference
	$(BIN)/pytest -q tests/architecture/test_docs.py src/coremis/project/tests/test_reference.py src/coremis/modules/help

messages: environment ## Collect the texts, update French and Portuguese, compile them
	@$(BIN)/python -m coremis.project.messages update
	@$(BIN)/python -m coremis.project.messages compile
	@$(BIN)/python -m coremis.project.messages check

frontend: environment ## Build scripts and styles when their sources changed
	@$(BIN)/python -m coremis.project.frontend

wheel: environment frontend ## Build an installable package into dist/
	@$(BIN)/python -m coremis.project.messages compile
	@rm -f dist/coremis-*.whl
	$(BIN)/python -m hatchling build -t wheel -d dist

locks: environment-dev ## Renew the pinned versions of everything installed
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --upgrade -q \
	    --no-emit-package docopt --extra build pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --upgrade -q \
	    --no-emit-package docopt --extra build --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

environment:
	@$(PREPARE) requirements.lock

environment-dev:
	@$(PREPARE) requirements-dev.lock

clean: ## Remove the environment, built files and the demo's data
	rm -rf $(VENV) $(COREMIS_DATA_DIR) dist build src/coremis/kernel/screens/static/screens/built
	find src -name '*.mo' -delete
